"""What was wrong in an article, and is told to its readers."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .articles import Article


class AppendOnly(Exception):
    """Somebody tried to change or delete what was told to readers."""


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def published(self) -> "CorrectionQuerySet":
        """Those of articles that the public may see."""
        return self.filter(article__in=Article.objects.published())

    def newest_first(self) -> "CorrectionQuerySet":
        return self.order_by("-made_at", "-pk")

    def update(self, **columns: Any) -> NoReturn:
        raise AppendOnly("A correction never changes; a wrong one is followed by another.")

    def delete(self) -> NoReturn:
        raise AppendOnly("A correction stays as long as its article.")


class Correction(models.Model):
    """One record; it is never changed, and goes only with its article.

    The database refuses a change of its words too, by a trigger of migration 0004.
    """

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
            models.CheckConstraint(
                condition=Q(kind__in=["correction", "clarification", "update", "note"]),
                name="correction_kind_is_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="correction_has_words"),
        ]
        indexes = [models.Index(F("made_at").desc(), F("id").desc(), name="correction_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("A correction never changes; a wrong one is followed by another.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Its place on the page of its article."""
        return f"{self.article.get_absolute_url()}#correction-{self.pk}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A correction stays as long as its article.")
