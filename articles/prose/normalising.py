"""Tokens built into stored prose: every word finds its place in a block that may stand there."""

import re

from . import policy
from .escaping import in_text
from .frames import (
    BARE,
    BLANKS,
    DEPTH_IN_TABLE,
    GRIDS,
    HEADINGS,
    LISTS,
    ONE_LINE,
    ONLY_AT_TOP,
    SEEN,
    TABLE_PARTS,
    Frame,
    Line,
    Marks,
    element,
    figure_tag,
    opening_tag,
)
from .tokens import Close, Open, tokens

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
FRAMES = {"blockquote", "li", *LISTS, *ONLY_AT_TOP, *TABLE_PARTS}
# What begins a new line in a browser and has no place of its own in stored prose.
# fmt: off
LINES = {
    "address", "article", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "html", "legend", "main",
    "nav", "option", "optgroup", "pre", "search", "section", "select", "summary", "textarea",
    "title",
}
# fmt: on
# Lists and tables deeper than this become lines. No article comes near it; it bounds the work.
DEEPEST = 24

# Not Word's mso-bidi-font-weight, which stands in bold words.
LIGHT = re.compile(r"(?<![\w-])font-weight:\s*(normal|[1-4]00)", re.I)


def built(typed: str) -> str:
    """Stored prose made of whatever was typed.

    Promise: every word that a browser would show is in it, though not always in the same order:
    what may stand only at the top is set after the block it was typed into.
    """
    builder = Builder()
    for token in tokens(typed):
        if isinstance(token, str):
            builder.write(token)
        elif isinstance(token, Open):
            builder.open(token)
        else:
            builder.close(token)
    return builder.finished()


