"""Which pictures stand in the texts that were saved before this was kept."""

import re

from django.db import migrations

FIGURE = re.compile(r'<figure data-image="(\d{1,18})"')


def fill(apps, schema_editor):
    ImageUse = apps.get_model("articles", "ImageUse")
    images = set(apps.get_model("articles", "Image").objects.values_list("pk", flat=True))
    for text in ("article", "page"):
        rows = apps.get_model("articles", text).objects.filter(body__contains="<figure data-image=")
        for pk, body in rows.values_list("pk", "body").iterator():
            shown = {int(key) for key in FIGURE.findall(body)} & images
            ImageUse.objects.bulk_create(
                ImageUse(image_id=key, **{f"{text}_id": pk}) for key in sorted(shown)
            )


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_pictures")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
