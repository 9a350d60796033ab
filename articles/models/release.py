"""The release of what goes public at a moment: once, whatever the clock says afterwards.

By its dates alone a row goes public, and no process has to run for it. `released_at` is that moment
once it has come. It counts for as long as it is the row's own: a new date is waited for again.
"""

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

# So many rows are released in one transaction.
BATCH = 1_000

Row = TypeVar("Row", bound=models.Model)


class ReleaseQuerySet(models.QuerySet[Row]):
    # The moment at which a row goes public.
    public_from: ClassVar[Any] = F("published_at")

    def is_due(self, at: datetime) -> Q:
        return Q(published_at__lte=at)

    def was_released(self) -> Q:
        return Q(released_at=self.public_from)

    def published(self, at: datetime | None = None, *, now: Any = None) -> Self:
        """Return what is public now, the only rule for it; or at the moment `at`, by dates alone.

        What was released stays public when the clock is put back. A query that is prepared gives
        its parameter for the moment that is `now`.
        """
        if at:
            return self.filter(self.is_due(at))
        is_public = self.is_due(now or timezone.now()) | self.was_released()
        return self.filter(is_public, published_at__isnull=False)

    def release_due(self) -> None:
        """Note that the moment of what is due has come."""
        due = self.filter(self.is_due(timezone.now()), released_at__isnull=True)
        if not due.exists():  # without a transaction: SQLite would lock out all other writers
            return
        with transaction.atomic():
            # What somebody else is writing, or releasing, is met at the next look.
            locked = due.select_for_update(skip_locked=True).values_list("pk", flat=True)
            self.filter(pk__in=list(locked[:BATCH])).update(released_at=self.public_from)
