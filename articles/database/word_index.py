"""The index of the words in articles, from which the newsroom's search finds without reading texts.

PostgreSQL keeps it by itself; SQLite keeps a table of its own beside the articles, by triggers.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db import connection, connections, router
from django.db.models import BooleanField, Func, TextField, Value

NAME = "article_words"
TABLE = "articles_article"
COLUMNS = ("headline", "deck", "slug", "body")
# Where a word may begin, beside spaces: after a tag, a quotation mark, a bracket or a dash, and
# around “&”, which is “&amp;” in the body, stored as HTML, and itself in a headline.
BETWEEN = ">\"“„‘’'«([/-–—&;"
# PostgreSQL refuses a question with a word of 2,046 bytes.
LONGEST_ASKED = 100
# `to_tsvector` takes twice as long. Longer words are addresses of links, over which PostgreSQL
# raises an error; a million bytes is what it can index of one text. By its cost the planner knows
# that to look at each article would take far longer than to ask the index. To look at each
# word takes three times as long as all else, so it is done where one may be long: a letter has up
# to four bytes.
POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION {name}(headline text, deck text, slug text, body text)
    RETURNS tsvector LANGUAGE plpgsql IMMUTABLE COST 1000 AS $function$
    DECLARE
        written text := {cut};
        words text[] := array_remove(string_to_array(written, ' '), '');
    BEGIN
        IF written ~ '[^ ]{{51}}' THEN
            words := ARRAY(SELECT word FROM unnest(words) AS word WHERE octet_length(word) <= 200);
        END IF;
        RETURN array_to_tsvector(words);
    END $function$
"""
WRITTEN = "lower(left(concat_ws(' ', headline, deck, slug, body), 250000))"
# Without statistics of its own: to gather them, PostgreSQL would cut 30,000 texts again each time.
POSTGRESQL_INDEX = """
    CREATE INDEX {concurrently} {name} ON {table} USING gin ({name}({columns}));
    ALTER INDEX {name} ALTER COLUMN 1 SET STATISTICS 0
"""
SQLITE_TABLE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5(
        {columns}, content='{table}', content_rowid='id', tokenize='unicode61'
    )
"""
SQLITE_ROWS = f"(SELECT rowid FROM {NAME} WHERE {NAME} MATCH %(expressions)s)"  # noqa: S608
SQLITE_REBUILD = f"INSERT INTO {NAME} ({NAME}) VALUES ('rebuild')"  # noqa: S608
REMOVE = "INSERT INTO {name} ({name}, rowid, {columns}) VALUES ('delete', old.id, {old});"
ADD = "INSERT INTO {name} (rowid, {columns}) VALUES (new.id, {new});"
SQLITE_TRIGGERS = {
    "INSERT": ADD,
    "DELETE": REMOVE,
    "UPDATE OF {columns}": REMOVE + ADD,
}


def has_words(words: Iterable[str]) -> Func:
    """Return the condition that each of `words` begins a word of an article's headline, deck, slug
    or text. Marks alone are no words, and are left out."""
    cut_words = (piece for word in words for piece in cut(word.lower()).split())
    pieces = [piece[:LONGEST_ASKED] for piece in cut_words if is_word(piece)]
    if not pieces:
        return Func(template="1 = 1", output_field=BooleanField())
    if connection.vendor == "postgresql":
        doubled = (piece.replace("\\", "\\\\").replace("'", "''") for piece in pieces)
        query = Value(" & ".join(f"'{piece}':*" for piece in doubled))
        there = Func(*COLUMNS, function=NAME, output_field=TextField())
        wanted = Func(query, template="%(expressions)s::tsquery")
        return condition(there, wanted, "@@")
    query = Value(" AND ".join(f'"{piece}"*' for piece in pieces))
    wanted = Func(query, template=SQLITE_ROWS)
    return condition("pk", wanted, "IN")


def is_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def condition(left: Any, right: Func, operator: str) -> Func:
    return Func(
        left,
        right,
        template="%(expressions)s",
        arg_joiner=f" {operator} ",
        output_field=BooleanField(),
    )


def cut(text: str) -> str:
    return reduce(lambda left, mark: left.replace(mark, " "), BETWEEN, text)


def install(using: str, **kwargs: Any) -> None:
    """Make the index where it is missing; a receiver of post_migrate, since Django makes a table of
    SQLite anew to alter it, and its triggers are gone then."""
    if not router.allow_migrate(using, "articles"):
        return
    if TABLE not in connections[using].introspection.table_names():
        return
    if connections[using].vendor == "postgresql":
        install_on_postgresql(using)
    else:
        install_on_sqlite(using)


def install_on_postgresql(using: str) -> None:
    database = connections[using]
    marks = (mark.replace("'", "''") for mark in BETWEEN)
    cut = reduce(lambda left, mark: f"replace({left}, '{mark}', ' ')", marks, WRITTEN)
    with database.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [NAME])
        found = cursor.fetchone()
        if found == (True,):
            return
        if found:  # the server was stopped while it was made
            cursor.execute(f"DROP INDEX {NAME}")
        cursor.execute(POSTGRESQL_FUNCTION.format(name=NAME, cut=cut))
        # Nobody waits for it, if there is no transaction around it.
        concurrently = "" if database.in_atomic_block else "CONCURRENTLY"
        columns = ", ".join(COLUMNS)
        statements = POSTGRESQL_INDEX.format(
            name=NAME, table=TABLE, columns=columns, concurrently=concurrently
        )
        for statement in statements.split(";"):
            cursor.execute(statement)


def install_on_sqlite(using: str) -> None:
    parts = {
        "name": NAME,
        "table": TABLE,
        "columns": ", ".join(COLUMNS),
        "old": ", ".join(f"old.{column}" for column in COLUMNS),
        "new": ", ".join(f"new.{column}" for column in COLUMNS),
    }
    with connections[using].cursor() as cursor:
        triggers = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
        cursor.execute(triggers, [f"{NAME}_%"])
        if cursor.fetchone() == (len(SQLITE_TRIGGERS),):
            return
        cursor.execute(SQLITE_TABLE.format(**parts))
        for event, statements in SQLITE_TRIGGERS.items():
            name = f"{NAME}_{event.split()[0].lower()}"
            cursor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event.format(**parts)} ON {TABLE} "
                f"BEGIN {statements.format(**parts)} END"
            )
        # What was written before the triggers were there.
        cursor.execute(SQLITE_REBUILD)
