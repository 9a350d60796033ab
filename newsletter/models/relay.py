from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

# A worker says that it lives at least this often.
SIGN_OF_LIFE = timedelta(seconds=10)
# How long all workers rest after trouble with the mail server; twice as long each time in a row.
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=15)


class RelayManager(models.Manager["Relay"]):
    def current(self) -> "Relay":
        return self.get_or_create(pk=1)[0]

    def sign_of_life(self) -> None:
        """A worker is there."""
        self.filter(pk=1).update(worker_seen_at=timezone.now())


class Relay(models.Model):
    """The one mail server that all workers talk to: what they must know of each other.

    Trouble with it stops everybody until `rests_until`, and blames no recipient. The counters hold
    how much was sent in the second, hour and day that begin at the moments beside them.
    """

    rests_until = models.DateTimeField(null=True)
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
        """Whether a worker has been seen lately."""
        now: datetime = timezone.now()
        return self.worker_seen_at is not None and now - self.worker_seen_at < 3 * SIGN_OF_LIFE

    @property
    def rests(self) -> bool:
        return self.rests_until is not None and timezone.now() < self.rests_until

    def rest(self, words: str) -> bool:
        """Stop everybody for a while; whether that was news. What several threads and workers
        meet at once is one trouble."""
        now = timezone.now()
        length = min(FIRST_REST * 2 ** min(self.troubles, 10), LONGEST_REST)
        rows = Relay.objects.filter(
            Q(rests_until__isnull=True) | Q(rests_until__lte=now), pk=1, troubles=self.troubles
        )
        is_news = rows.update(
            troubles=F("troubles") + 1, rests_until=now + length, trouble=words[:500]
        )
        self.refresh_from_db()
        return bool(is_news)

    def recover(self) -> None:
        """A mail went through. What the last trouble was is kept to be read."""
        if self.troubles and not self.rests:
            Relay.objects.filter(pk=1).update(troubles=0, rests_until=None)
            self.refresh_from_db()
