"""What of two sequences is the same: the ground of comparing and of merging texts."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from difflib import SequenceMatcher

Step = tuple[str, int, int, int, int]

# Pairs of equal items that are looked at. An article has some thousands of them; a text that
# repeats itself a hundred thousand times would keep the server busy for hours.
PAIRS = 1_000_000


def steps(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Step]:
    """How `after` is made of `before`, as difflib's opcodes (kind, start, end, start, end).

    Promise: the work grows with the lengths. Where it would not, what lies between the common
    beginning and the common end is told as one replacement.
    """
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    middle: list[Step] = [("replace", 0, len(old), 0, len(new))]
    counts = Counter(new)
    if sum(times * counts[item] for item, times in Counter(old).items()) <= PAIRS:
        middle = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    found: list[Step] = [("equal", 0, head, 0, head)]
    for kind, i, i_end, j, j_end in middle:
        if not i_end - i or not j_end - j:
            kind = "delete" if i_end - i else "insert"
        found.append((kind, i + head, i_end + head, j + head, j_end + head))
    end = len(before) - tail, len(before), len(after) - tail, len(after)
    found.append(("equal", *end))
    return [step for step in found if step[1] < step[2] or step[3] < step[4]]


# How many of the later items are looked at for each of the earlier ones.
NEAR = 8
# How alike two items are that are versions of each other; and from where on none better is sought.
ALIKE, SAME = 0.4, 0.8


def pairs(
    before: int, after: int, likeness: Callable[[int, int], float]
) -> list[tuple[int | None, int | None]]:
    """Which of the `before` items that were replaced became which of the `after` items.

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
