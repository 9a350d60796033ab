"""Publication: what is public at a moment, and an article's dates, texts and verbs.

By its dates alone a row goes public, and no process has to run for it. `released_at` is that moment
once it has come, so that what went public stays so whatever the clock says afterwards. It counts
for as long as it is the row's own: a new date is waited for again.
"""

import logging
from datetime import UTC, datetime
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

logger = logging.getLogger(__name__)

# So many rows are released in one transaction.
BATCH = 1_000
# A bound that both databases find by an index, as they do not what has any date at all.
BEGINNING = datetime.min.replace(tzinfo=UTC)

Row = TypeVar("Row", bound=models.Model)


class ReleaseQuerySet(models.QuerySet[Row]):
    # The moment at which a row goes public.
    public_from: ClassVar[Any] = F("published_at")

    def is_due(self, at: datetime) -> Q:
        return Q(published_at__lte=at)

    def was_released(self) -> Q:
        return Q(released_at=self.public_from)

    def published(self, at: datetime | None = None, *, now: Any = None) -> Self:
        """Return what is public now, the only rule for it; or at the moment `at`, by dates alone.

        What was released stays public when the clock is put back. A query that is prepared gives
        its parameter for the moment that is `now`.
        """
        if at:
            return self.filter(self.is_due(at))
        is_public = self.is_due(now or timezone.now()) | self.was_released()
        return self.filter(is_public, published_at__gt=BEGINNING)

    def release_due(self) -> None:
        """Note that the moment of what is due has come."""
        due = self.filter(self.is_due(timezone.now()), released_at__isnull=True)
        if not due.exists():  # without a transaction: SQLite would lock out all other writers
            return
        with transaction.atomic():
            # What somebody else is writing, or releasing, is met at the next look.
            locked = due.select_for_update(skip_locked=True).values_list("pk", flat=True)
            self.filter(pk__in=list(locked[:BATCH])).update(released_at=self.public_from)


class Publishing(models.Model):
    """The dates and revisions that decide when an article is public, and with which text.

    Editors work on its working copy, which the public sees once it is published.
    """

    class Stage(models.TextChoices):
        """The newsroom's state; what the public sees is decided by `published()` alone."""

        DRAFT = "draft"
        IN_REVIEW = "in_review"
        READY = "ready"

    revisions: Any  # of the article, by the related name

    stage = models.CharField(max_length=9, choices=Stage, default=Stage.DRAFT)
    published_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="From this moment on it is public. Empty: not published.",
    )
    embargoed_until = models.DateTimeField(
        null=True, blank=True, help_text="Nothing of it is public before this moment."
    )
    # The moment at which these two made it public, once it has come; see `ReleaseQuerySet`.
    released_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(
        "updated",
        null=True,
        blank=True,
        help_text="Shown as “Updated”: set it when a change matters to readers.",
    )
    # When readers last lost it. It stays set: what was public once keeps its URL in mind.
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The text that editors work on, and the one that the columns above hold. They are two while
    # an article is public and its changes are not.
    working_copy = models.ForeignKey(
        "articles.Revision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    live_revision = models.ForeignKey(
        "articles.Revision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    # The revision that replaces the public text, and when.
    scheduled_revision = models.ForeignKey(
        "articles.Revision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    scheduled_at = models.DateTimeField(null=True, editable=False)
    scheduled_is_substantive = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    def publish(
        self,
        at: datetime | None = None,
        *,
        by: AbstractUser | None = None,
        note: str = "",
        substantive: bool = False,
    ) -> None:
        """Publish the working copy, now or from `at` on.

        An article that is public already keeps its date, and is called updated only where the
        change is `substantive`. Raises ValidationError where its slug was taken meanwhile.
        """
        with transaction.atomic():
            self.lock()
            now = timezone.now()
            if at or not self.is_public:
                if at and at > now and self.is_public:
                    # Readers lose it until then: their links must not be called mistakes.
                    self.withdrawn_at = now
                self.published_at, self.released_at = at or now, None
            elif substantive:
                self.updated_at = self.not_before_publication(now)
            if self.is_public:
                self.released_at = self.public_from
            if self.updated_at and self.published_at and self.updated_at < self.published_at:
                # It was updated before it came out again: nothing to tell a reader.
                self.updated_at = None
            self.stage = self.Stage.READY
            self.revisions.newest(self).publish(self, by=by, note=note)

    def reschedule(self, at: datetime) -> None:
        columns: dict[str, Any] = {"published_at": at, "released_at": None}
        if self.updated_at and self.updated_at < at:
            columns["updated_at"] = None
        self.update_columns(**columns)

    def schedule_revision(self, at: datetime, *, substantive: bool = False) -> None:
        """Let the working copy as it is now replace the public text from `at` on.

        Any process of the web server publishes it then. A revision that was scheduled before is
        dropped.
        """
        with transaction.atomic():
            self.lock()
            newest = self.revisions.newest(self)
            self.update_columns(
                scheduled_revision=newest, scheduled_at=at, scheduled_is_substantive=substantive
            )

    def unschedule_revision(self) -> None:
        """Keep the public text; what was scheduled remains a revision."""
        self.update_columns(
            scheduled_revision=None, scheduled_at=None, scheduled_is_substantive=False
        )

    def publish_scheduled_revision(self) -> None:
        """Publish the scheduled revision if it is due and nobody else has done so."""
        with transaction.atomic():
            self.lock()
            change, at = self.scheduled_revision, self.scheduled_at
            if change is None or at is None or at > timezone.now():
                return
            try:
                with transaction.atomic():
                    if self.scheduled_is_substantive:
                        self.updated_at = self.not_before_publication(at)
                    change.publish(self, note="Scheduled change")
            except ValidationError as refusal:
                self.lock()
                self.unschedule_revision()
                logger.error("The change of article %s stays private: %s", self.pk, refusal)

    def withdraw(self) -> None:
        """Take it off every public page; nothing else is lost.

        Where readers have seen it, its URL answers from now on that it was withdrawn.
        """
        with transaction.atomic():
            self.lock()
            if self.is_public:
                self.withdrawn_at = timezone.now()
            self.published_at = self.released_at = None
            self.save()
            self.unschedule_revision()
            if self.has_unpublished_changes and self.working_copy:
                self.working_copy.set_as_working_copy(self)

    def lock(self) -> None:
        self.refresh_from_db(from_queryset=type(self)._default_manager.select_for_update())
        self.__dict__.pop("byline_authors", None)

    def update_columns(self, **columns: Any) -> None:
        """Set these columns in the row and in the object; nothing else is saved."""
        columns["modified_at"] = timezone.now()
        for name, value in columns.items():
            setattr(self, name, value)
        type(self)._default_manager.filter(pk=self.pk).update(**columns)

    @property
    def has_unpublished_changes(self) -> bool:
        """The working copy is another text than the article's own columns."""
        return self.working_copy_id != self.live_revision_id

    @property
    def has_been_public(self) -> bool:
        return self.is_public or self.withdrawn_at is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None and not self.is_public

    @property
    def public_from(self) -> datetime | None:
        if self.published_at is None:
            return None
        return max(filter(None, (self.published_at, self.embargoed_until)))

    @property
    def is_public(self) -> bool:
        comes_at = self.public_from
        return comes_at is not None and (comes_at <= timezone.now() or comes_at == self.released_at)

    def not_before_publication(self, at: datetime) -> datetime:
        # A clock that was put back may name a moment before it.
        return max(filter(None, (at, self.published_at)))
