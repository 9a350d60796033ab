"""Mails to one person, and the links in them that prove whose an address is."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from articles.models.fields import is_known
from articles.structured_data import absolute
from newsletter import transactional
from newsletter.addresses import NotAnAddress, digest_of
from newsletter.refusals import BLAMELESS, cause_of

from .letterhead import Letterhead
from .lists import MailingList
from .subscribers import Subscriber
from .suppressions import Suppression

logger = logging.getLogger(__name__)

VALID_FOR = timedelta(days=7)
# A mail that was asked for longer ago is not sent any more: nobody waits for it, and a database
# that was restored from a backup must not write to people.
TOO_LATE = timedelta(days=1)
# After an attempt of which nothing was heard again: its worker may have died before it was over.
# Where a mail server takes longer than this to answer, the person gets two.
RETRIED_AFTER = timedelta(minutes=5)
# After each attempt that failed; after the last of them once more and once more, until too late.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)]


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class TransactionalMailQuerySet(models.QuerySet["TransactionalMail"]):
    def ask(
        self, subscriber: Subscriber, purpose: str, email: str, asked_at: datetime | None = None
    ) -> "TransactionalMail":
        """Queue a mail; the link of an earlier one of this purpose ends."""
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
                "due_at": timezone.now(),
            },
        )[0]

    def waiting(self) -> "TransactionalMailQuerySet":
        return self.filter(due_at__isnull=False)

    def due(self) -> "TransactionalMailQuerySet":
        now = timezone.now()
        return self.filter(due_at__lte=now, used_at=None, asked_at__gt=now - TOO_LATE)

    def of_token(
        self, token: str, purpose: "TransactionalMail.Purpose"
    ) -> "TransactionalMail | None":
        """Return the mail with this token and purpose, however old and whether used or not."""
        return (
            self.filter(digest=digest_of_token(token), purpose=purpose)
            .select_related("subscriber")
            .first()
        )

    def spent(self) -> "TransactionalMailQuerySet":
        """Return the mails whose links have ended, after their owners had time to be told so. A
        refusal stays as long as its person: to refuse mail it is never too late."""
        now = timezone.now()
        return self.exclude(purpose=TransactionalMail.Purpose.REFUSE).filter(
            Q(sent_at__lt=now - 4 * VALID_FOR) | Q(sent_at=None, asked_at__lt=now - TOO_LATE)
        )


class TransactionalMail(models.Model):
    """A mail to one person. A mail that asks for something carries a token with one purpose, good
    for one use; only its digest is stored."""

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", "this address is mine"
        REFUSE = "refuse", "never write to me again"
        MOVE = "move", "this new address is mine"
        # Mails without a token.
        WELCOME = "welcome", "you are subscribed now"
        KNOWN = "known", "you are on the list already"
        MOVED = "moved", "your mail goes to another address"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="transactional_mails")
    purpose = models.CharField(max_length=7, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True, null=True)
    email = models.CharField(max_length=254, help_text="The address that the mail goes to.")
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Of the next attempt, also while one is made; empty: none is needed.
    due_at = models.DateTimeField(null=True, default=timezone.now)

    objects = TransactionalMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            # Every mail has a refusal of its own: each of them must work.
            models.UniqueConstraint(
                fields=["subscriber", "purpose"],
                condition=~Q(purpose="refuse"),
                name="transactional_mail_one_for_each_purpose",
            ),
            is_known("purpose", "confirm refuse move welcome known moved", of="transactional_mail"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="transactional_mail_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.get_purpose_display()}"

    @property
    def is_expired(self) -> bool:
        return self.sent_at is None or self.sent_at < timezone.now() - VALID_FOR

    @transaction.atomic
    def confirm(self, lists: Iterable[MailingList], **where: str) -> None:
        is_first = not self.subscriber.is_confirmed
        if self.use():
            self.subscriber.confirm(lists, **where)
            if is_first and Letterhead.objects.current().welcome.strip():
                TransactionalMail.objects.ask(self.subscriber, self.Purpose.WELCOME, self.email)

    def use(self) -> bool:
        """Take the one use of the link; return whether it was still there to be taken."""
        now = timezone.now()
        rows = TransactionalMail.objects.filter(
            pk=self.pk, digest=self.digest, used_at=None, sent_at__gt=now - VALID_FOR
        )
        return bool(rows.update(used_at=now))

    def send(self) -> bool:
        """Send it, unless another worker does; return whether it went out.

        At least once: the row says “sent” before the mail server is asked, so that the link works
        as soon as it is read, and stays due until the server has the mail. If a worker dies in
        between, another sends the mail again after RETRIED_AFTER, with a link of its own.
        """
        if self.is_unwanted():
            self.delete()
            return False
        token, refusal = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now, digest = timezone.now(), digest_of_token(token)
        with transaction.atomic():
            mine = TransactionalMail.objects.due().filter(pk=self.pk, email=self.email)
            if not mine.update(digest=digest, sent_at=now, due_at=now + RETRIED_AFTER):
                return False
            if self.purpose in (self.Purpose.CONFIRM, self.Purpose.MOVE):
                TransactionalMail.objects.create(
                    subscriber=self.subscriber,
                    purpose=self.Purpose.REFUSE,
                    email=self.email,
                    digest=digest_of_token(refusal),
                    asked_at=self.asked_at,
                    sent_at=now,
                    due_at=None,
                )
        try:
            self.build_email(token, refusal).send()
        except Exception as fault:  # Whatever a mail backend may raise: another turn will come.
            logger.warning("A mail (%s) could not be sent: %s", self.purpose, fault)
            TransactionalMail.objects.filter(digest=digest_of_token(refusal)).delete()
            self.requeue(digest, fault)
            return False
        TransactionalMail.objects.filter(pk=self.pk, digest=digest).update(due_at=None)
        return True

    def is_unwanted(self) -> bool:
        """Tell whether the owner of the address has left, or refused all mail, since it was asked
        for."""
        with suppress(NotAnAddress):
            found = Suppression.objects.filter(digest=digest_of(self.email)).first()
            if found and found.is_final:
                return True
        return self.purpose == self.Purpose.WELCOME and not self.subscriber.gets_mail

    def requeue(self, digest: str, fault: Exception) -> None:
        """Wait for another attempt, or give up if the refusal is final."""
        tried = TransactionalMail.objects.filter(pk=self.pk, digest=digest)
        if is_final(fault):
            tried.delete()
            return
        pause = PAUSES[min(self.attempts, len(PAUSES) - 1)]
        tried.update(
            digest=None,
            sent_at=None,
            attempts=models.F("attempts") + 1,
            due_at=timezone.now() + pause,
        )

    def build_email(self, token: str, refusal: str) -> EmailMultiAlternatives:
        subscription = self.subscriber.subscriptions.order_by("left_at", "pk").first()
        asks = self.purpose in (self.Purpose.CONFIRM, self.Purpose.MOVE)
        return transactional.build_email(
            self.purpose,
            self.email,
            letterhead=Letterhead.objects.current(),
            subscriber=self.subscriber,
            valid_for=VALID_FOR,
            url=absolute(reverse(self.purpose, args=[token])) if asks else "",
            refusal=absolute(reverse("refuse", args=[refusal])) if asks else "",
            preferences=absolute(reverse("preferences", args=[subscription.key]))
            if subscription
            else "",
            front=absolute(reverse("front")),
        )


def is_final(fault: Exception) -> bool:
    """Tell whether the recipient's server refused for good (RFC 5321: 5yz is permanent), and not
    because of us."""
    return isinstance(fault, SMTPRecipientsRefused) and all(
        code >= 500 and cause_of(words.decode(errors="replace"), code=code) not in BLAMELESS
        for code, words in fault.recipients.values()
    )
