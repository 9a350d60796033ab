from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

# A worker says that it lives at least this often.
SIGN_OF_LIFE = timedelta(seconds=10)


class RelayManager(models.Manager["Relay"]):
    def current(self) -> "Relay":
        return self.get_or_create(pk=1)[0]


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
