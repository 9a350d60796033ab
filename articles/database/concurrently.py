"""Indexes on tables that are in use, for migrations."""

from typing import Any

from django.contrib.postgres import operations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex
from django.db.migrations.state import ProjectState


class AddIndexConcurrently(operations.AddIndexConcurrently):
    """Make an index without keeping writers away; in a migration of its own, `atomic = False`.

    SQLite makes it as it makes every other.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        arguments: tuple[Any, ...] = (app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_forwards(self, *arguments)
            return
        name = schema_editor.connection.ops.quote_name(self.index.name)
        # It waits for everybody who is at work, and nobody waits for it.
        schema_editor.execute("SET lock_timeout = 0")
        # One that broke off left an index that nobody uses.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(*arguments)
        schema_editor.execute("RESET lock_timeout")

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        arguments = (app_label, schema_editor, *states)
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(*arguments)
        else:
            AddIndex.database_backwards(self, *arguments)
