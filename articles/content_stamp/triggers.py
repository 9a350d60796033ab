"""What raises the content stamp: every write of what readers may see something of."""

from typing import Any
from zlib import crc32

from django.apps import apps
from django.db import connections, models, router
from taggit.models import Tag, TaggedItem

from articles.models import ContentStamp, Image
from articles.models.images import places

# One statement a table and event: in each database, any write raises the stamp, whether a model, a
# query of many rows, an import or a person at the database's own prompt makes it.
EVENTS = ("INSERT", "UPDATE", "DELETE")
SQLITE_TRIGGER = """
    CREATE TRIGGER IF NOT EXISTS "{name}" AFTER {event} ON "{table}" {condition} BEGIN
        UPDATE "{stamp}" SET value = value + 1;
    END
"""
# Once a transaction and at its end, when all other rows are locked that it locks: raised at the
# first write, two transactions could wait for each other.
POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION raise_content_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        is_seen boolean := true;
    BEGIN
        IF TG_NARGS > 0 THEN
            EXECUTE TG_ARGV[0] INTO is_seen USING NEW.id;
        END IF;
        IF is_seen AND current_setting('magazine.content_stamp_raised_in', true)
            IS DISTINCT FROM pg_current_xact_id()::text
        THEN
            UPDATE "{stamp}" SET value = value + 1;
            PERFORM set_config(
                'magazine.content_stamp_raised_in', pg_current_xact_id()::text, true
            );
        END IF;
        RETURN NULL;
    END $$
"""
POSTGRESQL_TRIGGER = """
    CREATE CONSTRAINT TRIGGER "{name}" AFTER {event} ON "{table}"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_content_stamp({condition})
"""
NAMES = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master"
    " WHERE type = 'trigger' AND name LIKE 'content_stamp_%'",
    "postgresql": "SELECT tgname, relname FROM pg_trigger"
    " JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE 'content_stamp_%'",
}
DROP = {"sqlite": 'DROP TRIGGER "{name}"', "postgresql": 'DROP TRIGGER "{name}" ON "{table}"'}


def content_models() -> list[type[models.Model]]:
    """Return the models with rows that readers may see something of.

    Those are all models of an app but its `private_models`, which its configuration names, so that
    one that is added later cannot be forgotten.
    """
    found: list[type[models.Model]] = [Tag, TaggedItem]
    for config in apps.get_app_configs():
        private = getattr(config, "private_models", None)
        if private is not None:
            kinds = config.get_models(include_auto_created=True)
            found += [kind for kind in kinds if kind.__name__ not in private]
    return [kind for kind in found if kind._meta.managed and not kind._meta.proxy]


def is_used(row: str) -> str:
    """Return the question, in SQL, whether something shows the picture of the key `row`."""
    columns = ((place.model._meta.db_table, place.column) for place in places())
    one = 'EXISTS (SELECT 1 FROM "{}" WHERE "{}" = {})'
    return "SELECT " + " OR ".join(one.format(*column, row) for column in columns)


def triggers() -> dict[str, tuple[str, str, bool]]:
    """Return the table and event of each trigger, by its name, and whether it minds only the rows
    that something shows.

    A picture comes before what shows it, and goes after that.
    """
    found = {
        f"content_stamp_{kind._meta.db_table}_{event.lower()}"[:63]: (
            kind._meta.db_table,
            event,
            False,
        )
        for kind in content_models()
        if kind is not Image
        for event in EVENTS
    }
    # Another one as soon as something else can show a picture.
    version = crc32(is_used("").encode())
    name = f"content_stamp_{Image._meta.db_table}_{version:08x}_used"
    return found | {name: (Image._meta.db_table, "UPDATE", True)}


def install_triggers(using: str, **kwargs: Any) -> None:
    """Let writes to the tables of `content_models()` raise the stamp; a receiver of post_migrate,
    because Django makes a table of SQLite anew to alter it, and its triggers are gone then."""
    if not router.allow_migrate_model(using, ContentStamp):
        return
    connection = connections[using]
    stamp = ContentStamp._meta.db_table
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if stamp not in tables:
            return
        ContentStamp.objects.using(using).get_or_create(pk=1)
        is_postgresql = connection.vendor == "postgresql"
        if is_postgresql:
            cursor.execute(POSTGRESQL_FUNCTION.format(stamp=stamp))
        cursor.execute(NAMES[connection.vendor])
        known, wanted = dict(cursor.fetchall()), triggers()
        for name in known.keys() - wanted:
            cursor.execute(DROP[connection.vendor].format(name=name, table=known[name]))
        statement = POSTGRESQL_TRIGGER if is_postgresql else SQLITE_TRIGGER
        for name, (table, event, is_conditional) in wanted.items():
            if name in known or table not in tables:
                continue
            condition = ""
            if is_conditional:
                condition = f"'{is_used('$1')}'" if is_postgresql else f"WHEN ({is_used('new.id')})"
            cursor.execute(
                statement.format(
                    name=name, event=event, table=table, stamp=stamp, condition=condition
                )
            )
