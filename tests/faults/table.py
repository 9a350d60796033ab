"""The faults that there are, and the table of what was seen of them."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    fault: str
    seen: str
    limit: str
    # None where the fault cannot be injected on this machine; `seen` says why.
    held: bool | None


class CannotInject(Exception):
    """This machine lacks what a fault needs; the words say what."""


@dataclass(frozen=True)
class Drill:
    """One run: where it may write, and whether it is the one that takes a minute a fault."""

    folder: Path
    is_short: bool = False

    def choose(self, usual: int, short: int) -> int:
        return short if self.is_short else usual


Fault = Callable[[Drill], Iterable[Row]]
FAULTS: dict[str, Fault] = {}


def fault(inject: Fault) -> Fault:
    """Add a function to the drill, under its own name with hyphens."""
    name = inject.__name__.replace("_", "-")
    if name in FAULTS:
        raise ValueError(f"two faults are called {name}")
    FAULTS[name] = inject
    return inject


def rows_of(name: str, drill: Drill) -> Iterator[Row]:
    try:
        yield from FAULTS[name](drill)
    except CannotInject as reason:
        yield Row(name, f"left out: {reason}", "", None)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which this share of them lies; not a number where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else math.nan


def line(row: Row) -> str:
    held = {True: "held", False: "BROKEN", None: "left out"}[row.held]
    return f"| {row.fault} | {row.seen} | {row.limit} | {held} |"
