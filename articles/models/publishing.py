"""What the public sees of an article, and from when on; its text goes public by these verbs."""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from .articles import Article
    from .revisions import Revision

logger = logging.getLogger(__name__)


class Publishing(models.Model):
    """When an article is public, and with which text. Editors work on its working copy, which the
    public sees once it is published."""

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
    updated_at = models.DateTimeField(
        "updated",
        null=True,
        blank=True,
        help_text="Shown as “Updated”: set it when a change matters to readers.",
    )
    # When readers last lost it. It stays set: what was public once keeps its address in mind.
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The text that editors work on, and the one that the columns above hold. They are two while
    # an article is public and its changes are not.
    working_copy = models.ForeignKey(
        "articles.Revision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    released = models.ForeignKey(
        "articles.Revision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    # What takes the place of the public text, and when.
    change = models.ForeignKey(
        "articles.Revision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    change_at = models.DateTimeField(null=True, editable=False)
    change_is_substantive = models.BooleanField(default=False, editable=False)

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
        """Make its working copy public: now, or from `at` on.

        An article that is public already keeps its date, and is called updated only where the
        change is `substantive`. Raises ValidationError where its slug was taken meanwhile.
        """
        with transaction.atomic():
            self.hold()
            now = timezone.now()
            if at or not self.is_public:
                if at and at > now and self.is_public:
                    # Readers lose it until then: their links must not be called mistakes.
                    self.withdrawn_at = now
                self.published_at = at or now
            elif substantive:
                self.updated_at = now
            if self.updated_at and self.published_at and self.updated_at < self.published_at:
                # It was updated before it came out again: nothing to tell a reader.
                self.updated_at = None
            self.stage = self.Stage.READY
            self.release(self.revisions.newest(self), by=by, note=note)

    def reschedule(self, at: datetime) -> None:
        """Let it become public at another moment than was planned; its text stays as it is."""
        columns: dict[str, Any] = {"published_at": at}
        if self.updated_at and self.updated_at < at:
            columns["updated_at"] = None
        self.point(**columns)

    def schedule_change(self, at: datetime, *, substantive: bool = False) -> None:
        """Let the working copy as it is now take the place of the public text from `at` on.

        Nothing has to be running then: whoever asks first for a page after that moment makes it
        so. A change that was scheduled before is dropped.
        """
        with transaction.atomic():
            self.hold()
            newest = self.revisions.newest(self)
            self.point(change=newest, change_at=at, change_is_substantive=substantive)

    def drop_change(self) -> None:
        """Let the public text stay as it is; the change that was scheduled is a revision still."""
        self.point(change=None, change_at=None, change_is_substantive=False)

    def release_change(self) -> None:
        """Make a scheduled change public if it is due and nobody else has done so."""
        with transaction.atomic():
            self.hold()
            if self.change is None or self.change_at is None or self.change_at > timezone.now():
                return
            change, at, substantive = self.change, self.change_at, self.change_is_substantive
            try:
                with transaction.atomic():
                    if substantive:
                        self.updated_at = at
                    self.release(change, note="Scheduled change")
            except ValidationError as refusal:
                self.hold()
                self.drop_change()
                logger.error("The change of article %s stays private: %s", self.pk, refusal)

    def release(
        self, revision: "Revision", *, by: AbstractUser | None = None, note: str = ""
    ) -> None:
        """Make the text of `revision` the article's own, and write down that it went public."""
        self.revisions.newest(self)  # keeps what was written past the newsroom
        is_newest = revision == self.working_copy
        self.change = self.change_at = None
        self.change_is_substantive = False
        revision.content.store(cast("Article", self))
        made = self.revisions.append(
            self, revision.content, "published", by, base=revision, note=note
        )
        self.point(released=made, **({"working_copy": made} if is_newest else {}))

    def follow(self, revision: "Revision") -> None:
        """Make `revision` the working copy. What nobody can read yet has it at once."""
        if self.is_public:
            self.point(working_copy=revision)
        else:
            revision.content.store(cast("Article", self))
            self.point(working_copy=revision, released=revision)

    def withdraw(self) -> None:
        """Take it off every public page; nothing else is lost.

        The address of what readers have seen says from now on that the article was withdrawn.
        """
        with transaction.atomic():
            self.hold()
            if self.is_public:
                self.withdrawn_at = timezone.now()
            self.published_at = None
            self.save()
            self.drop_change()
            if not self.is_in_step and self.working_copy:
                self.follow(self.working_copy)

    def hold(self) -> None:
        """Take over what is stored, and keep others from changing it in this transaction."""
        self.refresh_from_db(from_queryset=type(self)._default_manager.select_for_update())
        self.__dict__.pop("signed_by", None)

    def point(self, **columns: Any) -> None:
        """Set these columns in the row and in the object; nothing else is stored."""
        columns["modified_at"] = timezone.now()
        for name, value in columns.items():
            setattr(self, name, value)
        type(self)._default_manager.filter(pk=self.pk).update(**columns)

    @property
    def is_in_step(self) -> bool:
        """The article's own columns hold its working copy: no change waits to be published."""
        return self.working_copy_id == self.released_id

    @property
    def has_been_public(self) -> bool:
        """Readers see it, or have seen it: somebody may have its address."""
        return self.is_public or self.withdrawn_at is not None

    @property
    def is_public(self) -> bool:
        """What `published()` says of this row, for a row in hand."""
        now = timezone.now()
        return bool(
            self.published_at
            and self.published_at <= now
            and (self.embargoed_until is None or self.embargoed_until <= now)
        )
