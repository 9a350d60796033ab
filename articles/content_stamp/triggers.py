"""What raises the content stamp: every write of what readers may see something of."""

from typing import Any

from django.apps import apps
from django.db import connections, models, router
from taggit.models import Tag, TaggedItem

from articles.models import ContentStamp

# One statement a table and event: in each database, any write raises the stamp, whether a model, a
# query of many rows, an import or a person at the database's own prompt makes it.
EVENTS = ("INSERT", "UPDATE", "DELETE")
SQLITE_TRIGGER = """
    CREATE TRIGGER IF NOT EXISTS "{name}" AFTER {event} ON "{table}" BEGIN
        UPDATE "{stamp}" SET value = value + 1;
    END
"""
# Once a transaction and at its end, when all other rows are locked that it locks: raised at the
# first write, two transactions could wait for each other.
POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION raise_content_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('magazine.content_stamp_raised_in', true)
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
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_content_stamp()
"""
POSTGRESQL_NAMES = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'content_stamp_%'"


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
        known = set()
        if is_postgresql:
            cursor.execute(POSTGRESQL_FUNCTION.format(stamp=stamp))
            cursor.execute(POSTGRESQL_NAMES)
            known = {name for (name,) in cursor.fetchall()}
        statement = POSTGRESQL_TRIGGER if is_postgresql else SQLITE_TRIGGER
        for table in tables & {kind._meta.db_table for kind in content_models()}:
            for event in EVENTS:
                name = f"content_stamp_{table}_{event.lower()}"[:63]
                if name not in known:
                    cursor.execute(
                        statement.format(name=name, event=event, table=table, stamp=stamp)
                    )
