"""Corrections that readers see under an article, and the base of all records that stay."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .articles import Article
from .fields import is_known


class AppendOnly(Exception):
    """Raised by an attempt to change or delete what is kept as a record."""


class RecordQuerySet(models.QuerySet):
    def update(self, **columns: Any) -> NoReturn:
        raise AppendOnly("A record never changes; a wrong one is followed by another.")

    def delete(self) -> NoReturn:
        raise AppendOnly("A record stays as long as what it belongs to.")


class Record(models.Model):
    """A row that is never changed, and goes only with the row that it belongs to.

    The database refuses a change of its words too, by a trigger of the migrations 0002_data.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("A record never changes; a wrong one is followed by another.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A record stays as long as what it belongs to.")


class CorrectionQuerySet(RecordQuerySet):
    def published(self) -> "CorrectionQuerySet":
        return self.filter(article__in=Article.objects.published())

    def newest_first(self) -> "CorrectionQuerySet":
        return self.order_by("-made_at", "-pk")


class Correction(Record):
    class Kind(models.TextChoices):
        CORRECTION = "correction"
        CLARIFICATION = "clarification"
        UPDATE = "update"
        NOTE = "note", "Editor’s note"

    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = models.TextField(help_text="Plain text; an empty line begins a new paragraph.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            is_known("kind", "correction clarification update note", of="correction"),
            models.CheckConstraint(condition=~Q(text=""), name="correction_has_words"),
        ]
        indexes = [models.Index(F("made_at").desc(), F("id").desc(), name="correction_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#correction-{self.pk}"
