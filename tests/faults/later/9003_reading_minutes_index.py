from django.db import migrations, models

from articles.database.concurrently import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("articles", "9002_fill_reading_minutes")]
    operations = [
        AddIndexConcurrently(
            "article", models.Index(fields=["reading_minutes"], name="article_reading_minutes")
        ),
    ]
