"""Fields of Word's: each has a code that says what it does, and then what it shows."""

import re
from dataclasses import dataclass, field

from lxml import etree

from .numbering import whole
from .package import child, local, value
from .styles import is_on

# Switches, some with words of their own, may stand before the address.
HYPERLINK = re.compile(
    r'\s*HYPERLINK\b(?:\s*+\\(?:[lot]\s*+(?:"[^"]*+"|[^\s"\\]++)|[^lot\W]))*+'
    r'\s*(?:"([^"]*)"|([^\s\\"]\S*))?',
    re.I,
)
PLACE = re.compile(r'\\l\s+"?([^"\s]+)', re.I)
CONTENTS = re.compile(r"\s*(TOC|INDEX)\b", re.I)
# Those that never show anything, and the boxes of forms.
SHOWS_NOTHING = re.compile(r"\s*($|(XE|TC|TA|RD|SET|ASK|PRIVATE|ADVANCE|FORM\w+)\b)", re.I)
# Word itself goes no deeper than this.
DEEPEST_FIELD = 20
LONGEST_CODE = 4_000


@dataclass
class Field:
    """`code` is complete when it shows; one that is never ended shows all that follows."""

    is_unended: bool = False
    shows: bool = False
    code: str = ""
    is_link: bool = False
    is_contents: bool = False
    url: str = ""

    def show(self) -> None:
        self.shows = True
        found = HYPERLINK.match(self.code)
        self.is_link, self.is_contents = bool(found), bool(CONTENTS.match(self.code))
        self.url = (found[1] or found[2] or "") if found else ""
        if self.url and "#" not in self.url and (place := PLACE.search(self.code)):
            self.url += f"#{place[1]}"


@dataclass
class Fields:
    """The open fields of a story, which may go over several paragraphs. One without an end, as far
    as the story goes, ends with its paragraph."""

    story: etree._Element
    open: list[Field] = field(default_factory=list)
    unended: set[etree._Element] = field(init=False)

    def __post_init__(self) -> None:
        begun: list[etree._Element] = []
        for node in self.story.iter("{*}fldChar"):
            kind = value(node, "fldCharType")
            if any(local(around) == "txbxContent" for around in node.iterancestors()):
                continue
            if kind == "begin":
                begun.append(node)
            elif kind == "end" and begun:
                begun.pop()
        self.unended = set(begun)

    def begin(self, node: etree._Element) -> None:
        is_unended = node in self.unended
        self.open.append(Field(is_unended, shows=is_unended))
        del self.open[:-DEEPEST_FIELD]

    def instruct(self, code: str) -> None:
        if self.open:
            self.open[-1].code = (self.open[-1].code + code)[:LONGEST_CODE]

    def end(self) -> Field | None:
        return self.open.pop() if self.open else None

    def end_paragraph(self) -> None:
        self.open = [one for one in self.open if not one.is_unended]

    @property
    def show(self) -> bool:
        return all(one.shows for one in self.open)

    @property
    def are_contents(self) -> bool:
        return any(one.is_contents for one in self.open)

    @property
    def url(self) -> str:
        return next((one.url for one in reversed(self.open) if one.url), "")


def form_words(form: etree._Element | None) -> str:
    """Return what a box of a form shows, the entry that is chosen or a tick, which stands nowhere
    else."""
    if (box := child(form, "checkBox")) is not None:
        is_checked = is_on(box, "checked")
        return "☒" if (is_on(box, "default") if is_checked is None else is_checked) else "☐"
    if (choices := child(form, "ddList")) is None:
        return ""
    entries = [value(one) for one in choices if local(one) == "listEntry"]
    at = whole(value(child(choices, "result")) or value(child(choices, "default")), 0)
    return entries[at] if at < len(entries) else ""
