"""Versions of the front page, and the slots that fill their places."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from taggit.models import Tag

from .articles import Article
from .images import Image
from .publishing import ReleaseQuerySet
from .taxonomy import Format, Section


class Place(NamedTuple):
    """A place of the front page: the second of “seconds”, the first of “band-7”."""

    area: str
    position: int

    def __str__(self) -> str:
        return f"{self.area}.{self.position}"


class FrontPageQuerySet(ReleaseQuerySet["FrontPage"]):
    def published(self, at: datetime | None = None, *, now: Any = None) -> Self:
        """The versions whose time has come at the moment `at` (now, if not given), newest first.

        The first of them is what readers see: the one rule for it, read at each request.
        """
        return super().published(at, now=now).order_by("-published_at", "-pk")

    def current(self, at: datetime | None = None) -> "FrontPage | None":
        return self.published(at).first()

    def scheduled(self) -> "FrontPageQuerySet":
        comes = Q(published_at__gt=timezone.now()) & ~self.was_released()
        return self.filter(comes).order_by("published_at", "pk")

    def draft(self) -> "FrontPage | None":
        return self.filter(stage=FrontPage.Stage.DRAFT).first()

    def draft_for(self, person: models.Model) -> "FrontPage":
        """The draft, held for this transaction; where there is none, a copy of what is public."""
        held = self.select_for_update().filter(stage=FrontPage.Stage.DRAFT)
        if draft := held.first():
            return draft
        try:
            with transaction.atomic():
                return self.copy(self.current(), person)
        except IntegrityError:  # somebody else began one at the same moment
            return held.get()

    def copy(
        self, version: "FrontPage | None", person: models.Model, **fields: object
    ) -> "FrontPage":
        """A draft with the layout of `version`; without one, all places fill themselves."""
        made = self.create(**{"stage": FrontPage.Stage.DRAFT, "changed_by": person, **fields})
        if version:
            made.lay_out(version.by_place)
        return made


class FrontPage(models.Model):
    """One version of the front page. What is published stays as it was: a change is a new one."""

    class Stage(models.TextChoices):
        DRAFT = "draft"
        SET_ASIDE = "set_aside"
        RELEASED = "released"

    stage = models.CharField(max_length=9, choices=Stage, default=Stage.DRAFT, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The same moment, once it has come; see `ReleaseQuerySet`.
    released_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField(max_length=200, blank=True, help_text="What is new, for colleagues.")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # Counts the changes, so that nobody publishes a layout that they have not seen.
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = FrontPageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "front page"
        constraints = [
            models.UniqueConstraint(
                fields=["stage"], condition=Q(stage="draft"), name="front_page_has_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(stage="released", published_at__isnull=False)
                | Q(stage__in=["draft", "set_aside"], published_at__isnull=True),
                name="front_page_is_released_at_a_moment",
            ),
        ]
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="front_page_newest"),
        ]

    def __str__(self) -> str:
        return self.note or f"Version {self.pk}"

    @property
    def by_place(self) -> dict[Place, "Slot"]:
        return {slot.place: slot for slot in self.slots.all()}

    def lay_out(self, slots: Mapping[Place, "Slot"]) -> None:
        """Let these slots, copied, stand at these places, and nothing else.

        All rows are written anew: a place that is held twice for a moment would be refused.
        """
        self.slots.all().delete()
        Slot.objects.bulk_create(slot.copy(self, place) for place, slot in slots.items())

    def touch(self, person: models.Model) -> None:
        self.changed_by, self.changed_at = person, timezone.now()  # type: ignore[assignment]
        self.revision += 1
        self.save()

    def put(self, slot: "Slot", to: Place, leaving: Place | None = None) -> "Slot | None":
        """Insert a slot at a place; `leaving` is the one it comes from, which is free by that.

        What stands there, and what follows, moves on by one as far as the next place that fills
        itself: towards the place that is left, if that is in the same area, else downwards.
        Returns the slot that is pushed out where the area has no such place.
        """
        slots = {other.place: other for other in self.slots.all() if other.key != slot.key}
        length = Slot.length_of(to.area)
        row = [slots.pop(Place(to.area, number), None) for number in range(1, length + 1)]
        here, last = to.position - 1, length - 1
        if leaving and leaving.area == to.area:
            last = leaving.position - 1
        way = range(here, last + 1) if here <= last else range(here, last - 1, -1)
        pushed_out = row.pop(next((place for place in way if row[place] is None), last))
        row.insert(here, slot)
        slots |= {Place(to.area, number): one for number, one in enumerate(row, start=1) if one}
        self.lay_out(slots)
        return pushed_out

    def publish(self, person: models.Model, at: datetime | None = None, note: str = "") -> None:
        """Make it what readers see from `at` on (now, if not given). It cannot be changed then."""
        self.stage, self.published_at = self.Stage.RELEASED, at or self.next_moment()
        self.released_at = None if at else self.published_at
        self.note = note
        self.touch(person)

    def set_aside(self, person: models.Model, note: str = "") -> None:
        """Take a draft, or one that waits for its time, out of the way; it can be brought back."""
        self.stage, self.published_at, self.released_at = self.Stage.SET_ASIDE, None, None
        self.note = note or self.note
        self.touch(person)

    def keep_copy(
        self, person: models.Model, note: str, slots: "Mapping[Place, Slot] | None" = None
    ) -> None:
        copy = FrontPage.objects.copy(None, person, stage=self.Stage.SET_ASIDE, note=note[:200])
        copy.lay_out(self.by_place if slots is None else slots)

    def bring_back(self, person: models.Model) -> "FrontPage":
        pages = FrontPage.objects
        if draft := pages.select_for_update().filter(stage=self.Stage.DRAFT).first():
            draft.set_aside(person, "Set aside for an older version")
        return pages.copy(self, person)

    def undo(self, person: models.Model) -> "FrontPage":
        again = FrontPage()
        again.publish(person, note=f"Undone: {self}"[:200])
        if before := self.before:
            again.lay_out(before.by_place)
        return again

    @property
    def before(self) -> "FrontPage | None":
        earlier = Q(published_at__lt=self.published_at) | Q(
            published_at=self.published_at, pk__lt=self.pk
        )
        return FrontPage.objects.published().filter(earlier).first()

    @property
    def is_scheduled(self) -> bool:
        at = self.published_at
        return at is not None and at > timezone.now() and at != self.released_at

    @staticmethod
    def next_moment() -> datetime:
        """Return a moment for what takes over now: after what it replaces, whose own may lie ahead
        of a clock that was put back."""
        now, current = timezone.now(), FrontPage.objects.current()
        replaced = current and current.published_at
        return max(now, replaced + timedelta(microseconds=1)) if replaced else now


class Slot(models.Model):
    """What the chiefs want at a place: an article that is pinned there, or a rule that fills it.

    Without a rule it is filled by its area's own; so is a place that has no slot at all. While a
    pin is not public, or when its end has come, the rule takes over.
    """

    class Area(models.TextChoices):
        LEAD = "lead", "Lead"
        SECONDS = "seconds", "Seconds"
        QUICK = "quick", "Quick takes"
        LATEST = "latest", "Latest"
        BAND = "band", "Band of a section"

    LENGTHS = {Area.LEAD: 1, Area.SECONDS: 4, Area.QUICK: 5, Area.LATEST: 5, Area.BAND: 4}

    front_page = models.ForeignKey(FrontPage, models.CASCADE, related_name="slots")
    # The same in every version, wherever the slot moves.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=7, choices=Area)
    band = models.ForeignKey(Section, models.CASCADE, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField()

    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="slots"
    )
    until = models.DateTimeField("stands there until", null=True, blank=True)
    headline = models.CharField(max_length=240, blank=True)
    deck = models.CharField(max_length=400, blank=True)
    image = models.ForeignKey(Image, models.SET_NULL, null=True, blank=True, related_name="slots")

    section = models.ForeignKey(Section, models.SET_NULL, null=True, blank=True, related_name="+")
    format = models.ForeignKey(Format, models.SET_NULL, null=True, blank=True, related_name="+")
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, blank=True, related_name="+")

    RULES = ("section", "format", "tag")
    PIN = ("article_id", "until", "headline", "deck", "image_id")
    CONTENT = (*PIN, "section_id", "format_id", "tag_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["front_page", "key"], name="slot_stands_once"),
            # Two constraints, because an empty band equals no other one.
            models.UniqueConstraint(
                fields=["front_page", "area", "position"],
                condition=Q(band__isnull=True),
                name="slot_has_its_place",
            ),
            models.UniqueConstraint(
                fields=["front_page", "band", "position"],
                condition=Q(band__isnull=False),
                name="slot_has_its_place_in_a_band",
            ),
            models.CheckConstraint(
                condition=Q(area="band", band__isnull=False)
                | Q(area__in=["lead", "seconds", "quick", "latest"], band__isnull=True),
                name="slot_of_a_band_names_its_section",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="slot_counts_from_one"),
            models.CheckConstraint(
                condition=Q(section__isnull=True, format__isnull=True)
                | Q(format__isnull=True, tag__isnull=True)
                | Q(section__isnull=True, tag__isnull=True),
                name="slot_has_one_rule",
                violation_error_message="Choose one rule: a section, a format or a tag.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.place)

    @classmethod
    def length_of(cls, area: str) -> int:
        return cls.LENGTHS[cls.Area(area.partition("-")[0])]

    @property
    def place(self) -> Place:
        area = f"band-{self.band_id}" if self.band_id else str(self.area)
        return Place(area, self.position)

    @property
    def rule(self) -> tuple[str, int] | None:
        for name in self.RULES:
            if key := getattr(self, f"{name}_id"):
                return name, key
        return None

    @property
    def content(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.CONTENT}

    def pins(self, at: datetime) -> bool:
        """Return True where its article is to stand there at this moment, if it is public."""
        return self.article_id is not None and (self.until is None or self.until > at)

    def copy(self, page: FrontPage, place: Place) -> "Slot":
        area, _, band = place.area.partition("-")
        return Slot(
            front_page=page,
            key=self.key,
            area=area,
            band_id=int(band) if band else None,
            position=place.position,
            **self.content,
        )
