"""Filling the front page: the article for each place, at a given moment."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import DateTimeField, QuerySet
from django.utils import timezone

from .database.prepared import Prepared
from .models import Article, FrontPage, Publication, Section, Slot
from .models.articles import ArticleQuerySet
from .models.front_page import FrontPageQuerySet, Place
from .page_parts import PageParts
from .related import cards, pick_keys

# Among so many newest articles a section that is alive has enough for its band; one look at them
# costs a tenth of asking for each section.
RECENT = 200

# A rule that fills a place: the grouping whose newest article it takes, and the grouping's key.
Rule = tuple[str, int]
NEWEST: Rule = ("newest", 0)
PINS: Rule = ("pins", 0)  # no rule: what is pinned and older than the recent articles


class Area(NamedTuple):
    """Places beside each other that are filled by one rule where nobody has said otherwise."""

    key: str
    title: str
    rule: Rule
    section: Section | None = None

    @property
    def places(self) -> list[Place]:
        return [Place(self.key, n) for n in range(1, Slot.length_of(self.key) + 1)]

    @property
    def names(self) -> dict[Place, str]:
        if len(self.places) == 1:
            return dict.fromkeys(self.places, self.title)
        return {place: f"{self.title} {place.position}" for place in self.places}


def areas(publication: Publication, sections: Iterable[Section]) -> list[Area]:
    """The areas in the order in which they choose: an earlier one leaves the later ones the rest.

    LATEST is therefore the newest of what does not stand at the head or among the quick takes.
    """
    quick = publication.quick_takes
    found = [Area("lead", "Lead", NEWEST), Area("seconds", "Seconds", NEWEST)]
    if quick:
        found.append(Area("quick", quick.name, ("section", quick.pk), quick))
    found.append(Area("latest", "Latest", NEWEST))
    # The rail is the band of the quick takes.
    found += [
        Area(f"band-{section.pk}", section.name, ("section", section.pk), section)
        for section in sections
        if section != quick
    ]
    return found


@dataclass(frozen=True)
class FrontPageLayout:
    """The whole front page: its areas, the slots that were set, and what stands where."""

    areas: list[Area]
    slots: Mapping[Place, Slot]
    shown: dict[Place, Article] = field(default_factory=dict)
    # The places where a pin stands, and not what the rule found.
    pinned: frozenset[Place] = frozenset()

    def articles(self, area: Area) -> list[Article]:
        return [self.shown[place] for place in area.places if place in self.shown]

    def _of(self, *keys: str) -> list[Article]:
        return [one for area in self.areas if area.key in keys for one in self.articles(area)]

    @property
    def head(self) -> list[Article]:
        return self._of("lead", "seconds")

    @property
    def latest(self) -> list[Article]:
        return self._of("latest")

    @property
    def quick(self) -> list[Article]:
        return self._of("quick")

    @property
    def bands(self) -> list[tuple[Section, list[Article]]]:
        return [
            (area.section, articles)
            for area in self.areas
            if area.key.startswith("band-") and area.section and (articles := self.articles(area))
        ]


def slots_of(versions: FrontPageQuerySet) -> QuerySet[Slot]:
    return Slot.objects.filter(front_page__in=versions[:1]).select_related("image")


def recent(articles: ArticleQuerySet) -> QuerySet[Article, Any]:
    return articles.newest_first().values_list("pk", "section", "format")[:RECENT]


PUBLIC_SLOTS = Prepared(
    lambda now: slots_of(FrontPage.objects.published(now=now)), now=DateTimeField()
)
RECENT_NOW = Prepared(lambda now: recent(Article.objects.published(now=now)), now=DateTimeField())


def public_slots(at: datetime | None = None) -> dict[Place, Slot]:
    """The slots of the version that readers see at this moment, by their places; one query."""
    now = timezone.now()
    rows = slots_of(FrontPage.objects.published(at)) if at else PUBLIC_SLOTS.rows(now=now)
    return {slot.place: slot for slot in rows}


def arrange(
    publication: Publication,
    sections: Iterable[Section],
    slots: Mapping[Place, Slot] | None = None,
    at: datetime | None = None,
    parts: PageParts | None = None,
) -> FrontPageLayout:
    """Fill every place of the front page at the moment `at` (now, if not given), no article twice.

    Pins come first, the rules take from the rest. Three queries after the slots; a fourth where
    there are old pins or a rule of a tag, a fifth where a grouping has nothing recent.
    """
    slots = public_slots(at) if slots is None else slots
    layout = areas(publication, sections)
    pools = recent_pools(at)
    # As many as can be wanted of a deeper list when all others have taken theirs.
    enough = sum(Slot.LENGTHS.values()) + len(slots)
    pins = {
        place: slot.article_id
        for place, slot in slots.items()
        if slot.article_id and slot.pins(at or timezone.now())
    }
    tags = {slot.rule for slot in slots.values() if slot.rule and slot.rule[0] == "tag"}
    asked = {rule: ruled(at, rule)[:enough] for rule in tags}
    if older := set(pins.values()) - set(pools[NEWEST]):
        asked[PINS] = Article.objects.published(at).filter(pk__in=older)
    pools |= pick_keys(asked) if asked else {}
    public = {*pools[NEWEST], *pools.get(PINS, ())}
    pinned = first_pins(layout, pins, public)
    shown, dry = fill(layout, slots, pinned, pools)
    dry -= {NEWEST, *tags}
    if dry and len(pools[NEWEST]) == RECENT:
        pools |= pick_keys({rule: ruled(at, rule)[:enough] for rule in dry})
        shown, _ = fill(layout, slots, pinned, pools)
    articles = dict(zip(shown, cards(shown.values(), parts or PageParts()), strict=True))
    for place in pinned:
        articles[place] = with_slot(articles[place], slots[place])
    return FrontPageLayout(layout, slots, articles, frozenset(pinned))


def recent_pools(at: datetime | None) -> dict[Rule, list[int]]:
    now = timezone.now()
    rows = list(recent(Article.objects.published(at))) if at else RECENT_NOW.rows(now=now)
    pools: dict[Rule, list[int]] = {NEWEST: [pk for pk, _, _ in rows]}
    for number, group in enumerate(("section", "format"), start=1):
        for row in rows:
            pools.setdefault((group, row[number]), []).append(row[0])
    return pools


def first_pins(
    layout: Iterable[Area], pins: Mapping[Place, int], public: set[int]
) -> dict[Place, int]:
    """The pins of public articles; of two pins of one article, the first on the page."""
    pinned: dict[Place, int] = {}
    for area in layout:
        for place in area.places:
            key = pins.get(place)
            if key and key in public and key not in pinned.values():
                pinned[place] = key
    return pinned


def fill(
    layout: Iterable[Area],
    slots: Mapping[Place, Slot],
    pinned: Mapping[Place, int],
    pools: Mapping[Rule, list[int]],
) -> tuple[dict[Place, int], set[Rule]]:
    """Return an article's key for each place, and the rules that had none left.

    Where a slot's rule finds nothing, its area's rule is used; where that fails too, the place is
    closed up.
    """
    shown = dict(pinned)
    used = set(pinned.values())
    dry: set[Rule] = set()
    rest: dict[Rule, Iterator[int]] = {key: iter(keys) for key, keys in pools.items()}
    for area in layout:
        for place in area.places:
            if place in shown:
                continue
            slot = slots.get(place)
            for one in filter(None, (slot.rule if slot else None, area.rule)):
                key = next((pk for pk in rest.get(one, iter(())) if pk not in used), None)
                if key is not None:
                    shown[place] = key
                    used.add(key)
                    break
                dry.add(one)
    return shown, dry


def ruled(at: datetime | None, rule: Rule) -> ArticleQuerySet:
    newest = Article.objects.published(at).newest_first()
    group, key = rule
    return newest.tagged(key) if group == "tag" else newest.filter(**{group: key})


def with_slot(article: Article, slot: Slot) -> Article:
    """Return a copy of the article, not to be saved, with the words of the slot."""
    article = copy(article)
    article.headline = slot.headline or article.headline
    article.deck = slot.deck or article.deck
    if slot.image:
        article.lead_image, article.lead_alt = slot.image, ""
    return article
