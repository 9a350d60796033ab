from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

# A worker records its heartbeat at least this often.
HEARTBEAT = timedelta(seconds=10)
# How long all workers back off after trouble with the mail server; twice as long each time in a
# row.
FIRST_BACK_OFF = timedelta(seconds=5)
LONGEST_BACK_OFF = timedelta(minutes=15)


class RelayManager(models.Manager["Relay"]):
    def current(self) -> "Relay":
        return self.get_or_create(pk=1)[0]

    def heartbeat(self) -> None:
        self.filter(pk=1).update(worker_seen_at=timezone.now())


class Relay(models.Model):
    """The mail server that all workers talk to, and what they must know of each other.

    Trouble with it stops all workers until `backs_off_until` and counts against no recipient. The
    counters hold how much was sent in the second, hour and day that begin at the moments beside
    them.
    """

    backs_off_until = models.DateTimeField(null=True)
    troubles = models.PositiveIntegerField(default=0)  # in a row
    trouble = models.CharField(max_length=500, blank=True)
    worker_seen_at = models.DateTimeField(null=True)
    second_began = models.DateTimeField(null=True)
    second_used = models.PositiveIntegerField(default=0)
    hour_began = models.DateTimeField(null=True)
    hour_used = models.PositiveIntegerField(default=0)
    day_began = models.DateTimeField(null=True)
    day_used = models.PositiveIntegerField(default=0)

    objects = RelayManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="relay_is_one_row"),
        ]

    def __str__(self) -> str:
        return "Relay"

    @property
    def has_worker(self) -> bool:
        now: datetime = timezone.now()
        return self.worker_seen_at is not None and now - self.worker_seen_at < 3 * HEARTBEAT

    @property
    def is_backing_off(self) -> bool:
        return self.backs_off_until is not None and timezone.now() < self.backs_off_until

    def back_off(self, words: str) -> bool:
        """Stop all workers for a while; return whether that is news. Trouble that several threads
        and workers meet at once counts once."""
        now = timezone.now()
        length = min(FIRST_BACK_OFF * 2 ** min(self.troubles, 10), LONGEST_BACK_OFF)
        rows = Relay.objects.filter(
            Q(backs_off_until__isnull=True) | Q(backs_off_until__lte=now),
            pk=1,
            troubles=self.troubles,
        )
        is_news = rows.update(
            troubles=F("troubles") + 1, backs_off_until=now + length, trouble=words[:500]
        )
        self.refresh_from_db()
        return bool(is_news)

    def recover(self) -> None:
        """End the back-off after a mail went through. The text of the last trouble is kept."""
        if self.troubles and not self.is_backing_off:
            Relay.objects.filter(pk=1).update(troubles=0, backs_off_until=None)
            self.refresh_from_db()
