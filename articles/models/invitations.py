import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from .publication import Publication

VALID_FOR = timedelta(days=7)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationManager(models.Manager["Invitation"]):
    def of_token(self, token: str) -> "Invitation | None":
        """The invitation that a link in a mail stands for; None when it is used up, taken back,
        replaced by a newer mail, or too old."""
        return self.filter(
            token_digest=digest_of(token), sent_at__gt=timezone.now() - VALID_FOR
        ).first()


class Invitation(models.Model):
    """Somebody who is asked to work here and has no account yet; accepted, the row is gone.

    The link is in the mail alone: what is stored cannot be turned back into it.
    """

    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={
            "unique": "This address has been invited already. Send that invitation again, or take "
            "it back."
        },
    )
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    groups = models.ManyToManyField(Group, help_text="What the new colleague will work on.")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField(editable=False)

    objects = InvitationManager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="invitation_email_is_lower_case",
            )
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        if not self.token_digest:
            self.renew()
        super().save(*args, **kwargs)

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + VALID_FOR

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def suggested_username(self) -> str:
        """A user name made of the name, and never of the e-mail address: that can change."""
        names = slugify(f"{self.first_name} {self.last_name}").replace("-", ".")
        return names or slugify(self.email.split("@")[0])

    def renew(self) -> str:
        token = secrets.token_urlsafe(32)
        self.token_digest = digest_of(token)
        self.sent_at = timezone.now()
        return token

    def send(self) -> None:
        """Mail a new link; the one of an earlier mail stops working. Raises OSError where the mail
        cannot be handed over: the invitation stands, and can be sent again."""
        url = settings.SITE_URL + reverse("accept_invitation", args=[self.renew()])
        self.save(update_fields=["token_digest", "sent_at"])
        context = {
            "invitation": self,
            "url": url,
            "publication": Publication.objects.current(),
        }
        subject, text, html = (
            render_to_string(f"articles/mail/invitation.{part}", context).strip()
            for part in ("subject.txt", "txt", "html")
        )
        mail = EmailMultiAlternatives(subject, text, to=[self.email])
        mail.attach_alternative(html, "text/html")
        mail.send()

    @transaction.atomic
    def accept(self, user: User) -> bool:
        """Make this new account, with the groups of the invitation; False when somebody was
        faster with the same link. The mail that brought them here proves the address."""
        groups = list(self.groups.all())
        # The click that deletes the row wins; the other of two finds none.
        gone, _ = Invitation.objects.filter(pk=self.pk, token_digest=self.token_digest).delete()
        if not gone:
            return False
        user.email = self.email
        user.is_staff = True
        user.save()
        user.groups.set(groups)
        return True
