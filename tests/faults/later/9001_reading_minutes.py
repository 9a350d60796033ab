from django.db import migrations, models

from tests.faults.later._place import NEWEST


class Migration(migrations.Migration):
    """The column, before any code knows it: empty, so that no row is written."""

    dependencies = [("articles", NEWEST)]
    operations = [
        migrations.AddField("article", "reading_minutes", models.IntegerField(null=True)),
    ]