class Builder:
    def __init__(self) -> None:
        self.blocks: list[str] = []
        # Blocks to be set after the top-level block that is being built.
        self.later: list[str] = []
        self.frames = [Frame("", "", "", self.blocks, {})]
        self.line: Line | None = None
        self.line_name = ""
        self.marks: Marks = {}
        self.note: Line | None = None
        self.marks_around_note: Marks = {}
        # For each <small> that is open, whether it is a footnote.
        self.smalls: list[bool] = []
        self.has_break = False

    @property
    def top(self) -> Frame:
        return self.frames[-1]

    @property
    def wanted_marks(self) -> list[tuple[str, str]]:
        return [(name, opening) for name, (opening, _) in self.marks.items() if opening]

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

    def open(self, tag: Open) -> None:
        name = SAME_AS.get(tag.name, tag.name)
        if name in policy.MARKS:
            self._open_mark(name, tag)
        elif name == "small":
            self._open_small(tag)
        elif name == "br":
            self._break_line()
        elif name == "p" or name in HEADINGS:
            self._end_line()
            self.line_name = name
        elif name == "hr":
            self._rule(tag)
        elif name in TABLE_PARTS:
            self._open_table_part(name, tag)
        elif name == "li":
            self._open_item()
        elif name in FRAMES:
            self._open_frame(name, tag)
        elif name in LINES:
            self._end_line()

    def close(self, tag: Close) -> None:
        name = SAME_AS.get(tag.name, tag.name)
        if name in policy.MARKS:
            self._close_mark(name)
        elif name == "small":
            if self.smalls and self.smalls.pop():
                self._end_note()
        elif name in FRAMES:
            self._end_line()
            self._close_frame(name)
        elif name == "p" or name in HEADINGS or name in LINES:
            self._end_line()

    def finished(self) -> str:
        self._end_line()
        while len(self.frames) > 1:
            self._pop()
        self._set_later()
        return "".join(self.blocks)

    # Words and their marks

    def _open_mark(self, name: str, tag: Open) -> None:
        if name == "a":
            # A link ends where the next begins.
            self.marks.pop("a", None)
            self.marks["a"] = (policy.link_tag(tag.attributes), 1)
        elif name in self.marks:
            opening, times = self.marks[name]
            self.marks[name] = (opening, times + 1)
        # What is pasted from Google Docs stands in one <b> that is not bold.
        elif not (tag.name == "b" and LIGHT.search(tag.attributes.get("style", ""))):
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

    def _open_small(self, tag: Open) -> None:
        is_note = (
            policy.FOOTNOTE in tag.attributes.get("class", "").split()
            and self.note is None
            and self.top.kind not in {"aside", *ONE_LINE}
        )
        self.smalls.append(is_note)
        if is_note:
            self.line = self.line or self._new_line()
            self.line.set_marks([])
            self.note = Line("")
            self.marks_around_note, self.marks = self.marks, {}

    def _end_note(self) -> None:
        """Put the footnote that is being written, if any, into the line where its mark goes."""
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
        frame = self.top
        if frame.kind in GRIDS:
            self.later.append(f"<p>{text}</p>")
            return
        if frame.kind in ONE_LINE or (frame.kind in BARE and not name and not frame.parts):
            frame.parts.append(text)
        else:
            name = name if name in HEADINGS and not frame.kind else "p"
            frame.parts.append(f"<{name}>{text}</{name}>")
        frame.seen = True

    # Blocks and what they stand in

    def _rule(self, tag: Open) -> None:
        self._end_line()
        self._leave_ended_item()
        is_break = policy.TEASER_BREAK in tag.attributes.get("class", "").split()
        if self.top.kind or (is_break and self.has_break):
            return
        self.has_break = self.has_break or is_break
        self.blocks.append(f'<hr class="{policy.TEASER_BREAK}">' if is_break else "<hr>")

    def _open_frame(self, name: str, tag: Open) -> None:
        self._end_line()
        if len(self.frames) >= DEEPEST:
            return
        if name in LISTS:
            # A list typed between two items belongs to the one before it.
            self.top.ended = False
            if self.top.kind in LISTS:
                self._push("li")
        else:
            self._leave_ended_item()
        opening = self._frame_opening(name, tag)
        if opening:
            self._push(name, opening)
        else:
            self.frames.append(Frame(name, self.top.kind, "", self.top.parts, dict(self.marks)))

    def _frame_opening(self, name: str, tag: Open) -> str:
        """The opening tag under which the element can stand here; empty if it cannot."""
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
        if at and self.frames[at].kind in LISTS:
            self._pop_down_to(at + 1)
            self._push("li")

    def _open_table_part(self, name: str, tag: Open) -> None:
        self._end_line()
        at = max(i for i, frame in enumerate(self.frames) if not i or frame.name == "table")
        if not at:
            return
        depth = DEPTH_IN_TABLE.get(name, 1)
        while DEPTH_IN_TABLE.get(self.top.kind, 9) >= depth:
            self._pop()
        # A table has one caption and one head; what else claims to be one is text, or a body.
        once = self.frames[at].once
        if name == "caption" and "caption" in once:
            return
        if name == "thead" and "thead" in once:
            name = "tbody"
        once.add(name)
        for implied in ("tbody", "tr"):
            if DEPTH_IN_TABLE[self.top.kind] + 1 == DEPTH_IN_TABLE[implied] < depth:
                self._push(implied)
        self._push(name, opening_tag(name, tag.attributes))

    def _close_frame(self, name: str) -> None:
        at = self._found({name})
        if not at:
            return
        if name == "li":
            self._pop_down_to(at + 1)
            self.top.ended = True
        else:
            self._pop_down_to(at)

    def _found(self, names: set[str]) -> int:
        """Where the innermost frame of these names is; 0 if there is none, or only outside of
        the cell or the table in which we are."""
        walls = {"table"} if names <= TABLE_PARTS else {"table", "caption", "td", "th"}
        for at in range(len(self.frames) - 1, 0, -1):
            if self.frames[at].name in names:
                return at
            if self.frames[at].name in walls and names != {"table"}:
                return 0
        return 0

    def _leave_ended_item(self) -> None:
        if self.top.ended:
            self._pop()

    def _push(self, name: str, opening: str = "") -> None:
        self.frames.append(Frame(name, name, opening or f"<{name}>", [], self.marks))
        self.marks = dict(self.marks)

    def _pop_down_to(self, count: int) -> None:
        while len(self.frames) > count:
            self._pop()

    def _pop(self) -> None:
        frame = self.frames.pop()
        self.marks = frame.marks
        if not frame.opening:
            self.top.seen = self.top.seen or frame.seen
        elif (block := element(frame)) and frame.kind in ONLY_AT_TOP and self.top.kind:
            self.later.append(block)
        elif block:
            self.top.parts.append(block)
            self.top.seen = self.top.seen or frame.seen
        if not self.top.kind:
            self._set_later()

    def _set_later(self) -> None:
        self.blocks += self.later
        self.later.clear()
