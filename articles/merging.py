"""Two editors' work on one text made one: by field, and in the body by paragraph."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from . import prose
from .aligning import steps

if TYPE_CHECKING:
    from .models.snapshots import Snapshot

LABELS = {
    "headline": "Headline",
    "deck": "Deck",
    "slug": "Address",
    "body": "Body",
    "format": "Format",
    "section": "Section",
    "series": "Series",
    "also_in": "Further sections",
    "tags": "Tags",
    "authors": "Byline",
    "lead_image": "Lead picture",
    "lead_alt": "Alternative text",
    "lead_caption": "Caption",
    "author_note": "Author note",
}
# Of these only the members count, so what one adds and the other removes never touches.
SETS = ("also_in", "tags")

OWN, THEIRS, BOTH = "own", "theirs", "both"


@dataclass(frozen=True)
class Conflict:
    """A place that two people changed, each in their own way. For the body, lists of blocks."""

    key: str
    label: str
    base: Any
    own: Any
    theirs: Any

    @property
    def is_prose(self) -> bool:
        return self.key.startswith("body-")


@dataclass
class Merge:
    """`taken` names, in words, what came from the other side. Where `conflicts` is not empty,
    `result` holds one's own words at those places."""

    result: "Snapshot"
    taken: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def merge(
    base: "Snapshot", own: "Snapshot", theirs: "Snapshot", choices: Mapping[str, str] | None = None
) -> Merge:
    """Bring together what two people made of `base`.

    A conflict named in `choices` is settled as it says there: "own", "theirs" or, in the body,
    "both" (one's own first).
    """
    choices = choices or {}
    merge = Merge(own)
    values: dict[str, Any] = {}
    for name, label in LABELS.items():
        before, mine, other = (getattr(snapshot, name) for snapshot in (base, own, theirs))
        if name == "body":
            values[name] = merge_bodies(before, mine, other, merge, choices)
        elif name in SETS:
            values[name] = tuple(sorted((set(mine) | added(before, other)) - gone(before, other)))
        elif mine in (before, other):
            values[name] = other
        elif other == before:
            values[name] = mine
        elif choices.get(name) in (OWN, THEIRS):
            values[name] = mine if choices[name] == OWN else other
        else:
            values[name] = mine
            merge.conflicts.append(Conflict(name, label, before, mine, other))
            continue
        if name != "body" and values[name] != mine:
            merge.taken.append(label)
    merge.result = replace(own, **values)
    return merge


def added(before: tuple[Any, ...], after: tuple[Any, ...]) -> set[Any]:
    return set(after) - set(before)


def gone(before: tuple[Any, ...], after: tuple[Any, ...]) -> set[Any]:
    return set(before) - set(after)


@dataclass(frozen=True)
class Edits:
    """What somebody made of a list of blocks: of each block (None: as it was), and what they put
    into the gap before it (the last gap is the end)."""

    blocks: list[list[str] | None]
    gaps: list[list[str]]


def edits(before: list[str], after: list[str]) -> Edits:
    """Paragraphs that were rewritten are matched with what became of them, so that a colleague's
    change of the next paragraph does not touch them."""
    made = Edits([None] * len(before), [[] for _ in range(len(before) + 1)])
    for kind, at, end, start, stop in steps(before, after):
        if kind == "equal":
            continue
        for count, texts in segments(before[at:end], after[start:stop]):
            for place, text in zip_longest(range(at, at + count), texts[:count]):
                made.blocks[place] = [] if text is None else [text]
            at += count
            made.gaps[at] += texts[count:]
    return made


def segments(was: list[str], now: list[str]) -> Iterator[tuple[int, list[str]]]:
    """How many blocks, one group after the other, and what stands in their place: each block that
    became another with that one, and together what lies between and is like nothing."""
    count = 0
    texts: list[str] = []
    for old, new in prose.counterparts(was, now):
        if old is not None and new is not None:
            yield count, texts
            yield 1, [now[new]]
            count, texts = 0, []
        elif new is not None:
            texts.append(now[new])
        else:
            count += 1
    yield count, texts


def merge_bodies(
    before: str, mine: str, other: str, merge: Merge, choices: Mapping[str, str]
) -> str:
    """The body of both; what came from the other side and what touches is told to `merge`."""
    if mine in (before, other):
        if other != mine:
            merge.taken.append(LABELS["body"])
        return other
    if other == before:
        return mine
    base = prose.blocks_of(before)
    own, theirs = edits(base, prose.blocks_of(mine)), edits(base, prose.blocks_of(other))
    result: list[str] = []
    taken: list[int] = []

    def settle(place: int, was: list[str], one: list[str], two: list[str]) -> None:
        """Append what stands at a place that one's own text has as `one`, the other's as `two`."""
        key = f"body-{'at' if was else 'before'}-{place + 1}"
        if one == two or two == was:
            result.extend(one)
        elif one == was:
            result.extend(two)
            taken.append(place + 1)
        elif (chosen := choices.get(key)) in (OWN, THEIRS, BOTH):
            result.extend({OWN: one, THEIRS: two, BOTH: [*one, *two]}[chosen])
        else:
            result.extend(one)
            label = f"Paragraph {place + 1}" if was else f"New before paragraph {place + 1}"
            merge.conflicts.append(Conflict(key, label, was, one, two))

    for place in range(len(base) + 1):
        settle(place, [], own.gaps[place], theirs.gaps[place])
        if place < len(base):
            was = [base[place]]
            one, two = own.blocks[place], theirs.blocks[place]
            settle(place, was, was if one is None else one, was if two is None else two)
    if taken:
        numbers = ", ".join(str(number) for number in dict.fromkeys(taken))
        merge.taken.append(f"{LABELS['body']} (paragraph {numbers})")
    return "".join(result)
