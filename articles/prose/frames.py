"""What stored prose is built of: lines of text, and the frames that hold them."""

import re
from dataclasses import dataclass, field

from . import policy
from .embeds import is_known
from .escaping import in_attribute

HEADINGS = {"h2", "h3"}
LISTS = {"ul", "ol"}
CELLS = {"td", "th"}
# How deep the parts of a table stand in it. Whatever stands in a cell or a caption is deeper.
DEPTH_IN_TABLE = {"table": 0, "thead": 1, "tbody": 1, "tr": 2, "td": 3, "th": 3}
TABLE_PARTS = {"caption", *DEPTH_IN_TABLE} - {"table"}
# No line of text can stand directly in these; it is set after the table.
GRIDS = {"table", "thead", "tbody", "tr"}
# These hold one line, whatever was typed into them.
ONE_LINE = {"caption", "figure"}
# The first line in these needs no paragraph around it.
BARE = {"li", "td", "th"}
# Typed anywhere else, these are set after the block they were typed into.
ONLY_AT_TOP = {"aside", "figure", "table"}
SEEN = re.compile(r"[^\s\u00ad\u200b-\u200f\u2060\ufeff]")
BLANKS = " \t\n"

# The marks that stand around a word: name -> (opening tag, how often it was opened).
Marks = dict[str, tuple[str, int]]


@dataclass
class Frame:
    """An element that may hold others. `kind` says what may stand in it: its own name or, where
    it could not stand itself (then it has no opening tag), the kind of the frame around it."""

    name: str
    kind: str
    opening: str
    parts: list[str]
    marks: Marks
    seen: bool = False
    # An item whose end was read; a list may still be added to it.
    ended: bool = False
    # Of a table: which of its parts have been begun.
    once: set[str] = field(default_factory=set)


@dataclass
class Line:
    """The text of one block, or of a footnote in it."""

    name: str
    parts: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    seen: bool = False

    def set_marks(self, wanted: list[tuple[str, str]]) -> None:
        """Close and open tags so that the next word stands in exactly these marks."""
        if self.open == wanted:
            return
        kept = 0
        while self.open[: kept + 1] == wanted[: kept + 1] and kept < len(wanted):
            kept += 1
        self.parts += [f"</{name}>" for name, _ in reversed(self.open[kept:])]
        self.parts += [opening for _, opening in wanted[kept:]]
        self.open = wanted

    def finished(self) -> str:
        """The line as HTML, empty where nothing can be seen in it."""
        self.set_marks([])
        return "".join(self.parts).strip(BLANKS) if self.seen else ""


def opening_tag(name: str, typed: dict[str, str]) -> str:
    kept = [
        f' {attribute}="{value}"'
        for attribute, form in policy.ATTRIBUTES.get(name, {}).items()
        if form.fullmatch(value := typed.get(attribute, ""))
    ]
    return f"<{name}{''.join(kept)}>"


def figure_tag(typed: dict[str, str]) -> str:
    """The opening tag of a picture or an embed; empty where it is neither."""
    image, name, key = (typed.get(f"data-{part}", "") for part in ("image", "embed", "id"))
    if policy.attribute("figure", "data-image", image):
        alt = " ".join(typed.get("data-alt", "").split())[: policy.ALT_LENGTH].strip()
        words = f' data-alt="{in_attribute(alt)}"' if alt else ""
        return f'<figure data-image="{image}"{words}>'
    if is_known(name, key):
        return f'<figure data-embed="{name}" data-id="{in_attribute(key)}">'
    return ""


def element(frame: Frame) -> str:
    """A closed frame as HTML, empty where it must not be kept."""
    parts = frame.parts
    if frame.kind == "figure":
        caption = " ".join(parts)
        parts = [f"<figcaption>{caption}</figcaption>"] if caption else []
    elif frame.kind == "caption":
        parts = [" ".join(parts)] if parts else []
    elif frame.kind == "table":
        # In the order that HTML asks for, the bodies as they came.
        order = ("<caption", "<thead", "<tbody")
        parts = [p for start in order for p in parts if p.startswith(start)] if frame.seen else []
    if not parts and frame.kind not in {"figure", *CELLS}:
        return ""
    return f"{frame.opening}{''.join(parts)}</{frame.kind}>"
