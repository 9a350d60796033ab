from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from .articles import Article

# A form says every twenty seconds that it is open; one that has been silent for longer was closed.
SILENCE = timedelta(seconds=50)


class OpenFormManager(models.Manager["OpenForm"]):
    def note(self, article: Article, person: User, session: str) -> None:
        self.filter(article=article, seen_at__lt=timezone.now() - SILENCE).delete()
        self.update_or_create(
            session=session, person=person, defaults={"article": article, "seen_at": timezone.now()}
        )

    def colleagues(self, article: Article, person: Any) -> list[User]:
        since = timezone.now() - SILENCE
        rows = self.filter(article=article).exclude(person=person).select_related("person")
        people = {row.person for row in rows if row.seen_at >= since}
        return sorted(people, key=lambda one: one.get_full_name() or one.username)


class OpenForm(models.Model):
    """Somebody has an article's form open."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="open_forms")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session = models.CharField(max_length=36)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = OpenFormManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session"], name="open_form_is_one_row_per_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.article}"
