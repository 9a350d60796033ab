from django.db import migrations, models

from articles.database.concurrently import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("articles", "0011_release_what_is_public")]

    operations = [
        AddIndexConcurrently(
            "article",
            models.Index(
                "published_at",
                name="article_unreleased",
                condition=models.Q(published_at__isnull=False, released_at__isnull=True),
            ),
        ),
    ]
