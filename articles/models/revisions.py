"""Revisions: every version of an article's text, with its author and its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from articles import merging, prose

from .articles import Article
from .fields import is_known
from .links import with_keys
from .publishing import Publishing
from .snapshots import Snapshot, in_order
from .tags import as_stored


@dataclass(frozen=True)
class SaveResult:
    """The result of saving a text.

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
        """The revisions that the history lists: all but autosaves, newest first."""
        return self.filter(number__isnull=False).order_by("-number")

    def autosaves_of(self, person: AbstractUser) -> "RevisionQuerySet":
        """The autosaves of this person, who alone may see them. Newest first."""
        return self.filter(kind=Revision.Kind.AUTOSAVED, made_by=person).order_by("-made_at", "-pk")

    def visible_to(self, person: AbstractUser) -> "RevisionQuerySet":
        return self.filter(Q(number__isnull=False) | Q(made_by=person))

    def save_revision(
        self,
        article: Article,
        typed: Snapshot,
        *,
        base: int | None,
        by: AbstractUser | None,
        kind: str = "saved",
        note: str = "",
        session: str = "",
    ) -> SaveResult:
        """Save a text that was begun with the revision of the key `base`; None means the article as
        it was before it had any.

        Promises: the text is a revision afterwards whatever a colleague did meanwhile, and all
        revisions of the article stand in one order. The public page does not change where there
        is one. Raises ValidationError where the article is not public and its new slug is taken.
        """
        with transaction.atomic():
            article = Article.objects.locked(article.pk)
            newest = self.newest(article)
            typed = replace(linked(typed, article), tags=in_order(as_stored(typed.tags)))
            versions = self.numbered().filter(article=article)
            begun = versions.filter(pk=base or 0).first() or versions.earliest("number")
            if begun == newest:
                if typed == newest.content and kind == Revision.Kind.SAVED:
                    return SaveResult(newest, newest)
                kept = self.append(
                    article, typed, kind, by, base=newest, note=note, session=session
                )
                kept.set_as_working_copy(article)
                return SaveResult(kept, kept)
            own = self.append(article, typed, kind, by, base=begun, note=note, session=session)
            merge = merging.merge(begun.content, typed, newest.content)
            if merge.conflicts:
                return SaveResult(own, newest, conflicts=merge.conflicts)
            both = self.append(article, merge.result, "merged", by, base=newest, beside=own)
            both.set_as_working_copy(article)
            return SaveResult(own, both, merged=merge.taken)

    def resolve_conflicts(
        self,
        own: "Revision",
        choices: Mapping[str, str],
        *,
        seen: int | None,
        by: AbstractUser,
    ) -> SaveResult:
        """Merge `own` into the working copy by the choice made for each conflict.

        Where the working copy is no longer `seen`, or a choice is missing, nothing is merged and
        the conflicts as they stand now are returned.
        """
        with transaction.atomic():
            article = Article.objects.locked(cast(int, own.article_id))
            newest = self.newest(article)
            merge = merging.merge(own.begun.content, own.content, newest.content, choices)
            if merge.conflicts or newest.pk != seen:
                return SaveResult(own, newest, conflicts=merge.conflicts)
            both = self.append(article, merge.result, "merged", by, base=newest, beside=own)
            both.set_as_working_copy(article)
            return SaveResult(own, both, merged=merge.taken)

    def newest(
        self, article: Article, by: AbstractUser | None = None, *, note: str = "", session: str = ""
    ) -> "Revision":
        """Return the working copy; of an article that has no history yet, its present text.

        A text that was written into the article itself (by an import, by `by`) is saved as a
        version first. The caller has locked the article.
        """
        own, live_revision = linked(Snapshot.of(article), article), article.live_revision
        if live_revision is None or linked(live_revision.content, article) != own:
            made = self.append(
                article, own, "saved", by, base=live_revision, note=note, session=session
            )
            follows = {} if article.has_unpublished_changes else {"working_copy": made}
            article.update_columns(live_revision=made, **follows)
        return cast(Revision, article.working_copy)

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
        """Add the next version. The caller has locked the article."""
        last = self.filter(article=article).aggregate(last=models.Max("number"))["last"]
        return self.create(
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


def cascade_but_autosaves(collector: Any, field: Any, rows: Any, using: str) -> None:
    """Delete the versions with their article. What somebody typed and never saved outlives it: it
    becomes the beginning of a new one."""
    models.SET_NULL(collector, field, rows.filter(kind="autosaved"), using)
    models.CASCADE(collector, field, rows.exclude(kind="autosaved"), using)


class Revision(models.Model):
    """A version of an article: a snapshot of its editorial fields. Saved ones never change."""

    class Kind(models.TextChoices):
        AUTOSAVED = "autosaved"
        SAVED = "saved"
        PUBLISHED = "published"
        RESTORED = "restored"
        MERGED = "merged"

    article = models.ForeignKey(
        Article, cascade_but_autosaves, null=True, blank=True, related_name="revisions"
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
    # When it was typed, in milliseconds by that browser's clock: a late request is left aside.
    typed_at = models.BigIntegerField(default=0)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            is_known("kind", "autosaved saved published restored merged", of="revision"),
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
        return self.base or self

    @property
    def as_seen(self) -> str:
        # Another value means that it was overwritten since.
        return f"{self.pk} {self.made_at.isoformat()}"

    def overwrite(self, content: Snapshot, typed_at: int = 0) -> bool:
        """Replace the content of an autosave, unless newer content of that form stands in it;
        False where it has gone meanwhile."""
        own = Revision.objects.filter(pk=self.pk, kind=self.Kind.AUTOSAVED)
        newer = {"snapshot": content.data, "made_at": timezone.now(), "typed_at": typed_at}
        return bool(own.filter(typed_at__lte=typed_at).update(**newer)) or own.exists()

    def move_to(self, session: str, content: Snapshot, typed_at: int) -> bool:
        """Go on with an autosave in another form; False where somebody else has gone on with it."""
        as_seen = Revision.objects.filter(
            pk=self.pk, kind=self.Kind.AUTOSAVED, made_at=self.made_at
        )
        newer = {"snapshot": content.data, "made_at": timezone.now(), "typed_at": typed_at}
        return bool(as_seen.update(session=session, **newer))

    def publish(
        self, article: Publishing, *, by: AbstractUser | None = None, note: str = ""
    ) -> None:
        """Make this text the article's own, and record that it went public."""
        article.revisions.newest(article)  # keeps what was written past the newsroom
        is_newest = self == article.working_copy
        article.scheduled_revision = article.scheduled_at = None
        article.scheduled_is_substantive = False
        self.content.save_to(article)
        made = article.revisions.append(
            article, self.content, "published", by, base=self, note=note
        )
        article.update_columns(live_revision=made, **({"working_copy": made} if is_newest else {}))

    def set_as_working_copy(self, article: Publishing) -> None:
        """Make this the article's working copy.

        An unpublished article takes the revision's text immediately.
        """
        if article.is_public:
            article.update_columns(working_copy=self)
        else:
            self.content.save_to(article)
            article.update_columns(working_copy=self, live_revision=self)

    def restore(self, article: Article, by: AbstractUser) -> "Revision":
        """Make this text the working copy again; the present one remains a version.

        What cannot be stored any more is left out or stays as it is, see `Snapshot.valid_for()`.
        The public page does not change where there is one.
        """
        with transaction.atomic():
            article.lock()
            newest = article.revisions.newest(article)
            text = self.content.valid_for(article, instead=newest.content)
            name = str(self) if self.number else "What was not saved"
            result = article.revisions.save_revision(
                article, text, base=newest.pk, by=by, kind="restored", note=f"{name} restored"
            )
            article.lock()
        return result.revision


def linked(content: Snapshot, article: Article) -> Snapshot:
    """Return the text as stored: sanitized, its links at the present URLs of their targets."""
    return replace(content, body=with_keys(prose.sanitize(content.body), article))


def publish_due_revisions() -> None:
    """Publish the scheduled revisions that are due; see `Publishing.schedule_revision()`."""
    for article in Article.objects.with_revision_due(timezone.now()):
        article.publish_scheduled_revision()
