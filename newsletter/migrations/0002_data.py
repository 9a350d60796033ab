"""What the newsletter needs before its first reader signs up, and what the database holds beside
the models' tables."""

from django.db import migrations

# The text of a consent never changes, whoever writes to the database; it goes only with its person.
# A migration that lets Django rebuild this table on SQLite (AlterField) must make the trigger again;
# a test says so.
WORDS = "What somebody agreed to is not rewritten."
MAKE_TRIGGER = {
    "sqlite": [
        f"""CREATE TRIGGER consent_never_changes BEFORE UPDATE ON newsletter_consent
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
    ],
    "postgresql": [
        f"""CREATE FUNCTION consent_never_changes() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{WORDS}'; END $$""",
        """CREATE TRIGGER consent_never_changes BEFORE UPDATE ON newsletter_consent
        FOR EACH ROW EXECUTE FUNCTION consent_never_changes()""",
    ],
}
DROP_TRIGGER = {
    "sqlite": ["DROP TRIGGER consent_never_changes"],
    "postgresql": [
        "DROP TRIGGER consent_never_changes ON newsletter_consent",
        "DROP FUNCTION consent_never_changes()",
    ],
}


def add_rows(apps, schema_editor):
    apps.get_model("newsletter", "Letterhead").objects.create(pk=1)
    apps.get_model("newsletter", "MailingList").objects.create(
        name="Weekly round-up",
        slug="weekly-round-up",
        blurb="The week’s articles in one mail, once a week.",
        position=1,
    )


def make_trigger(apps, schema_editor):
    for statement in MAKE_TRIGGER[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_trigger(apps, schema_editor):
    for statement in DROP_TRIGGER[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0001_schema")]

    operations = [
        migrations.RunPython(add_rows, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(make_trigger, drop_trigger, elidable=False),
    ]
