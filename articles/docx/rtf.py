"""The words of a part in RTF 1.9.1, by its control words, with their emphasis, links and notes.

It is read once from its beginning to its end, as bytes: which letters they are, the font says.
"""

import codecs
import re
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from articles import prose
from articles.prose.gateways import unwrapped

from .fields import HYPERLINK
from .report import Change, Comment, Report, passage

TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|[\r\n\0]+|(?P<text>[^\\{}\r\n\0]+)",
    re.S,
)
# Groups that hold no words of the text. So do all that begin with \* and are not known here.
WITHOUT_WORDS = {
    "colortbl", "stylesheet", "listtable", "listoverridetable", "rsidtbl", "revtbl", "info",
    "pict", "objdata", "objclass", "objname", "themedata", "colorschememapping", "datastore",
    "latentstyles", "xmlnstbl", "mmathPr", "fldtype", "generator", "pgdsctbl", "ftnsep",
    "ftnsepc", "aftnsep", "aftnsepc", "bkmkstart", "bkmkend", "nonshppict", "shprslt",
    "filetbl", "template", "operator", "sn", "sv", "sp", "xe", "tc", "rxe", "atnid", "atnref",
    "atntime", "atnicn", "atrfstart", "atrfend", "private", "passwordhash", "userprops",
    "docvar", "wgrffmtfilter", "pnseclvl", "falt", "panose", "fontemb",
}  # fmt: skip
READ_ALL_THE_SAME = {"shppict", "shpinst", "pn", "do", "mmath", "moMath", "moMathPara"}
# Groups whose words stand beside the text, by what becomes of them.
ASIDE = {
    "header": "headers", "headerl": "headers", "headerr": "headers", "headerf": "headers",
    "footer": "headers", "footerl": "headers", "footerr": "headers", "footerf": "headers",
    "shptxt": "text boxes", "dptxbxtext": "text boxes", "annotation": "comment",
    "atnauthor": "who", "footnote": "note", "fldinst": "code", "fonttbl": "fonts",
}  # fmt: skip
CHARACTERS = {
    "tab": " ", "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022", "emspace": " ",
    "enspace": " ", "qmspace": " ", "~": "\xa0", "_": "\u2011", "-": "\u00ad",
}  # fmt: skip
ENDS = {"par", "sect", "page", "column", "cell", "row", "nestcell", "nestrow", "\n", "\r"}
MARKS = {"b": "strong", "i": "em", "strike": "s", "striked": "s", "super": "sup", "sub": "sub"}
FATES = {"v": "hidden", "deleted": "deleted"}
CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
# Of \fcharset, where a font says it.
CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
MOST_FALLBACK = 20


@dataclass(frozen=True)
class State:
    """The state of a group; `into` is what its words become: "" the text, None nothing."""

    into: str | None = ""
    aside: list[str] = field(default_factory=list)
    is_ignorable: bool = False
    fallback: int = 1
    font: int = -1
    # Why the words are left out: “hidden” or “deleted”.
    fate: str = ""
    marks: frozenset[str] = frozenset()
    url: str = ""


