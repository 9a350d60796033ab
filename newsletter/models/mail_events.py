"""What became of a mail after it was handed over, as others tell it."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from articles.models.fields import is_known
from newsletter.addresses import NotAnAddress, key_of
from newsletter.refusals import BLAMELESS, Cause

from .deliveries import Delivery, DeliveryQuerySet
from .issues import Issue
from .subscribers import Subscriber

# Of a message that came back, this much is kept for the newsroom's eyes.
LONGEST_RAW = 20_000


def storable(text: str, longest: int) -> str:
    """Return text that every database takes: without NUL and lone surrogates, cut to its column."""
    clean = text.replace("\0", "").encode(errors="replace").decode()
    return clean[:longest]


class MailEventQuerySet(models.QuerySet["MailEvent"]):
    def receive(
        self,
        source: str,
        event: str,
        *,
        kind: "MailEvent.Kind",
        happened_at: datetime | None,
        cause: str = "",
        address: str = "",
        delivery: Delivery | None = None,
        raw: str = "",
        outcome: str = "",
    ) -> bool:
        """Store an event, once; return whether it is new.

        Only an event tied to a delivery can have an effect: any other is kept for reading. A moment
        before the mail was sent, or in the future, is none: clocks of others are wrong.
        """
        now = timezone.now()
        moment = min(happened_at or now, now)
        if delivery is not None:
            address = delivery.address
            moment = max(moment, delivery.first_tried_at or delivery.finished_at or moment)
        elif kind != MailEvent.Kind.OTHER:
            kind, outcome = MailEvent.Kind.OTHER, outcome or "Belongs to no mail of ours."
        _, is_new = self.get_or_create(
            source=storable(source, 40),
            event=storable(event, 200),
            defaults={
                "kind": kind,
                "cause": cause,
                "address": normal(storable(address, 254)),
                "delivery": delivery,
                "raw": storable(raw, LONGEST_RAW),
                "happened_at": moment,
                "applied_at": now if kind == MailEvent.Kind.OTHER else None,
                "outcome": storable(outcome, 200),
            },
        )
        return is_new

    def waiting(self) -> "MailEventQuerySet":
        return self.filter(applied_at__isnull=True)

    def of_person(self, person: "Subscriber") -> "MailEventQuerySet":
        """Return the events of a person, whatever address the mail went to."""
        sent = Delivery.objects.filter(subscription__subscriber=person)
        return self.filter(Q(address=normal(person.email)) | Q(delivery__in=sent))

    def refused_deliveries(self, issue: Issue) -> DeliveryQuerySet:
        """Return those of an issue that were refused, at once or by a bounce, for what says nothing
        of their readers, and that were not sent again since."""
        blameless = self.filter(
            cause__in=BLAMELESS, delivery=OuterRef("pk"), received_at__gte=OuterRef("finished_at")
        )
        states = [Delivery.State.SENT, Delivery.State.FAILED]
        return issue.deliveries.filter(Exists(blameless), state__in=states)

    def of_address(self, address: str) -> "MailEventQuerySet":
        return self.filter(address=normal(address))

    def forgive(self) -> int:
        """Count no more against the address: the newsroom has lifted the suppression."""
        return self.filter(kind=MailEvent.Kind.SOFT, applied_at__isnull=False).update(
            kind=MailEvent.Kind.OTHER, outcome="Forgiven when the newsroom lifted the suppression."
        )

    def forget_address(self) -> int:
        """Keep that something came back, not from whom."""
        return self.update(address="", raw="")


def normal(address: str) -> str:
    """Return one spelling of an address for looking up; other texts stay as they came."""
    try:
        return key_of(address)
    except NotAnAddress:
        return address


class MailEvent(models.Model):
    """A bounce or a complaint that a mail server or a provider reported: stored first, applied
    later.

    The same event comes again when our answer got lost; `source` and `event` tell it.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "the address does not work"
        SOFT = "soft", "could not be delivered for now"
        COMPLAINT = "complaint", "reported as spam"
        LEFT = "left", "asked for no more mail"
        OTHER = "other"

        @classmethod
        def of_bounce(cls, cause: Cause) -> "MailEvent.Kind":
            return cls.HARD if cause is Cause.GONE else cls.SOFT

    source = models.CharField(max_length=40)
    event = models.CharField(max_length=200)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.OTHER)
    cause = models.CharField(max_length=7, choices=Cause, blank=True)  # of a bounce
    address = models.CharField(max_length=254, blank=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="mail_events")
    raw = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects = MailEventQuerySet.as_manager()

    class Meta:
        verbose_name = "notice"  # as the newsroom calls it
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "event"], name="mail_event_once_per_event"),
            is_known("kind", "hard soft complaint left other", of="mail_event"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(applied_at__isnull=True), name="mail_event_to_apply"
            ),
            models.Index(fields=["address", "happened_at"], name="mail_event_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"
