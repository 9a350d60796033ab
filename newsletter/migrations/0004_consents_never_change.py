from django.db import migrations, models

# What somebody agreed to keeps its words, whoever writes to the database; it goes only with its
# person. Whoever lets Django rebuild this table on SQLite (AlterField) must make the trigger again;
# a test says so.
WORDS = "What somebody agreed to is not rewritten."
MAKE = {
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
DROP = {
    "sqlite": ["DROP TRIGGER consent_never_changes"],
    "postgresql": [
        "DROP TRIGGER consent_never_changes ON newsletter_consent",
        "DROP FUNCTION consent_never_changes()",
    ],
}


def guard(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("newsletter", "0003_people_have_digests")]

    operations = [
        migrations.RemoveConstraint(model_name="subscriber", name="subscriber_state_is_known"),
        migrations.RemoveField(model_name="subscriber", name="state"),
        migrations.AlterField(
            model_name="subscriber",
            name="digest",
            field=models.CharField(editable=False, max_length=64, unique=True),
        ),
        migrations.RunPython(guard, unguard, elidable=False),
    ]
