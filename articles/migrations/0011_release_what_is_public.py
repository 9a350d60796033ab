from django.db import migrations
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

BATCH = 1_000


def release_what_is_public(apps, schema_editor):
    now = timezone.now()
    is_free = Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=now)
    articles = apps.get_model("articles", "Article").objects.filter(is_free)
    release(articles, now, Greatest("published_at", Coalesce("embargoed_until", "published_at")))
    release(apps.get_model("articles", "FrontPage").objects.all(), now, F("published_at"))


def release(rows, now, public_from):
    due = rows.filter(published_at__lte=now, released_at__isnull=True).order_by("pk")
    last = 0
    while keys := list(due.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        due.filter(pk__in=keys).order_by().update(released_at=public_from)
        last = keys[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("articles", "0010_released_at")]

    operations = [migrations.RunPython(release_what_is_public, migrations.RunPython.noop)]
