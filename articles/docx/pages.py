"""Web pages in a manuscript: what their authors hid, deleted or noted beside the text stays away,
and what says its meaning by its looks is given an element, as in text that is pasted.

A page is read token by token: a parser that follows the browsers' rules can be kept busy for hours,
or brought down, by one megabyte of nested tags.
"""

from collections import Counter
from dataclasses import dataclass
from html import escape

from articles.prose.looks import MARKS, UNDONE, Sheets, says
from articles.prose.tokenizing import Tag, tokenize

from .report import Change, Comment, Report, passage

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr",
}  # fmt: skip
# Those whose looks give them a meaning; a paragraph is bold as a whole by its looks alone.
STYLED = {"span", "font", "a", "u", "ins", "small", "big"}
INLINE = {
    *STYLED, "b", "i", "em", "strong", "del", "s", "strike", "sub", "sup", "code", "tt",
    "abbr", "o:p",
}  # fmt: skip
# The end of an inline element is not looked for beyond these, that of a block not beyond a cell.
CELLS = {"td", "th", "caption", "table"}
TABLE = {*CELLS, "tr", "thead", "tbody", "tfoot"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "details", "div", "dl", "dd", "dt",
    "fieldset", "figure", "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
}  # fmt: skip
# What ends when one of these begins, and what keeps it open.
ENDS = {
    "li": ({"li"}, {"ul", "ol", "table"}),
    "dt": ({"dt", "dd"}, {"dl", "table"}),
    "dd": ({"dt", "dd"}, {"dl", "table"}),
    "td": ({"td", "th"}, {"table"}),
    "th": ({"td", "th"}, {"table"}),
    "tr": ({"tr"}, {"table"}),
}
# Elements that browsers hide, whatever their style.
UNSHOWN = {"template", "xml"}
# How far a beginning is looked for; of what is deeper, an end takes the last that is open.
FARTHEST = 100


@dataclass(slots=True)
class Open:
    """An open element. `fate` says why all in it is left out; `closing` stands before its end."""

    name: str
    fate: str
    is_seen: bool
    closing: str = ""
    is_written: bool = True


class WebPage:
    def __init__(self, html: str, report: Report, sheets: list[str], *, is_flagging: bool) -> None:
        self.html = html
        self.report = report
        self.is_flagging = is_flagging
        self.sheets = Sheets(sheets)
        self.open = [Open("", "", True)]
        self.names: Counter[str] = Counter()
        self.parts: list[str] = []
        # The words so far of what is being left out.
        self.left: list[str] = []
        self.pictures = 0

    def cleaned(self) -> str:
        for token in tokenize(self.html):
            if isinstance(token, str):
                self.write(token)
            elif token.is_end:
                self.end(token.name)
            else:
                self.begin(token)
        self.pop_down_to(1)
        return "".join(self.parts)

    @property
    def is_left(self) -> bool:
        return bool(self.open[-1].fate) or not self.open[-1].is_seen

    def write(self, words: str) -> None:
        (self.left if self.is_left else self.parts).append(
            words if self.is_left else escape(words, quote=False)
        )

    def begin(self, tag: Tag) -> None:
        if tag.name in BLOCKS:
            self.end_before({"p"}, CELLS)
        self.end_before(*ENDS.get(tag.name, (set(), set())))
        around, attributes = self.open[-1], tag.attributes
        classes, key = attributes.get("class", ""), attributes.get("id", "")
        style = self.sheets.style(tag.name, classes, key)
        said = says(f"{style};{attributes.get('style', '')}")
        fate = around.fate or self.fate(tag.name, attributes, said)
        is_seen = "unseen" not in said and (around.is_seen or "seen" in said)
        one = Open(tag.name, fate, is_seen)
        if tag.name not in INLINE:
            (self.left if self.is_left else self.parts).append(" ")
        if tag.name in VOID:
            if not fate:
                self.parts.append(f"<{tag.name}{tag.source}>")
                self.pictures += tag.name == "img" and is_seen
            return
        self.open.append(one)
        self.names[tag.name] += 1
        if fate:
            return
        one.is_written = UNDONE.get(tag.name) not in said
        if one.is_written:
            self.parts.append(f"<{tag.name}{tag.source}>")
        marks = [mark for mark in MARKS if mark in said] if tag.name in STYLED else []
        self.parts += [f"<{mark}>" for mark in marks]
        one.closing = "".join(f"</{mark}>" for mark in reversed(marks))

    def fate(self, name: str, attributes: dict[str, str], said: frozenset[str]) -> str:
        if name in UNSHOWN or "hidden" in said or ("hidden" in attributes and "shown" not in said):
            return "hidden"
        if name == "del" and not self.is_flagging and {"datetime", "cite"} & attributes.keys():
            return "deleted"
        if "comment" in said:
            return "comment"
        return "mark" if name == "a" and "#_msocom_" in attributes.get("href", "") else ""

    def end(self, name: str) -> None:
        walls = CELLS if name in BLOCKS else CELLS | BLOCKS
        if name in TABLE:
            walls = {"table"} - {name}
        elif name == "template":
            walls = set()
        if not self.end_before({name}, walls) and not self.is_left:
            self.parts.append(f"</{name}>")

    def end_before(self, names: set[str], walls: set[str]) -> bool:
        """End the innermost of these that is open, with all in it; tell whether there is one."""
        if not any(self.names[name] for name in names):
            return False
        for at in range(len(self.open) - 1, max(len(self.open) - FARTHEST, 0), -1):
            name = self.open[at].name
            if name in names:
                self.pop_down_to(at)
                return True
            # A template is a page of its own to a browser.
            if name in walls or name == "template":
                return False
        return False

    def pop_down_to(self, count: int) -> None:
        while len(self.open) > count:
            was_left = self.is_left
            one = self.open.pop()
            self.names[one.name] -= 1
            if not one.fate:
                self.parts.append(one.closing + f"</{one.name}>" * one.is_written)
            if was_left and not self.is_left:
                self.tell(one.fate or "hidden")

    def tell(self, fate: str) -> None:
        words, self.left = " ".join("".join(self.left).split()), []
        if words and fate == "deleted":
            self.report.changes.append(Change("Deleted", "", passage(words)))
        elif words and fate == "comment":
            self.report.comments.append(Comment("", words, ""))
        elif words and fate == "hidden":
            self.report.counts["hidden"] += 1
