"""What could not be taken over of a manuscript and what to look at, in plain words."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

# Enough to work through; a longer list says how long it would have been.
LONGEST_LIST = 200
LONGEST_TEXT = 300
# Letters of all that is left behind; of more, it is said how many words there would be.
MOST_LETTERS = 200_000

# What is left behind, by one and by many. Where its words are known, they are listed below it.
DROPPED = {
    "text boxes": (
        "1 text box: its words are listed below",
        "{} text boxes: their words are listed below",
    ),
    "headers": ("1 header or footer", "{} headers and footers"),
    "notes": ("1 note that no mark leads to", "{} notes that no marks lead to"),
    "lost notes": (
        "1 note that is not in the file, which only has its mark",
        "{} notes that are not in the file, which only has their marks",
    ),
    "picture links": (
        "1 link of a picture: the picture stays",
        "{} links of pictures: the pictures stay",
    ),
    "parts": (
        "1 part in a form that cannot be read here",
        "{} parts in forms that cannot be read here",
    ),
    "embedded pictures": (
        "1 picture of an embedded part: add it by hand",
        "{} pictures of embedded parts: add them by hand",
    ),
    "subdocuments": ("1 part that lies in another file", "{} parts that lie in other files"),
    "unknown": (
        "1 part of a kind that is not known here",
        "{} parts of kinds that are not known here",
    ),
    "alternatives": (
        "1 version for old programs, which says something else",
        "{} versions for old programs, which say something else",
    ),
    "fields": (
        "1 field that only Word can fill",
        "{} fields that only Word can fill",
    ),
    "dates": ("1 date or number that Word fills in", "{} dates or numbers that Word fills in"),
    "gateways": (
        "1 address of a gateway in a link: it leads straight to its place",
        "{} addresses of gateways in links: they lead straight to their places",
    ),
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
    "cut shapes": (
        "1 picture that was cut to a shape: the library has its whole rectangle",
        "{} pictures that were cut to shapes: the library has their whole rectangles",
    ),
    "turned": (
        "1 picture that was turned or mirrored: the library has it as it was",
        "{} pictures that were turned or mirrored: the library has them as they were",
    ),
    "covered": (
        "1 picture with shapes drawn over it: the library has it bare",
        "{} pictures with shapes drawn over them: the library has them bare",
    ),
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
    "looks": ("Fonts, colours, sizes and underlining", ""),
}


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
    pictures: list[str] = field(default_factory=list)
    # Keys of pictures that are in the text and say nothing to those who do not see them.
    undescribed: list[int] = field(default_factory=list)
    # The words of what was left behind, by its kind.
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    comments: list[Comment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return all of it, for `from_json` in another process."""
        return {
            **vars(self),
            "comments": [asdict(comment) for comment in self.comments],
            "changes": [asdict(change) for change in self.changes],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        return cls(
            counts=Counter(data["counts"]),
            pictures=data["pictures"],
            undescribed=data["undescribed"],
            words=defaultdict(list, data["words"]),
            comments=[Comment(**one) for one in data["comments"]],
            changes=[Change(**one) for one in data["changes"]],
            notes=data["notes"],
        )

    def leave(self, kind: str, words: str = "") -> None:
        """Count something of a kind that DROPPED knows as left behind, with its words."""
        self.counts[kind] += 1
        if words:
            self.words[kind].append(words)

    def dropped(self) -> list[str]:
        """Return one line, with its number, for each kind of thing that was left behind."""
        return [one["line"] for one in self.left_behind()]

    def left_behind(self) -> list[dict[str, Any]]:
        left = MOST_LETTERS
        found = []
        for kind, (one, many) in DROPPED.items():
            if count := self.counts[kind]:
                words, left = shortened(self.words.get(kind, []), left)
                line = one if count == 1 else many.format(count)
                found.append({"line": line, "words": words})
        return found

    def as_data(self) -> dict[str, Any]:
        return {
            "dropped": self.left_behind(),
            "notes": self.notes,
            "pictures": shortened(self.pictures)[0],
            "undescribed": self.undescribed,
            "comments": [asdict(comment) for comment in self.comments[:LONGEST_LIST]],
            "comment_count": len(self.comments),
            "changes": [asdict(change) for change in self.changes[:LONGEST_LIST]],
            "change_count": len(self.changes),
        }


def shortened(lines: list[str], most: int = MOST_LETTERS) -> tuple[list[str], int]:
    """Return the lines that may be shown, and how many letters more there may be; what is not shown
    is counted in its place."""
    shown: list[str] = []
    for line in lines:
        if len(line) > most or len(shown) == LONGEST_LIST:
            rest = lines[len(shown) :]
            words = sum(len(one.split()) for one in rest)
            return [*shown, f"… and {len(rest)} more, with {words} words"], 0
        shown.append(line)
        most -= len(line)
    return shown, most


def passage(words: str) -> str:
    """Return words in one line, cut if they are too many to be listed."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[:LONGEST_TEXT].rstrip()}…"
