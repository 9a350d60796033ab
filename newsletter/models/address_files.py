"""A file of addresses on its way to the subscribers: looked through first, then taken in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from articles.models.fields import is_known

from .lists import MailingList

# How long a file and its report are kept; they hold addresses of people who never came to us.
KEPT = timedelta(days=7)


class AddressFileQuerySet(models.QuerySet["AddressFile"]):
    def forget_old(self) -> int:
        old = self.filter(made_at__lt=timezone.now() - KEPT)
        AddressLine.objects.filter(file__in=old).delete()
        return old.delete()[1].get(AddressFile._meta.label, 0)


class AddressFile(models.Model):
    """An uploaded file of addresses, with the words by which its people agreed to get mail."""

    name = models.CharField(max_length=200)
    list = models.ForeignKey(MailingList, models.PROTECT, related_name="+")
    wording = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)  # every line has its outcome
    started_at = models.DateTimeField(null=True)  # somebody said: import them
    finished_at = models.DateTimeField(null=True)

    objects = AddressFileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def counts(self) -> dict[str, int]:
        rows = self.lines.order_by().values_list("outcome")
        found = dict(rows.annotate(number=Count("pk")))
        return {outcome: found.get(outcome, 0) for outcome in AddressLine.Outcome.values}


class AddressLineQuerySet(models.QuerySet["AddressLine"]):
    def to_take(self) -> "AddressLineQuerySet":
        return self.filter(outcome__in=AddressLine.KEPT, taken_at__isnull=True).order_by("number")


class AddressLine(models.Model):
    """A line of such a file, and what becomes of it."""

    class Outcome(models.TextChoices):
        NEW = "new", "new"
        JOINS = "joins", "known, joins this list"
        KNOWN = "known", "already on this list"
        LEFT = "left", "has left this list, so left out"
        SUPPRESSED = "suppressed", "suppressed, so left out"
        DUPLICATE = "duplicate", "stands in the file before"
        GONE = "gone", "left or blocked, as the file says, so left out"
        PENDING = "pending", "not confirmed, as the file says, so left out"
        ELSEWHERE = "elsewhere", "not on this list, as the file says, so left out"
        UNCLEAR = "unclear", "not understood, so left out"
        REFUSED = "refused", "not an address"

    TAKEN = (Outcome.NEW, Outcome.JOINS)
    # Who is gone is kept as such, so that no later file brings them back.
    KEPT = (*TAKEN, Outcome.GONE)

    file = models.ForeignKey(AddressFile, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(help_text="Of the line in the file, from 1.")
    typed = models.CharField(max_length=300)
    address = models.CharField(max_length=254, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    wording = models.TextField(blank=True, help_text="Of this person alone.")
    outcome = models.CharField(max_length=10, choices=Outcome)
    suppression = models.CharField(
        max_length=10, blank=True, help_text="The reason for one that the file asks for."
    )
    remark = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)

    objects = AddressLineQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="address_line_once"),
            is_known(
                "outcome",
                "new joins known left suppressed duplicate gone pending elsewhere unclear refused",
                of="address_line",
            ),
        ]
        indexes = [
            models.Index(fields=["file", "outcome"], name="address_line_by_outcome"),
            models.Index(fields=["digest"], name="address_line_by_digest"),
            models.Index(
                fields=["file", "number"],
                condition=Q(outcome__in=["new", "joins", "gone"], taken_at__isnull=True),
                name="address_line_to_take",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.typed}"
