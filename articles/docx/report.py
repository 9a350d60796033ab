"""What could not be taken over of a manuscript and what to look at, in plain words."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

# Enough to work through; a longer list says how long it would have been.
LONGEST_LIST = 200
LONGEST_TEXT = 300

# What is left behind, by one and by many.
DROPPED = {
    "text boxes": (
        "1 text box: its words are listed below",
        "{} text boxes: their words are listed below",
    ),
    "headers": ("1 header or footer", "{} headers and footers"),
    "equations": (
        "1 equation: its letters stay as plain text",
        "{} equations: their letters stay as plain text",
    ),
    "objects": (
        "1 embedded object, such as a spreadsheet",
        "{} embedded objects, such as spreadsheets",
    ),
    "charts": ("1 chart or diagram", "{} charts and diagrams"),
    "drawings": ("1 drawn shape", "{} drawn shapes"),
    "hidden": ("1 passage of hidden text", "{} passages of hidden text"),
    "contents": ("1 line of a table of contents", "{} lines of a table of contents"),
    "symbols": ("1 character of a symbol font", "{} characters of symbol fonts"),
    "places": (
        "1 link to a place in the document itself: its words stay",
        "{} links to places in the document itself: their words stay",
    ),
    "addresses": (
        "1 link with an address that a website cannot have: its words stay",
        "{} links with addresses that a website cannot have: their words stay",
    ),
    "merged": (
        "1 table inside a table: it stands after the other",
        "{} tables inside tables: they stand after the others",
    ),
}
LOOKS = "Fonts, colours, sizes and underlining"


@dataclass(frozen=True)
class Comment:
    who: str
    words: str
    passage: str


@dataclass(frozen=True)
class Change:
    """A tracked change; `kind` is “Inserted” or “Deleted”."""

    kind: str
    who: str
    words: str


@dataclass
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    has_looks: bool = False
    pictures: list[str] = field(default_factory=list)
    # Keys of pictures that are in the text and say nothing to those who do not see them.
    undescribed: list[int] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def dropped(self) -> list[str]:
        """One line for each kind of thing that was left behind, with its number."""
        lines = [
            (one if self.counts[kind] == 1 else many.format(self.counts[kind]))
            for kind, (one, many) in DROPPED.items()
            if self.counts[kind]
        ]
        return [*lines, LOOKS] if self.has_looks else lines

    def as_data(self) -> dict[str, Any]:
        """All of it for the page that shows it, in plain values."""
        return {
            "dropped": self.dropped(),
            "notes": self.notes,
            "pictures": shortened(self.pictures),
            "undescribed": self.undescribed,
            "boxes": shortened(self.boxes),
            "comments": [asdict(comment) for comment in self.comments[:LONGEST_LIST]],
            "comment_count": len(self.comments),
            "changes": [asdict(change) for change in self.changes[:LONGEST_LIST]],
            "change_count": len(self.changes),
        }


def shortened(lines: list[str]) -> list[str]:
    more = len(lines) - LONGEST_LIST
    return [*lines[:LONGEST_LIST], f"… and {more} more"] if more > 0 else lines


def passage(words: str) -> str:
    """Words in one line, cut where they are too many to be listed."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[:LONGEST_TEXT].rstrip()}…"
