"""People who asked for mail, and what they asked for."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from newsletter.addresses import NotAnAddress, cleaned, digest_of, key_of

from .lists import MailingList
from .prefixes import PrefixIndex, begins_with
from .suppressions import Suppression

if TYPE_CHECKING:
    from .issues import Issue

# Whoever never confirms is forgotten after this time.
KEPT_UNCONFIRMED = timedelta(days=30)
KEY_LENGTH = 32
AS_KEY = re.compile(rf"[\w-]{{{KEY_LENGTH}}}", re.ASCII)


def new_key() -> str:
    """192 random bits in 32 characters that no encoding of mail or of addresses changes."""
    return secrets.token_urlsafe(24)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def of_address(self, address: str) -> "Subscriber | None":
        return self.filter(digest=digest_of(address)).first()

    def found_by(self, typed: str) -> "SubscriberQuerySet":
        """Whose address is this in any spelling, or begins with it."""
        typed = typed.strip()
        prefix = begins_with("email", typed)
        try:
            return self.filter(prefix | Q(digest=digest_of(typed)))
        except NotAnAddress:
            return self.filter(prefix)

    def with_standing(self) -> "SubscriberQuerySet":
        """With what `standing` needs, for many at once."""
        reasons = Suppression.objects.filter(digest=OuterRef("digest")).values("reason")[:1]
        return self.annotate(reason=Subquery(reasons), is_listed=self.is_on_a_list())

    def in_standing(self, standing: "Subscriber.Standing") -> "SubscriberQuerySet":
        """The four share everybody out among them."""
        match standing:
            case Subscriber.Standing.SUPPRESSED:
                return self.filter(self.is_suppressed())
            case Subscriber.Standing.UNCONFIRMED:
                return self.filter(~self.is_suppressed(), confirmed_at__isnull=True)
            case Subscriber.Standing.LEFT:
                found = self.filter(~self.is_suppressed(), confirmed_at__isnull=False)
                return found.filter(~self.is_on_a_list())
        found = self.filter(~self.is_suppressed(), confirmed_at__isnull=False)
        return found.filter(self.is_on_a_list())

    def on_list(self, slug: str) -> "SubscriberQuerySet":
        """Those who are on the list with this slug; whoever left it is not."""
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

    Whether they want anything stands in their subscriptions; whether the address is theirs, in
    `confirmed_at`.
    """

    class Standing(models.TextChoices):
        CONFIRMED = "confirmed", "gets mail"
        UNCONFIRMED = "unconfirmed", "has not confirmed"
        LEFT = "left", "has left every list"
        SUPPRESSED = "suppressed"

    # Of `with_standing`.
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
    def standing(self) -> Standing:
        """Which of the four; for rows of `with_standing`."""
        if self.reason:
            return self.Standing.SUPPRESSED
        if not self.is_confirmed:
            return self.Standing.UNCONFIRMED
        return self.Standing.CONFIRMED if self.is_listed else self.Standing.LEFT

    def join(self, *lists: MailingList) -> None:
        """Be on these lists from now on. Who is on one already keeps the day; who had left one
        comes back under the same key, so that links in old mail still lead there."""
        now = timezone.now()
        for one in lists:
            subscription, is_new = self.subscriptions.get_or_create(list=one)
            if not is_new and subscription.left_at is not None:
                subscription.joined_at, subscription.left_at = now, None
                subscription.save(update_fields=["joined_at", "left_at"])

    def settle(self, lists: Iterable[MailingList]) -> None:
        """Be on these lists and on no other."""
        self.join(*lists)
        for subscription in self.subscriptions.wanted().exclude(list__in=lists):
            subscription.leave()

    def record(self, act: str, lists: Iterable[MailingList] = (), **where: str) -> None:
        """Keep that this person did this: with which words before their eyes, on which page, from
        which network."""
        names = ", ".join(one.name for one in lists)
        self.consents.create(act=act, lists=names[:400], **where)

    @transaction.atomic
    def confirm(self, lists: Iterable[MailingList], **where: str) -> None:
        """The address is theirs, and these are the lists they want. What kept mail from it until
        now (it bounced, it complained, it was erased) is over."""
        self.prove()
        self.settle(lists)
        self.record("confirmed", lists, **where)

    def prove(self) -> None:
        """Somebody pressed the button in a mail to this address."""
        Suppression.objects.lift(self.digest)
        if self.confirmed_at is None:
            self.confirmed_at = timezone.now()
            self.save(update_fields=["confirmed_at"])

    @transaction.atomic
    def choose(self, lists: Iterable[MailingList], **where: str) -> None:
        self.settle(lists)
        self.record("chose", lists, **where)

    @transaction.atomic
    def move(self, email: str, **where: str) -> "Subscriber":
        """Get mail at this address, which was proved to be theirs, and no more at the old one; the
        person who has it now. Where the address is a subscriber's already, that one takes over the
        lists, and the keys in old mail still lead to this one."""
        from .mail_links import MailLink

        lists = [one.list for one in self.subscriptions.wanted().select_related("list")]
        found = Subscriber.objects.of_address(email)
        if found and found != self and not found.is_confirmed:
            found.delete()  # Asked for and never confirmed: it is confirmed by this.
            found = None
        old = self.email
        self.record("moved", lists, **where)
        if found and found != self:
            self.settle([])
            found.join(*lists)
            found.record("moved", lists, **where)
            found.prove()
            MailLink.objects.ask(self, MailLink.Purpose.MOVED, old)
            return found
        self.email = email
        self.save(update_fields=["email", "digest"])
        self.prove()
        if key_of(old) != key_of(email):
            MailLink.objects.ask(self, MailLink.Purpose.MOVED, old)
        return self

    @transaction.atomic
    def let_in_again(self) -> None:
        """Let mail go there although the address was suppressed: a person's decision. What had
        led to it counts no more."""
        from .notices import Notice

        Notice.objects.of_person(self).forgive()
        Suppression.objects.filter(digest=self.digest).delete()

    @transaction.atomic
    def erase(self) -> None:
        """Forget this person. A keyed hash stays, so that an import cannot bring them back; what
        was sent stays as a count, without the address."""
        from .address_files import AddressLine
        from .deliveries import Delivery
        from .notices import Notice
        from .sign_ups import SignUp

        Notice.objects.of_person(self).forget_address()
        AddressLine.objects.filter(digest=self.digest).delete()
        Delivery.objects.filter(subscription__subscriber=self).forget_address()
        SignUp.objects.filter(digest=self.digest).delete()
        Suppression.objects.suppress(self.digest, Suppression.Reason.ERASED)
        self.delete()


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def of_key(self, key: str) -> "Subscription | None":
        """None too for what cannot be a key, which not every database lets one ask for."""
        if not AS_KEY.fullmatch(key):
            return None
        return self.filter(key=key).select_related("subscriber", "list").first()

    def wanted(self) -> "SubscriptionQuerySet":
        """Those that their person has not left."""
        return self.filter(left_at__isnull=True)

    def active(self) -> "SubscriptionQuerySet":
        """Those to which mail may be sent: wanted, confirmed, and not suppressed."""
        suppressed = Suppression.objects.filter(digest=OuterRef("subscriber__digest"))
        return self.filter(
            ~Exists(suppressed), left_at__isnull=True, subscriber__confirmed_at__isnull=False
        )

    def audience(self, issue: "Issue") -> "SubscriptionQuerySet":
        """Whom this issue goes to, if it were prepared now."""
        found = self.active().filter(list=issue.list_id)
        if issue.joined_from:
            found = found.filter(joined_at__gte=issue.joined_from)
        if issue.joined_until:
            found = found.filter(joined_at__lt=issue.joined_until)
        return found


class Subscription(models.Model):
    """A person on a list. Its key stands in the links of every mail of the list, and is good for
    ever; it never changes, and goes only with the person."""

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
        """Be off this list from now on; whether that was news. Twice is no fault. What a person
        did is recorded, with the circumstances; what was done for them is not theirs."""
        now: datetime = timezone.now()
        rows = Subscription.objects.filter(pk=self.pk, left_at__isnull=True)
        self.left_at = self.left_at or now
        is_news = bool(rows.update(left_at=now))
        if is_news and where:
            self.subscriber.record("left", [self.list], **where)
        return is_news

    @transaction.atomic
    def come_back(self, **where: str) -> None:
        """It was a mistake to leave."""
        self.subscriber.join(self.list)
        self.subscriber.record("chose", [self.list], **where)
