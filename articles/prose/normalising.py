"""Make stored prose of tokens: every word finds its place in a block that may stand there."""

import re

from . import policy
from .elements import BLANKS, Line, Marks, OpenElement, element, figure_tag, opening_tag
from .escaping import in_text
from .looks import UNDONE, says
from .tokenizing import Tag, tokenize

HEADINGS = {"h2", "h3"}
LISTS = {"ul", "ol"}
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

SAME_AS = {
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "menu": "ul",
    "dir": "ul",
    "tfoot": "tbody",
}
ELEMENTS = {"blockquote", "li", *LISTS, *ONLY_AT_TOP, *TABLE_PARTS}
# What begins a new line in a browser and has no place of its own in stored prose.
# fmt: off
LINES = {
    "address", "article", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "html", "legend", "main",
    "listing", "nav", "option", "optgroup", "plaintext", "pre", "search", "section", "select",
    "summary", "textarea", "title", "xmp",
}
# fmt: on
# Lists and tables deeper than this become lines. No article comes near it; it bounds the work.
DEEPEST = 24


def normalise(typed: str) -> list[str]:
    """Build the blocks of stored prose from whatever was typed.

    Promise: every word that a browser would show is in it, though not always in the same order:
    what may stand only at the top is set after the block it was typed into.
    """
    builder = Builder()
    for token in tokenize(typed):
        if isinstance(token, str):
            builder.write(token)
        elif token.is_end:
            builder.close(token.name)
        else:
            builder.open(token)
    return builder.finished()


