"""One issue, one person, at most one mail: a row for each."""

from typing import NoReturn

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat

from articles.models.fields import is_known

from .issues import Issue
from .subscribers import Subscription


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def forget_address(self) -> int:
        """Keep that something was sent, not to whom."""
        return self.update(
            address=Concat(Value("erased-"), Cast(F("pk"), models.CharField())), error=""
        )

    def unfinished(self) -> "DeliveryQuerySet":
        return self.filter(state__in=Delivery.UNFINISHED)

    def matching(self, words: str) -> "DeliveryQuerySet":
        """Return those whose address or reply has these words."""
        return self.filter(Q(address__icontains=words) | Q(error__icontains=words))

    def in_doubt_since_seen(self) -> "DeliveryQuerySet":
        """Return the doubtful of whom nobody has said yet that they were seen."""
        doubtful = self.filter(state=Delivery.State.UNKNOWN)
        return doubtful.exclude(finished_at__lte=F("issue__doubts_seen_at"))

    def send_again(self, issue: Issue, *, bounced: bool = False) -> int:
        """Send these mails of an issue once more although they may have arrived, or were refused
        for good (with `bounced`, also those that came back): a person's decision. Return how many
        stood so. Attempts go on counting."""
        states = [Delivery.State.UNKNOWN, Delivery.State.FAILED]
        again = self.filter(state__in=[*states, Delivery.State.SENT] if bounced else states).update(
            state=Delivery.State.PENDING,
            due_at=None,
            first_tried_at=None,
            finished_at=None,
            code=None,
            error="",
        )
        if again:
            # An issue that was done is so no longer; a worker closes it again.
            issue.move(Issue.State.SENT, to=Issue.State.SENDING, finished_at=None)
        return again

    def leave(self) -> int:
        """Send nothing more to the doubtful, and end the doubt; return how many there were."""
        return self.filter(state=Delivery.State.UNKNOWN).update(
            state=Delivery.State.SKIPPED, error="It may have arrived; it was left at that."
        )

    def delete(self) -> NoReturn:
        raise RuntimeError("A delivery says that somebody may have the mail: it is kept.")


class Delivery(models.Model):
    """A recipient of an issue. Rows change state only by comparing and swapping state and lease
    (see `newsletter.sending`), so that of two workers one finds the row taken."""

    class State(models.TextChoices):
        PENDING = "pending", "waits"
        CLAIMED = "claimed", "taken by a worker"
        SENDING = "sending", "being sent"
        SENT = "sent"
        DEFERRED = "deferred", "refused for now, tried again later"
        FAILED = "failed", "refused for good"
        UNKNOWN = "unknown", "may or may not have arrived"
        SKIPPED = "skipped", "no longer wanted"

    UNFINISHED = (State.PENDING, State.CLAIMED, State.SENDING, State.DEFERRED)

    # By issue, the constraints and indexes below find it.
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="deliveries", db_index=False)
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, related_name="deliveries"
    )
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    # Which worker's claim holds the row, and until when.
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # of the next attempt; empty: at once
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True)  # of the server's last reply (RFC 5321)
    error = models.CharField(max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "subscription"], name="delivery_once_per_subscription"
            ),
            models.UniqueConstraint(fields=["issue", "address"], name="delivery_once_per_address"),
            is_known(
                "state",
                "pending claimed sending sent deferred failed unknown skipped",
                of="delivery",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "sending"],
                    lease__isnull=False,
                    lease_until__isnull=False,
                )
                | (
                    ~Q(state__in=["claimed", "sending"])
                    & Q(lease__isnull=True, lease_until__isnull=True)
                ),
                name="delivery_leased_while_in_hand",
            ),
        ]
        # A worker walks along the first two, which give what waits in its order.
        indexes = [
            models.Index(fields=["issue", "state", "id"], name="delivery_by_state"),
            models.Index(
                fields=["issue", "due_at", "id"],
                condition=Q(state="deferred"),
                name="delivery_to_try_again",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "sending"]),
                name="delivery_in_hand",
            ),
            models.Index(
                fields=["issue", "finished_at"],
                condition=Q(finished_at__isnull=False),
                name="delivery_by_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_state_display()}"

    def send_again(self) -> bool:
        """Send this mail once more; return whether it still stood so that it may be."""
        again = Delivery.objects.filter(pk=self.pk).send_again(self.issue)
        self.refresh_from_db()
        return bool(again)

    def leave_it(self) -> bool:
        left = Delivery.objects.filter(pk=self.pk).leave()
        self.refresh_from_db()
        return bool(left)
