"""A file of addresses on its way to the subscribers: looked through first, then taken in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from articles.models.fields import is_known

from .lists import MailingList

# How long a file and its report are kept; they hold addresses of people who never came to us.
KEPT = timedelta(days=7)
# A process that works on a file says so with each piece of it, every second or two. Where nothing
# was heard for so long, it is gone.
SILENCE = timedelta(seconds=30)
# Processes that may die over a file, one after another, without having done a piece of it.
MOST_ATTEMPTS = 3


class TakenOver(Exception):
    """Another process works on the file, since nothing was heard of this one."""


class AddressFileQuerySet(models.QuerySet["AddressFile"]):
    def forget_old(self) -> int:
        old = self.filter(made_at__lt=timezone.now() - KEPT)
        AddressLine.objects.filter(file__in=old).delete()
        return old.delete()[1].get(AddressFile._meta.label, 0)

    def waiting(self) -> "AddressFileQuerySet":
        """Select what a worker has to do: uploads to look through, and to import what somebody
        said."""
        unread = Q(checked_at__isnull=True, size__gt=0)
        wanted = Q(checked_at__isnull=False, finished_at__isnull=True) & ~Q(started_by="")
        return self.filter(unread | wanted, fault="")

    def claim(self) -> "AddressFile | None":
        """Return the oldest file that waits and that no process works on, for the caller to work
        on; `attempts` counts that."""
        now = timezone.now()
        nobody = Q(worked_at__isnull=True) | Q(worked_at__lt=now - SILENCE)
        for file in self.waiting().filter(nobody).order_by("made_at", "pk")[:10]:
            mine = self.waiting().filter(nobody, pk=file.pk)
            if mine.update(worked_at=now, attempts=F("attempts") + 1):
                file.refresh_from_db()
                return file
        return None


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
    started_by = models.CharField(max_length=150, blank=True, db_default="", default="")
    size = models.PositiveBigIntegerField(default=0, db_default=0)  # bytes of an upload
    bytes_read = models.PositiveBigIntegerField(default=0, db_default=0)
    line_count = models.PositiveIntegerField(default=0, db_default=0)  # looked through so far
    worked_at = models.DateTimeField(null=True)  # the last sign of a process that works on it
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    fault = models.CharField(max_length=300, blank=True, db_default="", default="")

    objects = AddressFileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_waiting(self) -> bool:
        """Tell whether a worker has something to do for it, or is about it."""
        if self.checked_at is None:
            return not self.fault
        return bool(self.started_by and not self.finished_at and not self.fault)

    def advance(self, lines: int, position: int) -> None:
        """Record within a transaction that `lines` more are looked through, up to this byte. Raises
        TakenOver."""
        mine = AddressFile.objects.filter(pk=self.pk, line_count=self.line_count, fault="")
        self.line_count += lines
        if not mine.update(
            line_count=self.line_count, bytes_read=position, worked_at=timezone.now(), attempts=0
        ):
            raise TakenOver

    def start(self, by: str) -> bool:
        """Have a worker import it, or go on; return whether nobody had said so before."""
        rows = AddressFile.objects.filter(pk=self.pk, checked_at__isnull=False)
        is_first = rows.filter(started_at__isnull=True).update(
            started_at=timezone.now(), started_by=by
        )
        rows = rows.filter(finished_at__isnull=True)
        rows.filter(started_by="").update(started_by=by)  # by an older release
        rows.exclude(fault="").update(fault="", attempts=0, worked_at=None)
        return bool(is_first)

    def release(self) -> None:
        """Leave it to the next process, which need not wait and has all its attempts."""
        AddressFile.objects.filter(pk=self.pk).update(worked_at=None, attempts=0)

    def fail(self, words: str) -> None:
        """Say why it is given up; of one that is not looked through, nothing else is kept."""
        AddressFile.objects.filter(pk=self.pk).update(fault=words[:300], worked_at=None)
        if self.checked_at is None:
            self.lines.all().delete()
            self.pieces.all().delete()

    def counts(self) -> dict[str, int]:
        rows = self.lines.order_by().values_list("outcome")
        found = dict(rows.annotate(number=Count("pk")))
        return {outcome: found.get(outcome, 0) for outcome in AddressLine.Outcome.values}


class AddressFilePiece(models.Model):
    """A part of an upload, until it is looked through. It lies in the database, since the worker
    may run on another machine than the process that took it."""

    file = models.ForeignKey(AddressFile, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="address_file_piece_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.file}"


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
