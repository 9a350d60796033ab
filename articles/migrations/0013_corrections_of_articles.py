from django.db import migrations
from django.utils import timezone


def to_records(apps, schema_editor):
    """The one text that an article had becomes its first record, dated as well as we know."""
    Article = apps.get_model("articles", "Article")
    Correction = apps.get_model("articles", "Correction")
    now = timezone.now()
    for article in Article.objects.exclude(correction="").defer("body", "teaser").iterator():
        dates = (article.updated_at, article.published_at, article.modified_at)
        Correction.objects.create(
            article=article,
            kind="correction",
            text=article.correction,
            made_at=min(next(filter(None, dates)), now),
        )


def to_texts(apps, schema_editor):
    """All records of an article as one text; the kinds and dates are lost."""
    Correction = apps.get_model("articles", "Correction")
    for record in Correction.objects.order_by("made_at", "pk").select_related("article"):
        article = record.article
        article.refresh_from_db(fields=["correction"])
        article.correction = "\n\n".join(filter(None, (article.correction, record.text)))
        article.save(update_fields=["correction"])


class Migration(migrations.Migration):
    # On PostgreSQL a table cannot be altered in the transaction that has just written to it.
    dependencies = [("articles", "0012_corrections")]

    operations = [migrations.RunPython(to_records, to_texts)]