class Rtf:
    def __init__(self, data: bytes, report: Report) -> None:
        self.data = data
        self.report = report
        self.state = State()
        self.around: list[State] = []
        self.encoding = "cp1252"
        self.encodings: dict[int, str] = {}
        self.lines: list[list[str]] = [[]]
        # Words that are being left out, and why.
        self.left: list[str] = []
        self.fate = ""
        # Bytes whose letters are not known before the last of them; half of a pair in UTF-16.
        self.waiting = bytearray()
        self.half = 0
        # How many characters stand there only for programs that know no Unicode.
        self.to_skip = 0
        self.code = self.who = ""
        self.pictures = 0

    def html(self) -> str:
        """Return its words as prose that is not sanitized; what stands beside them is reported."""
        at = 0
        while found := TOKEN.match(self.data, at):
            at = found.end()
            if name := (found["word"] or found["sign"] or b"").decode("latin-1"):
                number = int(found["number"]) if found["number"] else None
                at += max(number or 0, 0) if name == "bin" else 0
                self.control(name, number)
            elif found["brace"]:
                self.brace(found["brace"])
            elif found["hex"]:
                self.take(bytes.fromhex(found["hex"].decode()))
            elif found["text"]:
                self.take(found["text"])
        while self.around:
            self.brace(b"}")
        self.flush()
        self.tell()
        lines = ("".join(parts).strip() for parts in self.lines)
        return "".join(f"<p>{line}</p>" for line in lines if line)

    def brace(self, brace: bytes) -> None:
        self.flush()
        self.to_skip = 0
        if brace == b"{":
            self.around.append(self.state)
            self.state = replace(self.state, is_ignorable=False)
        elif self.around:
            ended, self.state = self.state, self.around.pop()
            if ended.aside is not self.state.aside:
                self.end(ended.into or "", " ".join("".join(ended.aside).split()))

    def end(self, into: str, words: str) -> None:
        """Take up the words that stood beside the text, as their group ends."""
        if into == "code":
            self.code = words
        elif into == "who":
            self.who = words
        elif into == "comment" and words:
            self.report.comments.append(Comment(self.who, words, ""))
        elif into == "note" and words:
            self.lines[-1].append(f'<small class="footnote">{escape(words, quote=False)}</small>')
        elif into in ("headers", "text boxes") and words:
            self.report.leave(into, words)

    def control(self, name: str, number: int | None) -> None:
        if self.to_skip and name not in ("u", "uc"):
            self.to_skip -= 1
            return
        self.flush()
        if name == "u":
            self.unicode((number or 0) % 65_536)
        elif name in ENDS:
            self.end_line()
        elif name in ("line", "softline"):
            self.write("\n")
        elif name in CHARACTERS:
            self.write(CHARACTERS[name])
        elif name in "\\{}":
            self.write(name)
        elif name == "*":
            self.change(is_ignorable=True)
        elif name in ("ansicpg", "mac", "pc", "pca"):
            self.encoding = known(CODE_PAGES.get(name, f"cp{number}"))
        elif name in ("fcharset", "cpg") and self.state.into == "fonts":
            page = f"cp{number}" if name == "cpg" else CHARSETS.get(number or 0, "")
            if page:
                self.encodings[self.state.font] = known(page)
        elif not self.destination(name):
            self.look(name, is_on=number != 0, number=number or 0)

    def destination(self, name: str) -> bool:
        """Begin a group that has a name; tell whether it is one."""
        if name == "pict" and self.state.into is not None:
            self.pictures += 1
        is_skipped = self.state.is_ignorable and name not in {*READ_ALL_THE_SAME, *ASIDE}
        if self.state.into is None or is_skipped or name in WITHOUT_WORDS:
            self.change(into=None, is_ignorable=False)
            return True
        self.change(is_ignorable=False)
        if name in ASIDE:
            self.change(into=ASIDE[name], aside=[], fate="", url="")
        elif name == "fldrslt":
            found = HYPERLINK.match(self.code)
            self.code = ""
            self.change(url=self.url_of((found[1] or found[2] or "") if found else ""))
        return name in ASIDE or name == "fldrslt"

    def look(self, name: str, *, is_on: bool, number: int) -> None:
        marks = self.state.marks
        if name == "uc":
            self.change(fallback=min(max(number, 0), MOST_FALLBACK))
        elif name == "f":
            self.change(font=number)
        elif name in FATES:
            self.change(fate=FATES[name] if is_on else "")
        elif name == "plain":
            self.change(fate="", marks=frozenset(), font=-1)
        elif name == "nosupersub":
            self.change(marks=marks - {"sup", "sub"})
        elif name in MARKS:
            self.change(marks=marks | {MARKS[name]} if is_on else marks - {MARKS[name]})

    def change(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    def url_of(self, typed: str) -> str:
        if not typed:
            return ""
        if straight := unwrapped(typed):
            self.report.leave("gateways", straight)
        url = prose.stored_url(straight or typed)
        if url is None:
            self.report.leave("addresses", passage(typed))
        return url or ""

    # Words

    def take(self, data: bytes) -> None:
        skipped = min(self.to_skip, len(data))
        self.to_skip -= skipped
        self.waiting += data[skipped:]

    def flush(self) -> None:
        if self.waiting:
            encoding = self.encodings.get(self.state.font, self.encoding)
            self.write(self.waiting.decode(encoding, "replace"))
            self.waiting.clear()

    def unicode(self, unit: int) -> None:
        self.to_skip = self.state.fallback
        if 0xDC00 <= unit < 0xE000 and self.half:
            unit = 0x10000 + ((self.half - 0xD800) << 10) + (unit - 0xDC00)
        self.half = unit if 0xD800 <= unit < 0xDC00 else 0
        if not 0xD800 <= unit < 0xE000:
            self.write(chr(unit))

    def end_line(self) -> None:
        if self.state.into == "":
            self.lines.append([])
        self.write(" ")

    def write(self, words: str) -> None:
        into = self.state.into
        if into:
            self.state.aside.append(words)
        if into != "":
            return
        if self.state.fate != self.fate:
            self.tell()
            self.fate = self.state.fate
        if self.fate:
            self.left.append(words)
            return
        html = escape(words, quote=False).replace("\n", "<br>")
        for mark in sorted(self.state.marks):
            html = f"<{mark}>{html}</{mark}>"
        url = self.state.url
        self.lines[-1].append(f'<a href="{escape(url)}">{html}</a>' if url else html)

    def tell(self) -> None:
        words, self.left = " ".join("".join(self.left).split()), []
        if words and self.fate == "deleted":
            self.report.changes.append(Change("Deleted", "", passage(words)))
        elif words:
            self.report.counts["hidden"] += 1


def known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "cp1252"
