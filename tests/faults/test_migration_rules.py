"""Every new migration is one that the release before lives with; and each rule can be broken."""

import pytest
from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RenameField,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from articles.database.concurrently import AddIndexConcurrently
from tests.faults import migration_rules as rules

INDEX = models.Index(fields=["deck"], name="x")
POSITIVE = models.CheckConstraint(condition=models.Q(pk__gt=0), name="x")
NOTHING = RunPython(RunPython.noop)


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def found(loader: MigrationLoader, *operations: object, **said: object) -> str:
    """What is said of an article's migration of these operations."""
    migration = Migration("9001_x", "articles")
    migration.operations = list(operations)
    for name, value in said.items():
        setattr(migration, name, value)
    return " ".join(rules.problems(migration, loader.project_state()))


def test_every_new_migration_keeps_the_rules(loader):
    assert set(rules.BEFORE_THE_RULES.items()) <= set(loader.disk_migrations)
    new = rules.new_migrations(loader)
    broken = [
        words
        for one in new
        for words in rules.problems(
            one, loader.project_state((one.app_label, one.name), at_end=False)
        )
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (RemoveField("article", "deck"), rules.STILL_USED),
        (DeleteModel("Correction"), rules.STILL_USED),
        (RenameField("article", "deck", "standfirst"), rules.RENAMED),
        (AddField("article", "x", models.IntegerField(default=1)), rules.NEEDS_A_VALUE),
        (AlterField("article", "deck", models.IntegerField()), rules.ALTERED),
        (AlterField("article", "published_at", models.DateTimeField()), rules.ALTERED),
        (AlterField("article", "headline", models.CharField(max_length=9)), rules.ALTERED),
        (AddIndex("article", INDEX), rules.LOCKS_OUT),
        (AddConstraint("article", POSITIVE), rules.SCANS),
        (
            SeparateDatabaseAndState(database_operations=[RemoveField("article", "deck")]),
            rules.STILL_USED,
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_old_code_cannot_live_with_is_named_with_what_to_do(loader, operation, words):
    """And a sentence of the migration lets it pass."""
    assert words in found(loader, operation)
    assert found(loader, operation, beside_old_code="No installation has such rows yet.") == ""


@pytest.mark.parametrize(
    "operation",
    [
        AddField("article", "x", models.IntegerField(null=True)),
        AddField("article", "x", models.DateTimeField(db_default=Now())),
        AlterField("article", "headline", models.CharField(max_length=2_000)),
        AddIndexConcurrently("article", INDEX),
        SeparateDatabaseAndState(state_operations=[RemoveField("article", "deck")]),
        CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
        NOTHING,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_old_code_does_not_notice_passes(loader, operation):
    assert found(loader, operation) == ""


def test_a_table_that_is_made_in_the_migration_is_nobodys_yet(loader):
    made = CreateModel("New", [("id", models.BigAutoField(primary_key=True))])
    field = AddField("new", "x", models.IntegerField(default=1))
    assert found(loader, made, field, AddConstraint("new", POSITIVE)) == ""


@pytest.mark.parametrize("data", [NOTHING, RunSQL("SELECT 1")])
def test_rows_are_not_written_while_a_table_is_locked(loader, data):
    column = AddField("article", "x", models.IntegerField(null=True))
    assert rules.HELD_TOO_LONG in found(loader, column, data)
    assert found(loader, column, data, atomic=False) == ""


@pytest.mark.django_db(transaction=True)
def test_an_index_is_made_on_both_databases_and_one_that_broke_off_is_no_hindrance(loader):
    """It keeps writers away on neither."""
    state = loader.project_state()
    operation = AddIndexConcurrently(
        "article", models.Index(fields=["deck"], name="concurrent_of_tests")
    )
    later = state.clone()
    operation.state_forwards("articles", later)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the name is taken
            cursor.execute("CREATE INDEX concurrent_of_tests ON articles_article (slug)")
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("articles", editor, state, later)
    try:
        with connection.cursor() as cursor:
            made = connection.introspection.get_constraints(cursor, "articles_article")
        assert made["concurrent_of_tests"]["columns"] == ["deck"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX concurrent_of_tests")
