"""When what readers see changes although nobody saves anything."""

from datetime import datetime, time, timedelta

from django.db.models import Min
from django.utils import timezone

from articles.models import Article, FrontPage, Slot

# The columns with such moments, each with an index where the table is large. The dates of the
# pictures' licences end with a day of the magazine's time zone.
COLUMNS = (
    (Article, "published_at"),
    (Article, "embargoed_until"),
    (Article, "scheduled_at"),
    (FrontPage, "published_at"),
    (Slot, "until"),
)


def next_moment(after: datetime) -> datetime:
    """Return the first such moment after another one: the next midnight at the latest."""
    midnight = datetime.combine(timezone.localdate(after) + timedelta(days=1), time.min)
    found = [timezone.make_aware(midnight)]
    for model, column in COLUMNS:
        rows = model._default_manager.filter(**{f"{column}__gt": after})
        found.append(rows.aggregate(first=Min(column))["first"])
    return min(moment for moment in found if moment)
