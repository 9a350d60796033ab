"""Links in mail that prove whose an address is."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .subscribers import Subscriber

VALID_FOR = timedelta(days=7)


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class MailLinkQuerySet(models.QuerySet["MailLink"]):
    def waiting(self) -> "MailLinkQuerySet":
        """Those whose mail is still to be sent."""
        return self.filter(sent_at__isnull=True)

    def of_token(self, token: str, purpose: "MailLink.Purpose") -> "MailLink | None":
        """The link with this token, if it may still be used for this; replaced by a newer mail,
        used up, too old and never given out look alike. To refuse mail it is never too late."""
        found = self.filter(digest=digest_of_token(token), purpose=purpose)
        if purpose != MailLink.Purpose.REFUSE:
            found = found.filter(sent_at__gt=timezone.now() - VALID_FOR)
        return found.select_related("subscriber").first()


class MailLink(models.Model):
    """A token with one purpose, mailed to one person. Only its digest is stored."""

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", "this address is mine"
        REFUSE = "refuse", "never write to me again"
        MOVE = "move", "this new address is mine"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="mail_links")
    purpose = models.CharField(max_length=7, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True, null=True)
    email = models.CharField(max_length=254, help_text="The address that the mail goes to.")
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = MailLinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "purpose"], name="mail_link_one_for_each_purpose"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["confirm", "refuse", "move"]),
                name="mail_link_purpose_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="mail_link_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.get_purpose_display()}"

    def renew(self) -> str:
        """A new token, good from now on; the one of an earlier mail stops working. Stored when
        the row is."""
        token = secrets.token_urlsafe(32)
        self.digest = digest_of_token(token)
        self.sent_at = timezone.now()
        return token
