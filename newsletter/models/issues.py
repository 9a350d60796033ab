"""An issue of a mailing list: composed, approved, sent."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from articles.models import Article
from articles.models.fields import ProseField
from articles.structured_data import absolute, summary

from .lists import MailingList
from .subscribers import new_key

MEANWHILE = "Somebody has changed it meanwhile, so nothing was done. This is how it stands now."


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

    def decided(self) -> "IssueQuerySet":
        """Those that people have got, or will get."""
        return self.exclude(state__in=[Issue.State.DRAFT, Issue.State.CANCELLED])


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

    def write(self, seen: datetime, **columns: Any) -> bool:
        """Store what an editor typed, if it is still the draft that the editor saw (`modified_at`
        as it was then); whether it was."""
        columns["modified_at"] = timezone.now()
        rows = Issue.objects.filter(pk=self.pk, state=self.State.DRAFT, modified_at=seen)
        is_written = bool(rows.update(**columns))
        if is_written:
            for name, value in columns.items():
                setattr(self, name, value)
        return is_written

    @transaction.atomic
    def approve(
        self, by: User, send_at: datetime | None = None, *, seen: datetime | None = None
    ) -> None:
        """Freeze it: from now on the mail is what it is, and is sent at that time (at once, if
        none is given).

        `seen` is `modified_at` of what the person looked at. Raises ValidationError, and does
        nothing, where that was changed meanwhile or something must be mended first.
        """
        from newsletter.checklist import Proof

        held = Issue.objects.select_for_update().select_related("list").get(pk=self.pk)
        if not held.is_open or (seen and seen != held.modified_at):
            raise ValidationError(MEANWHILE)
        proof = Proof(held)
        if faults := proof.blocking:
            raise ValidationError([check.what for check in faults])
        mail = proof.mail
        for item in proof.items:
            item.freeze()
        IssueItem.objects.bulk_update(proof.items, ["headline", "summary", "address"])
        now = timezone.now()
        moved = self.move(
            self.State.DRAFT,
            to=self.State.APPROVED,
            slug=held.slug,
            html=mail.html,
            text=mail.text,
            approved_at=now,
            approved_by=by,
            send_at=send_at or now,
        )
        if not moved:
            raise ValidationError(MEANWHILE)

    def free_slug(self) -> str:
        """Of the subject, or of the list and the day where that has no Latin letters."""
        day = timezone.localdate()
        stem = slugify(self.subject)[:80].strip("-") or f"{self.list.slug}-{day:%Y-%m-%d}"
        taken = set(
            Issue.objects.filter(slug__startswith=stem)
            .exclude(pk=self.pk)
            .values_list("slug", flat=True)
        )
        numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
        return stem if stem not in taken else next(one for one in numbered if one not in taken)

    @transaction.atomic
    def withdraw_approval(self) -> bool:
        """Make it a draft again while nobody has got it; whether that was still possible."""
        rows = Issue.objects.filter(
            pk=self.pk, state__in=[self.State.APPROVED, self.State.PAUSED], started_at__isnull=True
        )
        columns: dict[str, Any] = {
            "state": self.State.DRAFT,
            "slug": None,
            **dict.fromkeys(("html", "text", "pause_reason"), ""),
            **dict.fromkeys(("approved_at", "approved_by", "send_at", "paused_at"), None),
            "modified_at": timezone.now(),
        }
        if not rows.update(**columns):
            return False
        for name, value in columns.items():
            setattr(self, name, value)
        items = list(self.items.for_mail())
        for item in items:
            item.thaw()
        IssueItem.objects.bulk_update(items, ["headline", "summary", "address"])
        return True

    @transaction.atomic
    def duplicate(self, by: User) -> "Issue":
        """A draft with the same words and articles, for people of the same list."""
        same = ("list", "subject", "preheader", "opening", "joined_from", "joined_until")
        columns = {name: getattr(self, name) for name in (*same, "is_in_archive")}
        made = Issue.objects.create(created_by=by, **columns)
        items = list(self.items.for_mail())
        for item in items:
            item.thaw()
            item.pk, item.issue = None, made
        IssueItem.objects.bulk_create(item for item in items if item.article)
        return made

    def hindrance(self) -> str:
        """Why it must not be sent as it stands, in a sentence; empty where nothing hinders it."""
        hidden = list(self.items.hidden())
        if not hidden:
            return ""
        names = ", ".join(f"“{item}”" for item in hidden[:3])
        more = f" and {len(hidden) - 3} more" if len(hidden) > 3 else ""
        verb = "is" if len(hidden) == 1 else "are"
        return f"{names[:200]}{more} {verb} not public."


class IssueItemQuerySet(models.QuerySet["IssueItem"]):
    def for_mail(self) -> "IssueItemQuerySet":
        """With all that a mail or a page shows of their articles: three queries for any number."""
        articles = Article.objects.for_cards()
        return self.prefetch_related(models.Prefetch("article", articles))

    def public(self) -> "IssueItemQuerySet":
        """Those whose article readers may see now."""
        return self.filter(article__in=Article.objects.published())

    def hidden(self) -> "IssueItemQuerySet":
        """Those whose article is not public, or is gone."""
        return self.exclude(pk__in=self.public().values("pk"))


class IssueItem(models.Model):
    """An article as it stands in an issue, in the words of the mail."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="items")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(
        max_length=80, blank=True, help_text="What it stands under: the section’s name."
    )
    headline = models.CharField(
        max_length=240, blank=True, help_text="Empty: the article’s own headline."
    )
    summary = models.TextField(blank=True, help_text="Empty: the article’s deck.")
    # Set when the issue is approved, so that the mail and the archive keep it whatever comes.
    address = models.CharField(max_length=500, blank=True, editable=False)

    objects = IssueItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "article"], name="issue_item_once_per_issue"),
        ]

    def __str__(self) -> str:
        return self.shown_headline or "An article that was deleted"

    @property
    def shown_headline(self) -> str:
        return self.headline or (self.article.headline if self.article else "")

    @property
    def shown_summary(self) -> str:
        return self.summary or (summary(self.article) if self.article else "")

    @property
    def destination(self) -> str:
        """Where its headline leads: a full address."""
        if self.address or self.article is None:
            return self.address
        return absolute(self.article.get_absolute_url())

    def freeze(self) -> None:
        """Take over what the mail says of the article; not stored yet."""
        self.headline, self.summary = self.shown_headline, self.shown_summary
        self.address = self.destination

    def thaw(self) -> None:
        """Follow the article again where the words are its own; not stored yet."""
        self.address = ""
        if self.article and self.headline == self.article.headline:
            self.headline = ""
        if self.article and self.summary == summary(self.article):
            self.summary = ""
