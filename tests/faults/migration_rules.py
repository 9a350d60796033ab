"""What a migration must be like, so that the release before lives with it and nobody waits.

New and old code run side by side while an update is rolled out: columns are added before code needs
them, and dropped one release after code stopped using them; no lock is held for long. A migration
that breaks a rule for a good reason says so, in a sentence:

    class Migration(migrations.Migration):
        beside_old_code = "The table is empty in every installation: it came a release ago."
"""

from collections.abc import Iterator

from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelTable,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from articles.database.concurrently import AddIndexConcurrently

# The newest migrations of the day on which the rules began.
BEFORE_THE_RULES = {"articles": "0009_content_stamp", "newsletter": "0013_issue_filled_at"}

NEEDS_A_VALUE = (
    "old code does not name this column when it adds a row: give it null=True or db_default"
)
STILL_USED = (
    "old code still reads it: stop using it in this release (SeparateDatabaseAndState), drop it in "
    "the next one, and say in `beside_old_code` which release stopped"
)
RENAMED = "old code asks for the former name: add one beside it, copy, drop the former later"
ALTERED = (
    "it makes the column anew or forbids what old code writes: add a column beside it, or say in "
    "`beside_old_code` why the old code lives with it and why the table is not locked for long"
)
LOCKS_OUT = (
    "writers wait until the index is made: use AddIndexConcurrently of "
    "articles/database/concurrently.py in "
    "a migration of its own, atomic = False"
)
SCANS = (
    "every row is checked under a lock, and old code may write what it forbids: say in "
    "`beside_old_code` why neither matters"
)
HELD_TOO_LONG = (
    "rows are written while the table is locked: put RunPython and RunSQL into a migration of "
    "their own, atomic = False, in batches"
)


def new_migrations(loader: MigrationLoader) -> list[Migration]:
    return [
        migration
        for (label, name), migration in sorted(loader.disk_migrations.items())
        if label in BEFORE_THE_RULES and name > BEFORE_THE_RULES[label]
    ]


def problems(migration: Migration, state: ProjectState) -> list[str]:
    """Return what breaks a rule and what to do; `state` is the one before the migration."""
    if getattr(migration, "beside_old_code", ""):
        return []
    label, made_here = migration.app_label, set()
    found = []
    for operation in flat(migration.operations):
        if isinstance(operation, CreateModel):
            made_here.add(operation.name_lower)
        is_new = getattr(operation, "model_name_lower", None) in made_here
        words = "" if is_new else problem(operation, label, state)
        if words:
            found.append(f"{label}.{migration.name}: {operation.describe()}: {words}.")
        operation.state_forwards(label, state)
    if migration.atomic and mixes(migration.operations):
        found.append(f"{label}.{migration.name}: {HELD_TOO_LONG}.")
    return found


def flat(operations: list[Operation]) -> Iterator[Operation]:
    """Yield what happens to the database: of an operation that is split, that part alone."""
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from flat(operation.database_operations)
        else:
            yield operation


def problem(operation: Operation, label: str, state: ProjectState) -> str:
    match operation:
        case RemoveField() | DeleteModel():
            return STILL_USED
        case RenameField() | RenameModel() | AlterModelTable():
            return RENAMED
        case AddField(field=field):
            return "" if takes_rows_of_old_code(field) else NEEDS_A_VALUE
        case AlterField():
            before = state.models[label, operation.model_name_lower].fields[operation.name]
            return "" if takes_what_it_took(before, operation.field) else ALTERED
        case AddIndexConcurrently():
            return ""
        case AddIndex():
            return LOCKS_OUT
        case AddConstraint():
            return SCANS
    return ""


def takes_rows_of_old_code(field: models.Field) -> bool:
    return field.null or field.has_db_default() or field.many_to_many


def takes_what_it_took(before: models.Field, after: models.Field) -> bool:
    """Tell whether the column stays as it is, or only takes more than before."""
    if before.many_to_many or after.many_to_many:
        return before.many_to_many == after.many_to_many
    is_longer = (
        isinstance(before, models.CharField)
        and isinstance(after, models.CharField)
        and (after.max_length or 0) >= (before.max_length or 0)
    )
    is_same = before.db_type(connection) == after.db_type(connection) or is_longer
    is_stricter = (
        (before.null and not after.null)
        or (after.unique and not before.unique)
        or (after.db_index and not before.db_index)
    )
    return is_same and not is_stricter


def mixes(operations: list[Operation]) -> bool:
    kinds = [isinstance(one, (RunPython, RunSQL)) for one in flat(operations)]
    return any(kinds) and not all(kinds)
