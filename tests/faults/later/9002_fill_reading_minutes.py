from django.db import migrations
from django.db.models.functions import Length

BATCH = 5_000


def fill(apps, schema_editor):
    """In batches, each a transaction of its own: no row stays locked for long."""
    articles = apps.get_model("articles", "Article").objects
    last = articles.order_by("-pk").values_list("pk", flat=True).first() or 0
    for first in range(0, last + 1, BATCH):
        rows = articles.filter(pk__gte=first, pk__lt=first + BATCH)
        rows.update(reading_minutes=Length("body") / 1_000)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("articles", "9001_reading_minutes")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
