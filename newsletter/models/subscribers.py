"""People who asked for mail, and what they asked for."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from articles.models.corrections import Record, RecordQuerySet
from articles.models.fields import is_known
from newsletter.addresses import NotAnAddress, cleaned, digest_of

from .lists import MailingList, MailingListQuerySet
from .prefixes import PrefixIndex, begins_with
from .suppressions import Suppression

# Whoever never confirms is forgotten after this time.
KEPT_UNCONFIRMED = timedelta(days=30)
KEY_LENGTH = 32
# Nobody's key, in the links of tests and previews: they lead to a page that says so.
EXAMPLE_KEY = "example".ljust(KEY_LENGTH, "-")
AS_KEY = re.compile(rf"[\w-]{{{KEY_LENGTH}}}", re.ASCII)


def new_key() -> str:
    """Return 192 random bits in 32 characters that no encoding of mail or of URLs changes."""
    return secrets.token_urlsafe(24)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def of_address(self, address: str) -> "Subscriber | None":
        return self.filter(digest=digest_of(address)).first()

    def found_by(self, typed: str) -> "SubscriberQuerySet":
        """Return people whose address is this in any spelling, or begins with it."""
        typed = typed.strip()
        prefix = begins_with("email", typed)
        try:
            return self.filter(prefix | Q(digest=digest_of(typed)))
        except NotAnAddress:
            return self.filter(prefix)

    def with_status(self) -> "SubscriberQuerySet":
        reasons = Suppression.objects.filter(digest=OuterRef("digest")).values("reason")[:1]
        return self.annotate(reason=Subquery(reasons), is_listed=self.is_on_a_list())

    def having(self, status: "Subscriber.Status") -> "SubscriberQuerySet":
        if status == Subscriber.Status.SUPPRESSED:
            return self.filter(self.is_suppressed())
        found = self.filter(~self.is_suppressed())
        if status == Subscriber.Status.UNCONFIRMED:
            return found.filter(confirmed_at__isnull=True)
        on_a_list = self.is_on_a_list()
        wanted = ~on_a_list if status == Subscriber.Status.LEFT else on_a_list
        return found.filter(wanted, confirmed_at__isnull=False)

    def on_list(self, slug: str) -> "SubscriberQuerySet":
        here = Subscription.objects.filter(
            subscriber=OuterRef("pk"), list__slug=slug, left_at__isnull=True
        )
        return self.filter(Exists(here))

    @staticmethod
    def is_on_a_list() -> Exists:
        return Exists(Subscription.objects.filter(subscriber=OuterRef("pk"), left_at__isnull=True))

    @staticmethod
    def is_suppressed() -> Exists:
        return Exists(Suppression.objects.filter(digest=OuterRef("digest")))

    def unconfirmed_too_long(self) -> "SubscriberQuerySet":
        return self.filter(
            confirmed_at__isnull=True, asked_at__lt=timezone.now() - KEPT_UNCONFIRMED
        )


class Subscriber(models.Model):
    """A person with an address: one, whatever its case or spelling.

    Their subscriptions say what they want; `confirmed_at` says that the address is theirs.
    """

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", "gets mail"
        UNCONFIRMED = "unconfirmed", "has not confirmed"
        LEFT = "left", "has left every list"
        SUPPRESSED = "suppressed"

    # Of `with_status`.
    reason: str | None
    is_listed: bool

    email = models.CharField("e-mail address", max_length=254)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="subscriber_newest"),
            PrefixIndex(Lower("email"), name="subscriber_by_beginning"),
            models.Index(
                "asked_at",
                condition=Q(confirmed_at__isnull=True),
                name="subscriber_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises NotAnAddress where `email` is none."""
        self.email = cleaned(self.email)
        self.digest = digest_of(self.email)
        super().save(*args, **kwargs)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def gets_mail(self) -> bool:
        return Subscription.objects.active().filter(subscriber=self).exists()

    @property
    def status(self) -> Status:
        if self.reason:
            return self.Status.SUPPRESSED
        if not self.is_confirmed:
            return self.Status.UNCONFIRMED
        return self.Status.CONFIRMED if self.is_listed else self.Status.LEFT

    def list_choices(self) -> MailingListQuerySet:
        """Return the lists that this person may choose from: those on offer, and their own."""
        own = self.subscriptions.wanted().filter(list=OuterRef("pk"))
        return MailingList.objects.filter(Q(pk__in=MailingList.objects.offered()) | Exists(own))

    def join(self, *lists: MailingList) -> None:
        """Be on these lists from now on. A current subscription keeps its day; one that was left
        comes back under the same key, so that links in old mail still lead there."""
        now = timezone.now()
        for one in lists:
            subscription, is_new = self.subscriptions.get_or_create(list=one)
            if not is_new and subscription.left_at is not None:
                subscription.joined_at, subscription.left_at = now, None
                subscription.save(update_fields=["joined_at", "left_at"])

    def set_lists(self, lists: Iterable[MailingList]) -> None:
        self.join(*lists)
        for subscription in self.subscriptions.wanted().exclude(list__in=lists):
            subscription.leave()

    def record(self, action: str, lists: Iterable[MailingList] = (), **where: str) -> None:
        """Record what this person did: with which words before their eyes, on which page, from
        which network."""
        names = ", ".join(one.name for one in lists)
        self.consents.create(action=action, lists=names[:400], **where)

    @transaction.atomic
    def confirm(self, lists: Iterable[MailingList], **where: str) -> None:
        """Confirm the address and set the lists. A suppression after a bounce, a complaint or an
        erasure is lifted."""
        self.verify()
        self.set_lists(lists)
        self.record("confirmed", lists, **where)

    def verify(self) -> None:
        """Record that somebody pressed the button in a mail to this address."""
        Suppression.objects.lift(self.digest)
        if self.confirmed_at is None:
            self.confirmed_at = timezone.now()
            self.save(update_fields=["confirmed_at"])

    @transaction.atomic
    def choose(self, lists: Iterable[MailingList], **where: str) -> None:
        self.set_lists(lists)
        self.record("chose", lists, **where)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def of_key(self, key: str) -> "Subscription | None":
        """Return None also for what cannot be a key, which not every database lets one ask for."""
        if not AS_KEY.fullmatch(key):
            return None
        return self.filter(key=key).select_related("subscriber", "list").first()

    def wanted(self) -> "SubscriptionQuerySet":
        return self.filter(left_at__isnull=True)

    def active(self) -> "SubscriptionQuerySet":
        """Return the subscriptions to which mail may be sent: wanted, confirmed and not
        suppressed."""
        suppressed = Suppression.objects.filter(digest=OuterRef("subscriber__digest"))
        return self.filter(
            ~Exists(suppressed), left_at__isnull=True, subscriber__confirmed_at__isnull=False
        )


