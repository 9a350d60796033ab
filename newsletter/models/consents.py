"""What people agreed to, kept so that it can be shown to them and to a court."""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from articles.models.corrections import AppendOnly

from .subscribers import Subscriber

REFUSAL = "What somebody agreed to is not rewritten; a change of mind is a record of its own."


class ConsentQuerySet(models.QuerySet["Consent"]):
    def update(self, **columns: Any) -> NoReturn:
        raise AppendOnly(REFUSAL)

    def delete(self) -> NoReturn:
        raise AppendOnly("A record of consent goes only with its person.")


class Consent(models.Model):
    """One act of a person; never changed, and gone only with the person.

    The database refuses a change too, by a trigger that is made in migration 0004.
    """

    class Act(models.TextChoices):
        ASKED = "asked", "signed up"
        CONFIRMED = "confirmed", "confirmed the address"
        CHOSE = "chose", "chose lists"
        MOVED = "moved", "changed the address"
        LEFT = "left", "left a list"
        IMPORTED = "imported", "was imported"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents")
    act = models.CharField(max_length=9, choices=Act)
    lists = models.CharField(max_length=400, blank=True, help_text="Their names at that time.")
    wording = models.TextField(blank=True, help_text="The words beside what was pressed.")
    page = models.CharField(max_length=500, blank=True, help_text="Where that was.")
    network = models.CharField(max_length=43, blank=True, help_text="Shortened: never one machine.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    act__in=["asked", "confirmed", "chose", "moved", "left", "imported"]
                ),
                name="consent_act_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} {self.get_act_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(REFUSAL)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A record of consent goes only with its person.")
