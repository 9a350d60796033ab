"""What a magazine of foreign policy needs before its first article, so that an empty site is usable.

Rows that an editor has renamed or removed since are not brought back: this runs once.
"""

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


def add(apps, schema_editor):
    Section = apps.get_model("articles", "Section")
    for number, (slug, (name, description)) in enumerate(SECTIONS.items(), start=1):
        Section.objects.create(
            slug=slug, name=name, description=description, position=number * 10
        )
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


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
