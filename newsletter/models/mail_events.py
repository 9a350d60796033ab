"""What became of a mail after it was handed over, as others tell it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter.addresses import NotAnAddress, key_of

from .deliveries import Delivery

if TYPE_CHECKING:
    from .subscribers import Subscriber

# Of a message that came back, this much is kept for the newsroom's eyes.
LONGEST_RAW = 20_000


def storable(text: str, longest: int) -> str:
    """Text that every database takes: without NUL and lone surrogates, cut to its column."""
    clean = text.replace("\0", "").encode(errors="replace").decode()
    return clean[:longest]


class NoticeQuerySet(models.QuerySet["Notice"]):
    def receive(
        self,
        source: str,
        event: str,
        *,
        kind: "Notice.Kind",
        happened_at: datetime | None,
        address: str = "",
        delivery: Delivery | None = None,
        raw: str = "",
        outcome: str = "",
    ) -> bool:
        """Keep what somebody told us, once; whether it was news.

        Only what is tied to a delivery can have an effect: anything else is kept for reading. A
        moment before the mail was sent, or in the future, is none: clocks of others are wrong.
        """
        now = timezone.now()
        moment = min(happened_at or now, now)
        if delivery is not None:
            address = delivery.address
            moment = max(moment, delivery.first_tried_at or moment)
        elif kind != Notice.Kind.OTHER:
            kind, outcome = Notice.Kind.OTHER, outcome or "Belongs to no mail of ours."
        _, is_new = self.get_or_create(
            source=storable(source, 40),
            event=storable(event, 200),
            defaults={
                "kind": kind,
                "address": normal(storable(address, 254)),
                "delivery": delivery,
                "raw": storable(raw, LONGEST_RAW),
                "happened_at": moment,
                "applied_at": now if kind == Notice.Kind.OTHER else None,
                "outcome": storable(outcome, 200),
            },
        )
        return is_new

    def waiting(self) -> "NoticeQuerySet":
        """Those that were stored and not yet applied."""
        return self.filter(applied_at__isnull=True)

    def of_person(self, person: "Subscriber") -> "NoticeQuerySet":
        """All that was told of a person, whatever address the mail went to."""
        sent = Delivery.objects.filter(subscription__subscriber=person)
        return self.filter(Q(address=normal(person.email)) | Q(delivery__in=sent))

    def of_address(self, address: str) -> "NoticeQuerySet":
        return self.filter(address=normal(address))

    def forgive(self) -> int:
        """Count no more against the address: the newsroom has lifted what they led to."""
        return self.filter(kind=Notice.Kind.SOFT, applied_at__isnull=False).update(
            kind=Notice.Kind.OTHER, outcome="Forgiven when the newsroom lifted the suppression."
        )

    def forget_address(self) -> int:
        """Keep that something came back, not from whom; how many rows."""
        return self.update(address="", raw="")


def normal(address: str) -> str:
    """One spelling of an address for looking up; what is none stays as it came."""
    try:
        return key_of(address)
    except NotAnAddress:
        return address


class Notice(models.Model):
    """What a mail server or a provider told us of a mail: stored first, understood afterwards.

    The same notice comes again when our answer got lost; `source` and `event` tell it.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "the address does not work"
        SOFT = "soft", "could not be delivered for now"
        COMPLAINT = "complaint", "reported as spam"
        LEFT = "left", "asked the provider for no more mail"
        OTHER = "other"

    source = models.CharField(max_length=40)
    event = models.CharField(max_length=200)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.OTHER)
    address = models.CharField(max_length=254, blank=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="notices")
    raw = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "event"], name="notice_once_per_event"),
            models.CheckConstraint(
                condition=Q(kind__in=["hard", "soft", "complaint", "left", "other"]),
                name="notice_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(applied_at__isnull=True), name="notice_to_apply"
            ),
            models.Index(fields=["address", "happened_at"], name="notice_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"
