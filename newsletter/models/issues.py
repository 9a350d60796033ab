"""An issue of a mailing list: composed, approved, sent."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import link_check, prose
from articles.models import Article
from articles.models.fields import ProseField, is_known
from articles.slugs import slug_of
from articles.structured_data import absolute, summary

from .lists import MailingList
from .subscribers import Subscription, new_key


class IssueQuerySet(models.QuerySet["Issue"]):
    def running(self) -> "IssueQuerySet":
        return self.filter(state=Issue.State.SENDING)

    def due(self) -> "IssueQuerySet":
        return self.filter(state=Issue.State.APPROVED, send_at__lte=timezone.now())

    def archived(self) -> "IssueQuerySet":
        """Return the issues that anybody may read on the website: mailing them has begun. A list is
        named there while readers may see what it follows, and no article that they cannot see."""
        named = MailingList.objects.public().filter(pk=OuterRef("list"))
        hidden = IssueItem.objects.filter(issue=OuterRef("pk")).hidden()
        return self.filter(started_at__isnull=False, is_in_archive=True).annotate(
            names_list=Exists(named),
            has_hidden=Exists(hidden),
            is_named_hidden=self.has_hidden_in_subject(),
        )

    def listed(self) -> "IssueQuerySet":
        """Return the archived issues whose address, made of the subject, names no hidden
        article."""
        return self.archived().exclude(self.has_hidden_in_subject())

    @staticmethod
    def has_hidden_in_subject() -> Exists:
        hidden = IssueItem.objects.filter(issue=OuterRef("pk")).hidden()
        return Exists(hidden.filter(~Q(headline=""), issue__subject__icontains=F("headline")))

    def newest_first(self) -> "IssueQuerySet":
        return self.order_by("-started_at", "-pk")

    def decided(self) -> "IssueQuerySet":
        return self.exclude(state__in=[Issue.State.DRAFT, Issue.State.CANCELLED])


class Issue(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        SENDING = "sending"
        PAUSED = "paused"
        SENT = "sent"
        CANCELLED = "cancelled"

    # Annotated by the newsroom's list.
    audience_count: int
    sent: int
    # Annotated by `archived()`.
    names_list: bool
    has_hidden: bool
    is_named_hidden: bool

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
    # When its articles were gathered; a duplicate has those of the issue that it was made of.
    filled_at = models.DateTimeField(default=timezone.now, editable=False)
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
    # Doubts about single mails before this moment are known to somebody.
    doubts_seen_at = models.DateTimeField(null=True, editable=False)
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
            is_known("state", "draft approved sending paused sent cancelled", of="issue"),
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
    def public_subject(self) -> str:
        """The subject, of a row of `archived()`, or its day where it names a hidden article."""
        if self.is_named_hidden and self.started_at:
            return f"Issue of {date_format(timezone.localtime(self.started_at), 'j F Y')}"
        return self.subject

    @property
    def public_preheader(self) -> str:
        """The preheader, of a row of `archived()`; none with a hidden article, which it may
        name."""
        return "" if self.has_hidden else self.preheader

    @property
    def is_open(self) -> bool:
        """An open issue may be written; an approved one is frozen."""
        return self.state == self.State.DRAFT

    def move(self, *wanted: State, to: State, **columns: Any) -> bool:
        """Put it into another state if it is in a wanted one; return whether it was. The row
        decides, not the object in hand: of two who move it at once, one finds it moved."""
        rows = Issue.objects.filter(pk=self.pk, state__in=wanted)
        return self.update_columns(rows, state=to, **columns)

    def update_columns(self, rows: IssueQuerySet, **columns: Any) -> bool:
        columns["modified_at"] = timezone.now()
        is_updated = bool(rows.update(**columns))
        if is_updated:
            for name, value in columns.items():
                setattr(self, name, value)
        return is_updated

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
        """Go on after a pause; an issue that had not begun waits for its time again."""
        to = self.State.SENDING if self.started_at else self.State.APPROVED
        return self.move(
            self.State.PAUSED,
            to=to,
            paused_at=None,
            pause_reason="",
            resumed_at=timezone.now(),
        )

    def cancel(self) -> bool:
        return self.move(
            self.State.DRAFT,
            self.State.APPROVED,
            self.State.SENDING,
            self.State.PAUSED,
            to=self.State.CANCELLED,
            finished_at=timezone.now(),
        )

    def write(self, seen: datetime, **columns: Any) -> bool:
        """Store what an editor typed if it is still the draft that the editor saw (`modified_at` as
        it was then); return whether it was."""
        rows = Issue.objects.filter(pk=self.pk, state=self.State.DRAFT, modified_at=seen)
        return self.update_columns(rows, **columns)

    def free_slug(self) -> str:
        """Return a slug of the subject, or of the list and the day if the subject has no Latin
        letters."""
        day = timezone.localdate()
        stem = slug_of(self.subject)[:80].strip("-") or f"{self.list.slug}-{day:%Y-%m-%d}"
        others = Issue.objects.filter(slug__startswith=stem).exclude(pk=self.pk)
        taken = set(others.values_list("slug", flat=True))
        numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
        return next(one for one in (stem, *numbered) if one not in taken)

    @transaction.atomic
    def duplicate(self, by: User) -> "Issue":
        same = ("list", "subject", "preheader", "opening", "joined_from", "joined_until")
        more = ("is_in_archive", "filled_at")
        columns = {name: getattr(self, name) for name in (*same, *more)}
        made = Issue.objects.create(created_by=by, **columns)
        items = list(self.items.for_mail())
        for item in items:
            item.thaw()
            item.pk, item.issue = None, made
        IssueItem.objects.bulk_create(item for item in items if item.article)
        return made

    def audience(self) -> QuerySet[Subscription]:
        """Return the subscriptions that would get this issue if it were prepared now."""
        found = Subscription.objects.active().filter(list=self.list_id)
        if self.joined_from:
            found = found.filter(joined_at__gte=self.joined_from)
        if self.joined_until:
            found = found.filter(joined_at__lt=self.joined_until)
        return found

    def blocking_reason(self) -> str:
        """Return why it must not be sent as it stands, in a sentence; empty if nothing blocks
        it."""
        hidden = list(self.items.hidden())
        if not hidden:
            links = link_check.hidden(link.href for link in prose.links(self.opening))
            return f"Its opening note links to {min(links)}, which is not public." if links else ""
        names = ", ".join(f"“{item}”" for item in hidden[:3])
        more = f" and {len(hidden) - 3} more" if len(hidden) > 3 else ""
        verb = "is" if len(hidden) == 1 else "are"
        return f"{names[:200]}{more} {verb} not public."


class IssueItemQuerySet(models.QuerySet["IssueItem"]):
    def for_mail(self) -> "IssueItemQuerySet":
        """Fetch all that a mail or a page shows of the articles: three queries for any number."""
        articles = Article.objects.for_cards()
        return self.prefetch_related(models.Prefetch("article", articles))

    def public(self) -> "IssueItemQuerySet":
        return self.filter(article__in=Article.objects.published())

    def hidden(self) -> "IssueItemQuerySet":
        return self.exclude(Exists(Article.objects.published().filter(pk=OuterRef("article"))))


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
    frozen_url = models.CharField(max_length=500, blank=True, editable=False)

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
    def url(self) -> str:
        if self.frozen_url or self.article is None:
            return self.frozen_url
        return absolute(self.article.get_absolute_url())

    def freeze(self) -> None:
        """Copy what the mail says of the article, without storing it."""
        self.headline, self.summary = self.shown_headline, self.shown_summary
        self.frozen_url = self.url

    def thaw(self) -> None:
        """Follow the article again if the words are its own, without storing that."""
        self.frozen_url = ""
        if self.article and self.headline == self.article.headline:
            self.headline = ""
        if self.article and self.summary == summary(self.article):
            self.summary = ""
