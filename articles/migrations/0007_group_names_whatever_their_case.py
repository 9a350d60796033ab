"""Of sections, formats and series whose names differ in their capitals only there is one of each.

Only an editor can say what becomes of two that are there: the younger keeps all it has, and gets a
number behind its name.
"""

import itertools

from django.db import migrations
from django.db.models import UniqueConstraint
from django.db.models.functions import Lower

from articles.names import folded

KINDS = ["Section", "Format", "Series"]


def tell_apart(apps, schema_editor):
    for kind in KINDS:
        rows = list(apps.get_model("articles", kind).objects.order_by("pk"))
        taken = {folded(row.name) for row in rows}
        seen = set()
        for row in rows:
            if folded(row.name) in seen:
                numbered = (f"{row.name[:72]} ({number})" for number in itertools.count(2))
                row.name = next(name for name in numbered if folded(name) not in taken)
                row.save(update_fields=["name"])
                taken.add(folded(row.name))
            seen.add(folded(row.name))


class Migration(migrations.Migration):
    # PostgreSQL changes no table whose rows the same transaction has changed.
    atomic = False
    dependencies = [("articles", "0006_tag_names_whatever_their_case")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop, atomic=True),
        *(
            migrations.AddConstraint(
                model_name=kind.lower(),
                constraint=UniqueConstraint(
                    Lower("name"),
                    name=f"{kind.lower()}_name_is_one_whatever_its_case",
                    violation_error_message="Another one has this name.",
                ),
            )
            for kind in KINDS
        ),
    ]
