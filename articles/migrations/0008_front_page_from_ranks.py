"""The ranks that articles had become the first version of the front page."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

PLACES = [("lead", 1), ("seconds", 1), ("seconds", 2), ("seconds", 3), ("seconds", 4)]


def arrange(apps, schema_editor):
    """The page stays as it is: those that readers see come first, in the order they had."""
    Article = apps.get_model("articles", "Article")
    now = timezone.now()
    ranked = Article.objects.filter(front_rank__isnull=False).order_by(
        "front_rank", "-published_at", "-pk"
    )
    public = ranked.filter(published_at__lte=now).filter(
        Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=now)
    )
    keys = [*public.values_list("pk", flat=True)[: len(PLACES)]]
    keys += ranked.exclude(pk__in=keys).values_list("pk", flat=True)[: len(PLACES) - len(keys)]
    if not keys:
        return
    page = apps.get_model("articles", "FrontPage").objects.create(
        stage="released", published_at=now, note="As it was ranked before"
    )
    for key, (area, position) in zip(keys, PLACES):
        apps.get_model("articles", "Slot").objects.create(
            front_page=page, article_id=key, area=area, position=position
        )


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_front_page")]

    operations = [migrations.RunPython(arrange, migrations.RunPython.noop, elidable=True)]
