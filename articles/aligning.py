"""Alignment of two sequences (a patience diff), for comparing and merging texts."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

Step = tuple[str, int, int, int, int]
Run = tuple[int, int, int]

# Pairs of equal items that are looked at. An article has some thousands of them; a text that
# repeats itself a hundred thousand times would keep the server busy for hours.
PAIRS = 1_000_000
# In a long text few words stand once, but most pairs and nearly all threes of them do.
WIDEST = 3


def steps(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Step]:
    """Return how `after` is made of `before`, as difflib's opcodes (kind, start, end, start, end).

    Promise: the work grows with the lengths. Where it would not, the part between two certain
    matches is reported as one replacement.
    """
    found: list[Step] = []
    at, to = 0, 0
    for i, j, length in [*runs(before, after), (len(before), len(after), 0)]:
        if at < i or to < j:
            kind = "insert" if at == i else "delete" if to == j else "replace"
            found.append((kind, at, i, to, j))
        at, to = i + length, j + length
        if found and found[-1][0] == "equal":
            found[-1] = ("equal", found[-1][1], at, found[-1][3], to)
        elif length:
            found.append(("equal", i, at, j, to))
    return found


def runs(before: Sequence[Hashable], after: Sequence[Hashable], width: int = 1) -> Iterator[Run]:
    """Yield the parts that are equal: the start in each sequence, and the length.

    Anchors of a `width` cut the sequences into pieces, and wider ones cut these; 0 asks for none.
    """
    head, tail = common_ends(before, after)
    yield 0, 0, head
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not set(old).isdisjoint(new):
        same = between(anchors(old, new, width), old, new, width) if width else matches(old, new)
        for i, j, length in same:
            yield head + i, head + j, length
    yield len(before) - tail, len(after) - tail, tail


def between(
    found: list[tuple[int, int]], old: Sequence[Hashable], new: Sequence[Hashable], width: int
) -> Iterator[Run]:
    at, to, wider = 0, 0, width + 1 if width < WIDEST else 0
    for i, j in [*found, (len(old), len(new))]:
        if at < i and to < j:
            for start, begin, length in runs(old[at:i], new[to:j], wider):
                yield at + start, to + begin, length
        if i < len(old):
            yield i, j, 1
        at, to = i + 1, j + 1


def common_ends(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[int, int]:
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return head, tail


def anchors(old: Sequence[Hashable], new: Sequence[Hashable], width: int) -> list[tuple[int, int]]:
    """Places of items that stand once in each, together with those after them that make up the
    `width`; as many of them as are in the same order.

    Between them little is left, so that long texts are compared piece by piece (this is what
    is called a patience diff).
    """
    if width > 1:
        old, new = ([*zip(*(side[k:] for k in range(width)), strict=False)] for side in (old, new))
    counts, places = Counter(old), {item: j for j, item in enumerate(new)}
    others = Counter(new)
    single = [
        (i, places[item])
        for i, item in enumerate(old)
        if counts[item] == 1 and others.get(item) == 1
    ]
    # The longest rising row: of the rows of each length, the one that ends lowest.
    lowest: list[int] = []
    # The last pair of each, together with the row before it.
    rows: list[Any] = []
    for i, j in single:
        length = bisect_left(lowest, j)
        lowest[length : length + 1] = [j]
        rows[length : length + 1] = [((i, j), rows[length - 1] if length else None)]
    found: list[tuple[int, int]] = []
    row = rows[-1] if rows else None
    while row:
        pair, row = row
        found.append(pair)
    return found[::-1]


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[Run]:
    counts = Counter(new)
    if sum(times * counts[item] for item, times in Counter(old).items()) <= PAIRS:
        yield from SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()


# How many of the later items are looked at for each of the earlier ones.
NEAR = 8
# How alike two items are that are versions of each other; and from where on none better is sought.
ALIKE, SAME = 0.4, 0.8


def pairs(
    before: int, after: int, likeness: Callable[[int, int], float]
) -> list[tuple[int | None, int | None]]:
    """Match the `before` items that were replaced with the `after` items that they became.

    Both stay in their order; None stands where an item has no counterpart. `likeness` says of two
    positions how alike the items are, from 0 to 1. Promise: it is asked a number of times that
    grows with the lengths.
    """
    found: list[tuple[int | None, int | None]] = []
    at = 0
    for i in range(before):
        near = [(likeness(i, j), j) for j in range(at, min(at + NEAR, after))]
        alike, best = max(near, key=lambda one: (one[0], -one[1]), default=(0.0, at))
        rivals = range(i + 1, min(i + NEAR, before)) if ALIKE <= alike < SAME else ()
        if alike < ALIKE or any(likeness(rival, best) > alike for rival in rivals):
            found.append((i, None))
            continue
        found += [(None, j) for j in range(at, best)]
        found.append((i, best))
        at = best + 1
    return found + [(None, j) for j in range(at, after)]
