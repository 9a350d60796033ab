"""Every version of an article's text: what was typed, saved, published, and by whom."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import DatabaseError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from articles import merging, prose

from .articles import Article
from .links import with_keys
from .snapshots import Snapshot

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What became of a text that somebody saved.

    `revision` holds it as it was typed. Where a colleague had saved meanwhile, `working_copy` is
    both merged, and `merged` names what came from the colleague; or the two could not be merged,
    and `conflicts` holds what somebody must choose between.
    """

    revision: "Revision"
    working_copy: "Revision"
    merged: list[str] = field(default_factory=list)
    conflicts: list[merging.Conflict] = field(default_factory=list)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def numbered(self) -> "RevisionQuerySet":
        """What the history lists: all but autosaves, newest first."""
        return self.filter(number__isnull=False).order_by("-number")

    def autosaves_of(self, person: AbstractUser) -> "RevisionQuerySet":
        """What this person typed and has not saved: private to them. Newest first."""
        return self.filter(kind=Revision.Kind.AUTOSAVED, made_by=person).order_by("-made_at", "-pk")

    def visible_to(self, person: AbstractUser) -> "RevisionQuerySet":
        return self.filter(Q(number__isnull=False) | Q(made_by=person))


class RevisionManager(models.Manager.from_queryset(RevisionQuerySet)):  # type: ignore[misc]
    def keep(
        self,
        article: Article,
        typed: Snapshot,
        *,
        base: int | None,
        by: AbstractUser | None,
        kind: str = "saved",
        note: str = "",
        session: str = "",
    ) -> Kept:
        """Keep what somebody typed who had begun with the revision of the key `base` (None: with
        the article as it was before it had any).

        Promises: the text is a revision afterwards whatever a colleague did meanwhile, and all
        revisions of the article stand in one order. The public page does not change where there
        is one. Raises ValidationError where the article is not public and its new slug is taken.
        """
        with transaction.atomic():
            article = Article.objects.held(article.pk)
            newest = self.newest(article)
            typed = linked(typed, article)
            versions = self.numbered().filter(article=article)
            begun = versions.filter(pk=base).first() or versions.last()
            if begun == newest:
                if typed == newest.content and kind == Revision.Kind.SAVED:
                    return Kept(newest, newest)
                kept = self.append(
                    article, typed, kind, by, base=newest, note=note, session=session
                )
                article.follow(kept)
                return Kept(kept, kept)
            own = self.append(article, typed, kind, by, base=begun, note=note, session=session)
            merge = merging.merge(begun.content, typed, newest.content)
            if merge.conflicts:
                return Kept(own, newest, conflicts=merge.conflicts)
            both = self.append(article, merge.result, "merged", by, base=newest, beside=own)
            article.follow(both)
            return Kept(own, both, merged=merge.taken)

    def settle(
        self,
        own: "Revision",
        choices: Mapping[str, str],
        *,
        seen: int | None,
        by: AbstractUser,
    ) -> Kept:
        """Merge `own` into the working copy by what somebody chose for each conflict.

        Where the working copy is no longer `seen`, or a choice is missing, nothing is merged and
        the conflicts as they stand now are returned.
        """
        with transaction.atomic():
            article = Article.objects.held(cast(int, own.article_id))
            newest = self.newest(article)
            merge = merging.merge(own.begun.content, own.content, newest.content, choices)
            if merge.conflicts or newest.pk != seen:
                return Kept(own, newest, conflicts=merge.conflicts)
            both = self.append(article, merge.result, "merged", by, base=newest, beside=own)
            article.follow(both)
            return Kept(own, both, merged=merge.taken)

    def record(
        self,
        article: Article,
        kind: str,
        by: AbstractUser | None,
        note: str = "",
        session: str = "",
    ) -> "Revision":
        """Write down the article's own columns as a revision, after something has set them."""
        with transaction.atomic():
            article = Article.objects.held(article.pk)
            was_in_step = article.is_in_step
            made: Revision = self.append(
                article,
                Snapshot.of(article),
                kind,
                by,
                base=article.released,
                note=note,
                session=session,
            )
            article.point(released=made, **({"working_copy": made} if was_in_step else {}))
            return made

    def newest(self, article: Article) -> "Revision":
        """The working copy; of an article that has no history yet, its present text.

        What something outside of the newsroom wrote into the article is kept as a version first.
        """
        own, released = linked(Snapshot.of(article), article), article.released
        if released is None or linked(released.content, article) != own:
            made = self.append(article, own, "saved", None, base=released)
            follows = {"working_copy": made} if article.is_in_step else {}
            article.point(released=made, **follows)
        return cast(Revision, article.working_copy)

    def begin_autosave(
        self,
        article: Article | None,
        content: Snapshot,
        *,
        session: str,
        base: int | None,
        by: AbstractUser,
    ) -> "Revision":
        """Keep what stands in an open form for the first time; see `Revision.overwrite()`."""
        begun = self.numbered().filter(article=article, pk=base).first() if base else None
        made: Revision = self.create(
            article=article,
            kind=Revision.Kind.AUTOSAVED,
            session=session,
            base=begun,
            made_by=by,
            snapshot=content.data,
        )
        return made

    def append(
        self,
        article: Article,
        content: Snapshot,
        kind: str,
        by: AbstractUser | None,
        *,
        base: "Revision | None",
        beside: "Revision | None" = None,
        note: str = "",
        session: str = "",
    ) -> "Revision":
        """Add the next version; for a caller that holds the article."""
        last = self.filter(article=article).aggregate(last=models.Max("number"))["last"]
        made: Revision = self.create(
            article=article,
            number=(last or 0) + 1,
            kind=kind,
            snapshot=content.data,
            made_by=by,
            base=base,
            beside=beside,
            note=note,
            session=session,
        )
        return made


