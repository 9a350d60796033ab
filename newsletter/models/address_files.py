"""A file of addresses on its way to the subscribers: looked through first, then taken in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from .lists import MailingList

# How long a file and its report are kept; they hold addresses of people who never came to us.
KEPT = timedelta(days=7)


class AddressFileQuerySet(models.QuerySet["AddressFile"]):
    def forget_old(self) -> int:
        """Drop what nobody needs any more; how many files."""
        old = self.filter(made_at__lt=timezone.now() - KEPT)
        AddressLine.objects.filter(file__in=old).delete()
        return old.delete()[1].get(AddressFile._meta.label, 0)


class AddressFile(models.Model):
    """What somebody uploaded, with the words by which its people agreed to get mail."""

    name = models.CharField(max_length=200)
    list = models.ForeignKey(MailingList, models.PROTECT, related_name="+")
    wording = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)  # every line has its verdict
    started_at = models.DateTimeField(null=True)  # somebody said: import them
    finished_at = models.DateTimeField(null=True)

    objects = AddressFileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def counts(self) -> dict[str, int]:
        """How many lines have which verdict, for every verdict."""
        rows = self.lines.order_by().values_list("verdict")
        found = dict(rows.annotate(number=Count("pk")))
        return {verdict: found.get(verdict, 0) for verdict in AddressLine.Verdict.values}


class AddressLineQuerySet(models.QuerySet["AddressLine"]):
    def to_take(self) -> "AddressLineQuerySet":
        """Those that are still to be imported, in the order of the file."""
        return self.filter(verdict__in=AddressLine.TAKEN, taken_at__isnull=True).order_by("number")


class AddressLine(models.Model):
    """A line of such a file and what becomes of it."""

    class Verdict(models.TextChoices):
        NEW = "new", "new"
        JOINS = "joins", "known, joins this list"
        KNOWN = "known", "already on this list"
        LEFT = "left", "has left this list, so left out"
        SUPPRESSED = "suppressed", "suppressed, so left out"
        DUPLICATE = "duplicate", "stands in the file before"
        UNCLEAR = "unclear", "the date cannot be read"
        REFUSED = "refused", "not an address"

    TAKEN = (Verdict.NEW, Verdict.JOINS)

    file = models.ForeignKey(AddressFile, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(help_text="Of the line in the file, from 1.")
    typed = models.CharField(max_length=300)
    address = models.CharField(max_length=254, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    wording = models.TextField(blank=True, help_text="Of this person alone.")
    verdict = models.CharField(max_length=10, choices=Verdict)
    remark = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)

    objects = AddressLineQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="address_line_once"),
            models.CheckConstraint(
                condition=Q(
                    verdict__in=[
                        *("new", "joins", "known", "left"),
                        *("suppressed", "duplicate", "unclear", "refused"),
                    ]
                ),
                name="address_line_verdict_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["file", "verdict"], name="address_line_by_verdict"),
            models.Index(fields=["digest"], name="address_line_by_digest"),
            models.Index(
                fields=["file", "number"],
                condition=Q(verdict__in=["new", "joins"], taken_at__isnull=True),
                name="address_line_to_take",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.typed}"
