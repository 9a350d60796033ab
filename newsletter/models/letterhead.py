import secrets
from typing import Any

from django.db import models

REASON = "You get this mail because you subscribed on our website and confirmed your address."
WELCOME = "Welcome! Your address is confirmed: from now on you get what you chose."


def new_secret() -> str:
    return secrets.token_hex(32)


class LetterheadManager(models.Manager["Letterhead"]):
    def current(self) -> "Letterhead":
        """Return the one row; it is made on first use, since its secret must stay the same."""
        return self.get_or_create(pk=1)[0]


class Letterhead(models.Model):
    """The sender, reason and postal address on every mail to readers."""

    sender_name = models.CharField(
        max_length=80, blank=True, help_text="Who mail comes from; empty: the magazine’s name."
    )
    reply_to = models.EmailField(
        "replies go to", blank=True, help_text="Empty: to the address that mail comes from."
    )
    postal_address = models.TextField(
        blank=True, help_text="The law of many countries wants one in every newsletter."
    )
    reason = models.CharField(
        "why they get it", max_length=200, default=REASON, help_text="Stands in the footer."
    )
    welcome = models.TextField(
        "welcome mail",
        blank=True,
        default=WELCOME,
        max_length=2_000,
        help_text="Goes once to each person who confirms an address, above their lists and the "
        "link to their preferences. Empty: no such mail.",
    )
    sends_by_itself = models.BooleanField(
        "send what opens by itself",
        default=False,
        help_text="An issue that opens by itself goes out at once if its checklist has no point. "
        "Otherwise, and with a point, it waits for approval.",
    )
    # What turns addresses into digests and marks our bounce addresses. It is kept here and not
    # derived from SECRET_KEY: digests must still match when that is changed.
    secret = models.CharField(max_length=64, default=new_secret, editable=False)

    objects = LetterheadManager()

    class Meta:
        verbose_name_plural = "letterhead"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="letterhead_is_one_row"),
        ]

    def __str__(self) -> str:
        return "Letterhead"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)