class Revision(models.Model):
    """A version of an article: a snapshot of its editorial fields. Saved ones never change."""

    class Kind(models.TextChoices):
        AUTOSAVED = "autosaved"
        SAVED = "saved"
        PUBLISHED = "published"
        RESTORED = "restored"
        MERGED = "merged"

    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, related_name="revisions"
    )
    # The order of events in an article. What is only autosaved is no event yet.
    number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=9, choices=Kind)
    snapshot = models.JSONField()
    base = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", help_text="What it was begun with."
    )
    beside = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", help_text="What was merged into it."
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200, blank=True)
    # The open form that an autosave belongs to.
    session = models.CharField(max_length=36, blank=True)

    objects = RevisionManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["autosaved", "saved", "published", "restored", "merged"]),
                name="revision_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="autosaved", number__isnull=True)
                | (~Q(kind="autosaved") & Q(number__isnull=False, article__isnull=False)),
                name="revision_is_numbered_unless_autosaved",
            ),
            models.UniqueConstraint(fields=["article", "number"], name="revision_order_is_one"),
            models.UniqueConstraint(
                fields=["made_by", "session"],
                condition=Q(kind="autosaved"),
                name="revision_autosaves_one_row_per_session",
            ),
        ]
        indexes = [models.Index(F("made_at").desc(), name="revision_newest")]

    def __str__(self) -> str:
        return f"Version {self.number}" if self.number else "Not saved"

    @property
    def content(self) -> Snapshot:
        return Snapshot.read(self.snapshot)

    @property
    def begun(self) -> "Revision":
        """What it was begun with; itself where that is not known any more."""
        return self.base or self

    def overwrite(self, content: Snapshot) -> bool:
        """Let an autosave hold what stands in its form now; whether it is still there."""
        own = Revision.objects.filter(pk=self.pk, kind=self.Kind.AUTOSAVED)
        return bool(own.update(snapshot=content.data, made_at=timezone.now()))

    def shown_on(self, article: Article) -> Article:
        """`article` in memory with this text; see `Snapshot.dress()`."""
        return self.content.dress(article)


def linked(content: Snapshot, article: Article) -> Snapshot:
    """The text with its links at the present addresses of what they lead to, as it is stored."""
    return replace(content, body=with_keys(prose.sanitize(content.body), article))


def release_due_changes() -> None:
    """Make public what was scheduled to change by now; see `Publishing.schedule_change()`.

    A database that cannot be written to keeps no reader from the page as it was.
    """
    try:
        for article in Article.objects.with_change_due(timezone.now()):
            article.release_change()
    except DatabaseError:
        logger.exception("Scheduled changes could not be made public.")
