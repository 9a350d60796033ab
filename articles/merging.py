"""Three-way merge of two editors' work: by field, and in the body by paragraph."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from . import prose
from .aligning import steps
from .names import folded

if TYPE_CHECKING:
    from .models.snapshots import Snapshot

# Of these fields only the members count, so what one adds and the other removes never touches.
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

    A conflict named in `choices` is resolved as it says there: "own", "theirs" or, in the body,
    "both" (one's own first).
    """
    choices = choices or {}
    merge = Merge(own)
    values: dict[str, Any] = {}
    for name, label in own.labels().items():
        before, mine, other = (getattr(snapshot, name) for snapshot in (base, own, theirs))
        if name == "body":
            values[name] = merge_bodies(before, mine, other, merge, choices)
        elif name in SETS:
            added, gone = set(other) - set(before), set(before) - set(other)
            values[name] = tuple(one_of_each((set(mine) | added) - gone))
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


def one_of_each(members: set[Any]) -> Iterable[Any]:
    # Both may have added a tag, each in other capitals.
    found: dict[Any, Any] = {}
    for one in sorted(members):
        found.setdefault(folded(one) if isinstance(one, str) else one, one)
    return found.values()


def edits(before: list[str], after: list[str]) -> tuple[list[list[str]], list[list[str]]]:
    """Collect what became of each block, and what was added before each block and at the end.

    Paragraphs that were rewritten are matched with what became of them, so that a colleague's
    change of the next paragraph does not touch them.
    """
    became = [[block] for block in before]
    gaps: list[list[str]] = [[] for _ in range(len(before) + 1)]
    for kind, at, end, start, stop in steps(before, after):
        if kind == "equal":
            continue
        for count, texts in segments(before[at:end], after[start:stop]):
            became[at : at + count] = [texts[place : place + 1] for place in range(count)]
            at += count
            gaps[at] += texts[count:]
    return became, gaps


def segments(was: list[str], now: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield groups of blocks by their number, with the texts that replace them.

    A block that became another is a group with that one; the blocks between are a group together.
    """
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
    if mine in (before, other):
        if other != mine:
            merge.taken.append(merge.result.labels()["body"])
        return other
    if other == before:
        return mine
    base = prose.blocks_of(before)
    own, own_gaps = edits(base, prose.blocks_of(mine))
    theirs, their_gaps = edits(base, prose.blocks_of(other))
    result: list[str] = []
    taken: list[int] = []

    def resolve(place: int, was: list[str], one: list[str], two: list[str]) -> None:
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
        resolve(place, [], own_gaps[place], their_gaps[place])
        if place < len(base):
            resolve(place, [base[place]], own[place], theirs[place])
    if taken:
        numbers = ", ".join(str(number) for number in dict.fromkeys(taken))
        merge.taken.append(f"{merge.result.labels()['body']} (paragraph {numbers})")
    return "".join(result)