class Subscription(models.Model):
    """A person on a list. Its key stands in the links of every mail of the list; it is valid for
    ever, never changes, and goes only with the person."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    list = models.ForeignKey(MailingList, models.PROTECT, related_name="subscriptions")
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key, editable=False)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["list__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "list"], name="subscription_is_one_row"),
        ]
        indexes = [models.Index(fields=["list", "id"], name="subscription_of_list")]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.list}"

    @transaction.atomic
    def leave(self, **where: str) -> bool:
        """Leave this list; return whether that is new. Twice is no fault. A person's own act is
        recorded with its circumstances; what was done for them is not theirs."""
        now: datetime = timezone.now()
        rows = Subscription.objects.filter(pk=self.pk, left_at__isnull=True)
        self.left_at = self.left_at or now
        is_news = bool(rows.update(left_at=now))
        if is_news and where:
            self.subscriber.record("left", [self.list], **where)
        return is_news

    @transaction.atomic
    def come_back(self, **where: str) -> None:
        self.subscriber.join(self.list)
        self.subscriber.record("chose", [self.list], **where)


class Consent(Record):
    """What a person agreed to, kept so that it can be shown to them and to a court."""

    class Action(models.TextChoices):
        ASKED = "asked", "signed up"
        CONFIRMED = "confirmed", "confirmed the address"
        CHOSE = "chose", "chose lists"
        MOVED = "moved", "changed the address"
        LEFT = "left", "left a list"
        IMPORTED = "imported", "was imported"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents")
    action = models.CharField(max_length=9, choices=Action)
    lists = models.CharField(max_length=400, blank=True, help_text="Their names at that time.")
    wording = models.TextField(blank=True, help_text="The words beside what was pressed.")
    page = models.CharField(max_length=500, blank=True, help_text="Where that was.")
    network = models.CharField(max_length=43, blank=True, help_text="Shortened: never one machine.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            is_known("action", "asked confirmed chose moved left imported", of="consent"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} {self.get_action_display()}"
