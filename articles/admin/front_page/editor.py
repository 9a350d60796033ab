"""The editor of the front page: each place with its article, the reason for it and warnings."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from articles import front_page
from articles.admin.status import status_in_words
from articles.front_page import Area, FrontPageLayout
from articles.models import Article, FrontPage, Publication, Section, Slot
from articles.models.front_page import Place

SOON = timedelta(hours=2)
FOUND = 12


class Selection(NamedTuple):
    """A slot wherever it stands by now, an article that the rules put at a place, or an article
    that was searched for and stands at none."""

    place: Place | None
    key: UUID | None
    article: int | None

    def __str__(self) -> str:
        return "/".join(str(part or "") for part in self)

    @classmethod
    def read(cls, text: str) -> "Selection":
        try:
            place, key, article = text.split("/")
            return cls(
                place=place_of(place) if place else None,
                key=UUID(key) if key else None,
                article=int(article) if article else None,
            )
        except ValueError:
            raise ValidationError("That is no place of the front page.") from None


def place_of(text: str) -> Place:
    area, _, position = text.partition(".")
    kind, _, band = area.partition("-")
    place = Place(area, int(position))
    if (kind == Slot.Area.BAND) != band.isdecimal() or len(text) > 30:
        raise ValueError(text)
    if not 1 <= place.position <= Slot.length_of(area):
        raise ValueError(text)
    return place


@dataclass
class Spot:
    """A place as the editor shows it."""

    place: Place
    name: str
    slot: Slot | None
    article: Article | None
    is_pinned: bool
    why: str
    warnings: list[str] = field(default_factory=list)

    @property
    def selection(self) -> Selection:
        return Selection(
            self.place,
            self.slot.key if self.slot else None,
            self.article.pk if self.article else None,
        )

    @property
    def title(self) -> str:
        if self.slot and self.slot.article and not self.is_pinned:
            return self.slot.headline or self.slot.article.headline
        return self.article.headline if self.article else "Empty place"


class FrontPageEditor:
    """The layout that is being worked on, as it stands at the moment `at`."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or timezone.now()
        self.draft = FrontPage.objects.draft()
        self.current = FrontPage.objects.current()
        self.publication = Publication.objects.current()
        self.menu = list(Section.objects.in_menu())
        version = self.draft or self.current
        slots = version.slots.all() if version else Slot.objects.none()
        self.layout = front_page.arrange(
            self.publication,
            self.menu,
            {
                slot.place: slot
                for slot in slots.select_related("image", "article", "section", "format", "tag")
            },
            at,
        )

    def areas(self) -> list[tuple[Area, list[Spot]]]:
        return [
            (area, [self.spot(area, place) for place in area.places]) for area in self.layout.areas
        ]

    def spot(self, area: Area, place: Place) -> Spot:
        slot = self.layout.slots.get(place)
        is_pinned = place in self.layout.pinned
        spot = Spot(
            place=place,
            name=area.names[place],
            slot=slot,
            article=self.layout.shown.get(place),
            is_pinned=is_pinned,
            why=why(area, slot, is_pinned),
        )
        if slot and slot.article:
            spot.warnings = warnings(self.layout, slot, is_pinned, self.at)
        return spot

    @property
    def moments(self) -> list[tuple[str, datetime]]:
        """The moments worth a look: this evening, and when something comes or goes by itself."""
        now = timezone.now()
        local = timezone.localtime(now)
        evening = local.replace(hour=18, minute=0, second=0, microsecond=0)
        day = "today"
        if evening <= now:
            evening, day = evening + timedelta(days=1), "tomorrow"
        found = {evening: f"18:00 {day}"}
        for slot in self.layout.slots.values():
            if slot.until:
                found.setdefault(slot.until, f"{short(slot.until)}: a pin ends")
            if slot.article and (comes := slot.article.public_from):
                if comes.microsecond:  # a browser sends whole seconds; before it is too early
                    comes = comes.replace(microsecond=0) + timedelta(seconds=1)
                found.setdefault(comes, f"{short(comes)}: a pinned article comes out")
        for version in FrontPage.objects.scheduled():
            due = version.published_at
            if due:
                found.setdefault(due, f"{short(due)}: another version takes over")
        return [(found[one], one) for one in sorted(found) if one > now][:6]


def why(area: Area, slot: Slot | None, is_pinned: bool) -> str:
    if slot and is_pinned:
        return f"Pinned until {short(slot.until)}" if slot.until else "Pinned"
    group = (slot.section or slot.format or slot.tag) if slot else None
    if group is None and area.rule != front_page.NEWEST:
        group = area.section
    return f"Fills itself: newest of {group}" if group else "Fills itself: newest"


def warnings(arranged: FrontPageLayout, slot: Slot, is_pinned: bool, at: datetime) -> list[str]:
    article = slot.article
    if article is None:
        return []
    if is_pinned:
        soon = slot.until and slot.until - at <= SOON
        return [f"Falls away at {short(slot.until)}."] if soon else []
    headline = slot.headline or article.headline
    if slot.until and slot.until <= at:
        return [f"The pin of “{headline}” ended at {short(slot.until)}."]
    elsewhere = [
        place for place in arranged.pinned if arranged.slots[place].article_id == slot.article_id
    ]
    if elsewhere:
        return [f"“{headline}” is pinned twice: it stands higher up already."]
    return [f"“{headline}” is not public at this moment: {status_in_words(article)}."]


def short(value: datetime | None) -> str:
    if value is None:
        return ""
    local = timezone.localtime(value)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "H:i" if is_today else "j M, H:i")


def names() -> dict[Place, str]:
    layout = front_page.areas(Publication.objects.current(), Section.objects.in_menu())
    return {place: name for area in layout for place, name in area.names.items()}


def search(words: str) -> list[Article]:
    """Articles that may be pinned, the newest work first; whatever state they are in."""
    found = Article.objects.with_headline(words).order_by("-modified_at", "-pk")
    return list(found.select_related("lead_image").defer("body", "teaser")[:FOUND])


def label_of(article: Article) -> str:
    return f"{article.headline} — {status_in_words(article)}"