class Builder:
    def __init__(self) -> None:
        self.blocks: list[str] = []
        # Blocks to be set after the top-level block that is open.
        self.later: list[str] = []
        self.open_elements = [OpenElement("", "", "", self.blocks, {})]
        self.line: Line | None = None
        self.line_name = ""
        self.marks: Marks = {}
        self.note: Line | None = None
        self.marks_around_note: Marks = {}
        # For each <small> that is open: a footnote, one that cannot stand here, or neither.
        self.smalls: list[str] = []
        self.has_break = False

    @property
    def top(self) -> OpenElement:
        return self.open_elements[-1]

    @property
    def wanted_marks(self) -> tuple[str, ...]:
        return tuple(opening for opening, _ in self.marks.values() if opening)

    # What comes in

    def write(self, words: str) -> None:
        if self.line is None:
            if not words.strip(BLANKS):
                return
            self.line = self._new_line()
        line = self.note or self.line
        line.set_marks(self.wanted_marks)
        line.parts.append(in_text(words))
        line.seen = line.seen or bool(SEEN.search(words))

    def open(self, tag: Tag) -> None:
        name = SAME_AS.get(tag.name, tag.name)
        if name in policy.MARKS:
            self._open_mark(name, tag)
        elif name == "small":
            self._open_small(tag)
        elif name == "br":
            self._break_line()
        elif name == "img":
            # No picture of another program is kept, but it parted two words.
            self.write(" ")
        elif name == "p" or name in HEADINGS:
            self._end_line()
            self.line_name = name
        elif name == "hr":
            self._rule(tag)
        elif name in TABLE_PARTS:
            self._open_table_part(name, tag)
        elif name == "li":
            self._open_item()
        elif name in ELEMENTS:
            self._open_element(name, tag)
        elif name in LINES:
            self._end_line()

    def close(self, name: str) -> None:
        name = SAME_AS.get(name, name)
        if name in policy.MARKS:
            self._close_mark(name)
        elif name == "small":
            self._close_small()
        elif name in ELEMENTS:
            self._end_line()
            self._close_element(name)
        elif name == "p" or name in HEADINGS or name in LINES:
            self._end_line()

    def finished(self) -> list[str]:
        self._end_line()
        while len(self.open_elements) > 1:
            self._pop()
        self._set_later()
        return self.blocks

    # Words and their marks

    def _open_mark(self, name: str, tag: Tag) -> None:
        if name == "a":
            # A link ends where the next begins.
            self.marks.pop("a", None)
            self.marks["a"] = (policy.link_tag(tag.attributes), 1)
        elif name in self.marks:
            opening, times = self.marks[name]
            self.marks[name] = (opening, times + 1)
        # What is pasted from Google Docs stands in one <b> that is not bold.
        elif UNDONE.get(tag.name) not in says(tag.attributes.get("style", "")):
            self.marks[name] = (f"<{name}>", 1)

    def _close_mark(self, name: str) -> None:
        opening, times = self.marks.pop(name, ("", 0))
        if times > 1:
            self.marks[name] = (opening, times - 1)

    def _break_line(self) -> None:
        if self.note:
            self.write(" ")
        elif self.line:
            self.line.set_marks(self.wanted_marks)
            self.line.parts.append("<br>")

    def _open_small(self, tag: Tag) -> None:
        if policy.FOOTNOTE not in tag.attributes.get("class", "").split():
            self.smalls.append("")
        elif self.note or self.top.kind in {"aside", *ONE_LINE}:
            self.smalls.append("words")
            self.write(" ")
        else:
            self.smalls.append("note")
            self.line = self.line or self._new_line()
            self.line.set_marks(())
            self.note = Line("")
            self.marks_around_note, self.marks = self.marks, {}

    def _close_small(self) -> None:
        kind = self.smalls.pop() if self.smalls else ""
        if kind == "note":
            self._end_note()
        elif kind == "words":
            self.write(" ")

    def _end_note(self) -> None:
        """Put the footnote that is being written, if any, into the line of its mark."""
        if self.note and self.line:
            if text := self.note.finished():
                self.line.parts.append(f'<small class="{policy.FOOTNOTE}">{text}</small>')
                self.line.seen = True
            self.note = None
            self.marks = self.marks_around_note

    def _new_line(self) -> Line:
        self._leave_ended_item()
        if self.top.kind in LISTS:
            self._push("li")
        return Line(self.line_name)

    def _end_line(self) -> None:
        self._end_note()
        line, self.line = self.line, None
        self.line_name = ""
        if line and (text := line.finished()):
            self._place(line.name, text)

    def _place(self, name: str, text: str) -> None:
        parent = self.top
        if parent.kind in GRIDS:
            self.later.append(f"<p>{text}</p>")
            return
        if parent.kind in ONE_LINE or (parent.kind in BARE and not name and not parent.parts):
            parent.parts.append(text)
        else:
            name = name if name in HEADINGS and not parent.kind else "p"
            parent.parts.append(f"<{name}>{text}</{name}>")
        parent.seen = True

    # Blocks and what they stand in

    def _rule(self, tag: Tag) -> None:
        self._end_line()
        self._leave_ended_item()
        is_break = policy.TEASER_BREAK in tag.attributes.get("class", "").split()
        if self.top.kind or (is_break and self.has_break):
            return
        self.has_break = self.has_break or is_break
        self.blocks.append(f'<hr class="{policy.TEASER_BREAK}">' if is_break else "<hr>")

    def _open_element(self, name: str, tag: Tag) -> None:
        self._end_line()
        if len(self.open_elements) >= DEEPEST:
            return
        if name in LISTS:
            # A list typed between two items belongs to the one before it.
            self.top.ended = False
            if self.top.kind in LISTS:
                self._push("li")
        else:
            self._leave_ended_item()
        opening = self._element_opening(name, tag)
        if opening:
            self._push(name, opening)
        else:
            top = self.top
            self.open_elements.append(OpenElement(name, top.kind, "", top.parts, dict(self.marks)))

    def _element_opening(self, name: str, tag: Tag) -> str:
        """Return the opening tag under which the element can stand here; empty if it cannot."""
        if name in LISTS:
            stands = self.top.kind in {"", "blockquote", *BARE}
            return opening_tag(name, tag.attributes) if stands else ""
        if name == "blockquote":
            return "" if self.top.kind else "<blockquote>"
        if name == "table":
            return "<table>"
        if name == "aside":
            is_quote = policy.PULL_QUOTE in tag.attributes.get("class", "").split()
            return f'<aside class="{policy.PULL_QUOTE}">' if is_quote else ""
        return figure_tag(tag.attributes)

    def _open_item(self) -> None:
        self._end_line()
        at = self._found(LISTS)
        if at and self.open_elements[at].kind in LISTS:
            self._pop_down_to(at + 1)
            self._push("li")

    def _open_table_part(self, name: str, tag: Tag) -> None:
        self._end_line()
        tables = [i for i, one in enumerate(self.open_elements) if one.name == "table"]
        at = max(tables, default=0)
        if not at:
            return
        depth = DEPTH_IN_TABLE.get(name, 1)
        while DEPTH_IN_TABLE.get(self.top.kind, 9) >= depth:
            self._pop()
        # A table has one caption and one head; what else claims to be one is text, or a body.
        once = self.open_elements[at].once
        if name == "caption" and "caption" in once:
            return
        if name == "thead" and "thead" in once:
            name = "tbody"
        once.add(name)
        for implied in ("tbody", "tr"):
            if DEPTH_IN_TABLE[self.top.kind] + 1 == DEPTH_IN_TABLE[implied] < depth:
                self._push(implied)
        self._push(name, opening_tag(name, tag.attributes))

    def _close_element(self, name: str) -> None:
        at = self._found({name})
        if not at:
            return
        if name == "li":
            self._pop_down_to(at + 1)
            self.top.ended = True
        else:
            self._pop_down_to(at)

    def _found(self, names: set[str]) -> int:
        """Return the position of the innermost element of these names; 0 if there is none, or only
        outside of the current cell or table."""
        walls = {"table"} if names <= TABLE_PARTS else {"table", "caption", "td", "th"}
        for at in range(len(self.open_elements) - 1, 0, -1):
            if self.open_elements[at].name in names:
                return at
            if self.open_elements[at].name in walls and names != {"table"}:
                return 0
        return 0

    def _leave_ended_item(self) -> None:
        if self.top.ended:
            self._pop()

    def _push(self, name: str, opening: str = "") -> None:
        self.open_elements.append(OpenElement(name, name, opening or f"<{name}>", [], self.marks))
        self.marks = dict(self.marks)

    def _pop_down_to(self, count: int) -> None:
        while len(self.open_elements) > count:
            self._pop()

    def _pop(self) -> None:
        parent = self.open_elements.pop()
        self.marks = parent.marks
        if not parent.opening:
            self.top.seen = self.top.seen or parent.seen
        elif (block := element(parent)) and parent.kind in ONLY_AT_TOP and self.top.kind:
            self.later.append(block)
        elif block:
            self.top.parts.append(block)
            self.top.seen = self.top.seen or parent.seen
        if not self.top.kind:
            self._set_later()

    def _set_later(self) -> None:
        self.blocks += self.later
        self.later.clear()
