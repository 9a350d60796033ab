"""URLs at which somebody without an account may read one version of an article."""

import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from .articles import Article
from .revisions import Revision


def new_key() -> str:
    return secrets.token_hex(16)


def signature(key: str) -> str:
    return salted_hmac("articles.preview", key, algorithm="sha256").hexdigest()[:32]


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def open(self) -> "PreviewLinkQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())

    def of(self, article: Article) -> "PreviewLinkQuerySet":
        return self.filter(revision__article=article).order_by("-made_at", "-pk")


class PreviewLink(models.Model):
    """Shows one version, whatever is saved later, until it ends or somebody revokes it."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="preview_links")
    note = models.CharField("for whom", max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField("ends")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="preview_link_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"Preview for {self.note}"

    def get_absolute_url(self) -> str:
        return reverse("preview", args=[self.token])

    def revoke(self) -> None:
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])

    @property
    def token(self) -> str:
        """The key and its signature, in lower case: a URL that lost its case still works."""
        return f"{self.key}-{signature(self.key)}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def last_day(self) -> date:
        return timezone.localtime(self.expires_at - timedelta(microseconds=1)).date()

    @staticmethod
    def key_of(token: str) -> str | None:
        """The key in a token of ours, None for any other text. Asks no database: a key whose link
        is gone was a link once."""
        key, _, signed = token.partition("-")
        return key if constant_time_compare(signed, signature(key)) else None
