from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .articles import Article


class NoteQuerySet(models.QuerySet["Note"]):
    def open(self) -> "NoteQuerySet":
        return self.filter(resolved_at__isnull=True)

    def in_order(self) -> "NoteQuerySet":
        open_first = F("resolved_at").asc(nulls_first=True)
        return self.select_related("author", "resolved_by").order_by(open_first, "made_at", "pk")


class Note(models.Model):
    """What one colleague tells the others about an article. Readers never see it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField("note", max_length=4_000)
    # Words of the body as they stood there; they may have been rewritten since.
    passage = models.CharField(
        "about the words",
        max_length=500,
        blank=True,
        help_text="Copied from the text, if the note is about one place in it.",
    )
    made_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]
        indexes = [
            models.Index("article", name="note_open", condition=Q(resolved_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    def resolve(self, by: AbstractUser) -> None:
        open_row = type(self)._default_manager.filter(pk=self.pk, resolved_at__isnull=True)
        open_row.update(resolved_at=timezone.now(), resolved_by=by)
        self.refresh_from_db()

    def reopen(self) -> None:
        self.resolved_at, self.resolved_by = None, None
        self.save(update_fields=["resolved_at", "resolved_by"])
