"""CSV for people who open it in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

# What a spreadsheet takes for the beginning of a formula (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(cell: object) -> str:
    """Return a cell that stays text."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the lines of a file; it begins with a mark, so that Excel reads UTF-8."""
    yield "\ufeff"
    writer: Any = csv.writer(Echo())
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])
