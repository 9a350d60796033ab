"""Mails to one person, and the links in them that prove whose an address is."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from newsletter import letters
from newsletter.addresses import digest_of

from .letterhead import Letterhead
from .lists import MailingList
from .subscribers import Subscriber
from .suppressions import Suppression

logger = logging.getLogger(__name__)

VALID_FOR = timedelta(days=7)
# A mail that was asked for longer ago is not sent any more: nobody waits for it, and a database
# that was restored from a backup must not write to people.
TOO_LATE = timedelta(days=1)
# After each attempt that failed; after the last of them once more and once more, until too late.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)]


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class MailLinkQuerySet(models.QuerySet["MailLink"]):
    def ask(
        self, subscriber: Subscriber, purpose: str, email: str, asked_at: datetime | None = None
    ) -> "MailLink":
        """Let a mail be sent; what an earlier one of this purpose led to ends."""
        return self.update_or_create(
            subscriber=subscriber,
            purpose=purpose,
            defaults={
                "email": email,
                "asked_at": asked_at or timezone.now(),
                "digest": None,
                "sent_at": None,
                "used_at": None,
                "attempts": 0,
                "due_at": None,
            },
        )[0]

    def waiting(self) -> "MailLinkQuerySet":
        """Those whose mail is still to be sent."""
        return self.filter(sent_at__isnull=True)

    def due(self) -> "MailLinkQuerySet":
        """Those of them whose mail may be sent now."""
        now = timezone.now()
        return self.waiting().filter(
            Q(due_at__isnull=True) | Q(due_at__lte=now), asked_at__gt=now - TOO_LATE
        )

    def of_token(self, token: str, purpose: "MailLink.Purpose") -> "MailLink | None":
        """The link with this token, if it is for this, however old and whether used or not."""
        return (
            self.filter(digest=digest_of_token(token), purpose=purpose)
            .select_related("subscriber")
            .first()
        )

    def spent(self) -> "MailLinkQuerySet":
        """Those that lead nowhere any more, and whose owners have had time to be told so. The
        refusal stays as long as its person: to refuse mail it is never too late."""
        now = timezone.now()
        return self.exclude(purpose=MailLink.Purpose.REFUSE).filter(
            Q(sent_at__lt=now - 4 * VALID_FOR) | Q(sent_at=None, asked_at__lt=now - TOO_LATE)
        )


class MailLink(models.Model):
    """A mail to one person. Where it asks for something it carries a token with one purpose, good
    for one use; only its digest is stored."""

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", "this address is mine"
        REFUSE = "refuse", "never write to me again"
        MOVE = "move", "this new address is mine"
        # Mails without a token.
        KNOWN = "known", "you are on the list already"
        MOVED = "moved", "your mail goes to another address"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="mail_links")
    purpose = models.CharField(max_length=7, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True, null=True)
    email = models.CharField(max_length=254, help_text="The address that the mail goes to.")
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # of the next attempt; empty: at once

    objects = MailLinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            # Every mail has a refusal of its own: each of them must work.
            models.UniqueConstraint(
                fields=["subscriber", "purpose"],
                condition=~Q(purpose="refuse"),
                name="mail_link_one_for_each_purpose",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["confirm", "refuse", "move", "known", "moved"]),
                name="mail_link_purpose_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="mail_link_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.get_purpose_display()}"

    @property
    def is_expired(self) -> bool:
        return self.sent_at is None or self.sent_at < timezone.now() - VALID_FOR

    @transaction.atomic
    def confirm(self, lists: Iterable[MailingList], **where: str) -> None:
        """Let its person be subscribed to these; of two who press at once, one is."""
        if self.use():
            self.subscriber.confirm(lists, **where)

    @transaction.atomic
    def move(self, **where: str) -> None:
        """Let its person get mail at this address from now on."""
        if self.use():
            self.subscriber.move(self.email, **where)

    def use(self) -> bool:
        """Take the one use that it is good for; whether it was still there to be taken."""
        now = timezone.now()
        rows = MailLink.objects.filter(
            pk=self.pk, digest=self.digest, used_at=None, sent_at__gt=now - VALID_FOR
        )
        return bool(rows.update(used_at=now))

    @transaction.atomic
    def refuse(self) -> None:
        """Never again write to the address that this mail went to, and forget whose it was."""
        digest = digest_of(self.email)
        if self.subscriber.digest == digest:
            self.subscriber.erase()
        else:  # It was to be somebody's new address.
            MailLink.objects.filter(subscriber=self.subscriber, email=self.email).delete()
        Suppression.objects.suppress(digest, Suppression.Reason.REFUSED)

    def send(self) -> bool:
        """Mail it, unless another worker does; whether it went out.

        At most once: the row says “sent” before the mail server is asked, and says “waits” again
        only if that was refused. Of a worker that dies in between the mail is lost, and its person
        asks again.
        """
        token, refusal = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = timezone.now()
        with transaction.atomic():
            mine = {"digest": digest_of_token(token), "sent_at": now}
            if not MailLink.objects.due().filter(pk=self.pk, email=self.email).update(**mine):
                return False
            if self.purpose in (self.Purpose.CONFIRM, self.Purpose.MOVE):
                MailLink.objects.create(
                    subscriber=self.subscriber,
                    purpose=self.Purpose.REFUSE,
                    email=self.email,
                    digest=digest_of_token(refusal),
                    asked_at=self.asked_at,
                    sent_at=now,
                )
        try:
            self.letter(token, refusal).send()
        except Exception as fault:  # Whatever a mail backend may raise: another turn will come.
            logger.warning("A mail (%s) could not be sent: %s", self.purpose, fault)
            MailLink.objects.filter(digest=digest_of_token(refusal)).delete()
            tried = MailLink.objects.filter(pk=self.pk, digest=mine["digest"])
            if is_final(fault):
                tried.delete()
            else:
                pause = PAUSES[min(self.attempts, len(PAUSES) - 1)]
                tried.update(
                    digest=None,
                    sent_at=None,
                    attempts=models.F("attempts") + 1,
                    due_at=timezone.now() + pause,
                )
            return False
        return True

    def letter(self, token: str, refusal: str) -> EmailMultiAlternatives:
        """The mail itself, with these tokens where it has links that ask for something."""
        subscription = self.subscriber.subscriptions.order_by("left_at", "pk").first()
        asks = self.purpose in (self.Purpose.CONFIRM, self.Purpose.MOVE)
        return letters.letter(
            self.purpose,
            self.email,
            letterhead=Letterhead.objects.current(),
            subscriber=self.subscriber,
            valid_for=VALID_FOR,
            address=letters.absolute(self.purpose, token) if asks else "",
            refusal=letters.absolute("refuse", refusal) if asks else "",
            preferences=letters.absolute("preferences", subscription.key) if subscription else "",
            front=letters.absolute("front"),
        )


def is_final(fault: Exception) -> bool:
    """The recipient's server says that there is no such address (RFC 5321: 5yz is permanent)."""
    return isinstance(fault, SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in fault.recipients.values()
    )
