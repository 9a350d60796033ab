"""An issue of a mailing list: composed, approved, sent."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from articles.models.fields import ProseField

from .lists import MailingList
from .subscribers import new_key


class IssueQuerySet(models.QuerySet["Issue"]):
    def running(self) -> "IssueQuerySet":
        """Those that workers send from now."""
        return self.filter(state=Issue.State.SENDING)

    def due(self) -> "IssueQuerySet":
        """Approved, and their time has come."""
        return self.filter(state=Issue.State.APPROVED, send_at__lte=timezone.now())

    def archived(self) -> "IssueQuerySet":
        """Those that anybody may read on the website: what has begun to be mailed."""
        return self.filter(started_at__isnull=False, is_in_archive=True)

    def newest_first(self) -> "IssueQuerySet":
        return self.order_by("-started_at", "-pk")


class Issue(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        SENDING = "sending"
        PAUSED = "paused"
        SENT = "sent"
        CANCELLED = "cancelled"

    # What the editor writes; frozen with the approval.
    list = models.ForeignKey(MailingList, models.PROTECT, related_name="issues")
    subject = models.CharField(max_length=150, blank=True)
    preheader = models.CharField(
        max_length=200, blank=True, help_text="The grey line beside the subject in the inbox."
    )
    opening = ProseField(
        "opening note", blank=True, help_text="A word from the editors above the articles."
    )
    joined_from = models.DateTimeField(
        "joined since", null=True, blank=True, help_text="Only people who joined at or after this."
    )
    joined_until = models.DateTimeField(
        "joined before", null=True, blank=True, help_text="Only people who joined before this."
    )
    is_in_archive = models.BooleanField(
        "in the archive", default=True, help_text="Anybody can read it on the website once sent."
    )
    # The mail, made once. `marker` stands in its links wherever the key of a recipient's
    # subscription goes; it is as long as a key.
    slug = models.SlugField(max_length=100, unique=True, null=True, editable=False)
    html = models.TextField(editable=False)
    text = models.TextField(editable=False)
    marker = models.CharField(max_length=32, default=new_key, editable=False)
    number = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # for Message-ID
    # What becomes of it.
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    send_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    started_at = models.DateTimeField(null=True, editable=False)
    prepared_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    # Failures before this moment are known to whoever resumed it.
    resumed_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(max_length=300, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("send_issue", "Can approve, schedule, pause and cancel issues")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "approved", "sending", "paused", "sent", "cancelled"]
                ),
                name="issue_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | (Q(approved_at__isnull=False) & ~Q(html="") & ~Q(text="") & ~Q(subject="")),
                name="issue_is_frozen_once_approved",
            ),
        ]
        indexes = [
            models.Index(F("started_at").desc(), F("id").desc(), name="issue_newest"),
            models.Index(fields=["state", "send_at"], name="issue_by_state"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.list}, without a subject"

    def get_absolute_url(self) -> str:
        return reverse("issue", args=[self.slug])

    @property
    def is_open(self) -> bool:
        """It may still be written; what was approved is frozen."""
        return self.state == self.State.DRAFT

    def move(self, *wanted: State, to: State, **columns: Any) -> bool:
        """Put it into another state if it is in one of those that are wanted; whether it was.

        The row decides, not the object in hand: of two who move it at once, one finds it moved.
        """
        columns = {"state": to, "modified_at": timezone.now(), **columns}
        moved = Issue.objects.filter(pk=self.pk, state__in=wanted).update(**columns)
        if moved:
            for name, value in columns.items():
                setattr(self, name, value)
        return bool(moved)

    def pause(self, reason: str) -> bool:
        """Send nothing more of it for now; what is in flight is finished."""
        return self.move(
            self.State.APPROVED,
            self.State.SENDING,
            to=self.State.PAUSED,
            paused_at=timezone.now(),
            pause_reason=reason[:300],
        )

    @transaction.atomic
    def resume(self) -> bool:
        """Go on where it was paused; one that had not begun waits for its time again."""
        to = self.State.SENDING if self.started_at else self.State.APPROVED
        return self.move(
            self.State.PAUSED,
            to=to,
            paused_at=None,
            pause_reason="",
            resumed_at=timezone.now(),
        )

    def cancel(self) -> bool:
        """Send nothing more of it, for good."""
        return self.move(
            self.State.DRAFT,
            self.State.APPROVED,
            self.State.SENDING,
            self.State.PAUSED,
            to=self.State.CANCELLED,
            finished_at=timezone.now(),
        )


class IssueItem(models.Model):
    """An article as it stands in an issue, in the words of the mail."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="items")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(
        max_length=80, blank=True, help_text="What it stands under: the section’s name."
    )
    headline = models.CharField(
        max_length=200, blank=True, help_text="Empty: the article’s own headline."
    )
    summary = models.TextField(blank=True, help_text="Empty: the article’s deck.")
    # Set when the issue is approved, so that the mail and the archive keep it whatever comes.
    address = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "article"], name="issue_item_once_per_issue"),
        ]

    def __str__(self) -> str:
        return self.headline or str(self.article)
