"""What a magazine of foreign policy needs before its first article, so that an empty site is usable,
and what the database holds beside the models' tables.

Rows that an editor has renamed or removed since are not brought back: this runs once.
"""

from django.core.management import call_command
from django.db import migrations

SECTIONS = {
    "qiosk": ("QiOSK", "Quick takes on the day's news."),
    "asia-pacific": ("Asia-Pacific", ""),
    "europe": ("Europe", ""),
    "middle-east": ("Middle East", ""),
    "africa": ("Africa", ""),
    "latin-america": ("Latin America", ""),
    "military-industrial-complex": (
        "Military Industrial Complex",
        "Who builds, who buys and who pays.",
    ),
    "washington-politics": ("Washington Politics", ""),
    "media": ("Media", "How foreign policy is reported."),
    "global-crises": ("Global Crises", ""),
}
FORMATS = ["Analysis", "Reporting", "Opinion", "Video", "Podcast", "Symposium"]
PAGES = {
    "about": ("About", "Who we are and what we publish."),
    "masthead": ("Masthead", "Who makes the magazine."),
    "submissions": ("Submissions", "How to offer us an article."),
    "contact": ("Contact", "How to reach the editors."),
    "privacy": ("Privacy", "What this website keeps about its readers."),
}
PRIVACY = (
    "<p>These pages set no cookies and load nothing from other hosts. A video or a post from "
    "another service is shown only after you ask for it; from then on that service's own rules "
    "hold.</p><p>An address left in the newsletter form is kept to send the newsletter, and for "
    "nothing else.</p>"
)

COUNTERS = "login_counters"

# A correction that readers have seen keeps its words, whoever writes to the database. It goes only
# with its article, and the account of its author may go. A migration that lets Django rebuild this
# table on SQLite (AlterField) must make the trigger again; a test says so.
KEPT = ("article_id", "kind", "text", "made_at")
WORDS = "A correction never changes; a wrong one is followed by another."
MAKE_TRIGGER = {
    "sqlite": [
        f"""CREATE TRIGGER correction_never_changes
        BEFORE UPDATE OF {", ".join(KEPT)} ON articles_correction
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
    ],
    "postgresql": [
        f"""CREATE FUNCTION correction_never_changes() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{WORDS}'; END $$""",
        f"""CREATE TRIGGER correction_never_changes
        BEFORE UPDATE OF {", ".join(KEPT)} ON articles_correction
        FOR EACH ROW EXECUTE FUNCTION correction_never_changes()""",
    ],
}
DROP_TRIGGER = {
    "sqlite": ["DROP TRIGGER correction_never_changes"],
    "postgresql": [
        "DROP TRIGGER correction_never_changes ON articles_correction",
        "DROP FUNCTION correction_never_changes()",
    ],
}


def add_rows(apps, schema_editor):
    Section = apps.get_model("articles", "Section")
    for number, (slug, (name, description)) in enumerate(SECTIONS.items(), start=1):
        Section.objects.create(slug=slug, name=name, description=description, position=number * 10)
    for name in FORMATS:
        apps.get_model("articles", "Format").objects.create(slug=name.lower(), name=name)
    for number, (slug, (title, summary)) in enumerate(PAGES.items(), start=1):
        apps.get_model("articles", "Page").objects.create(
            slug=slug,
            title=title,
            summary=summary,
            position=number * 10,
            body=PRIVACY if slug == "privacy" else f"<p>{summary}</p>",
        )
    apps.get_model("articles", "Publication").objects.create(
        pk=1, quick_takes=Section.objects.get(slug="qiosk")
    )


def make_trigger(apps, schema_editor):
    for statement in MAKE_TRIGGER[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_trigger(apps, schema_editor):
    for statement in DROP_TRIGGER[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def create_counters(apps, schema_editor):
    """The table of the cache in which allauth counts failed attempts; an existing one stays."""
    call_command(
        "createcachetable", COUNTERS, database=schema_editor.connection.alias, verbosity=0
    )


def drop_counters(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {COUNTERS}")


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_schema")]

    operations = [
        migrations.RunPython(add_rows, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(make_trigger, drop_trigger, elidable=False),
        migrations.RunPython(create_counters, drop_counters, elidable=False),
    ]
