"""The inside of a paragraph: words and their marks, links, notes, pictures, changes."""

import re
from dataclasses import dataclass
from html import escape

from lxml import etree

from articles import prose

from .package import child, local, value
from .report import Change
from .story import Story, words_of
from .styles import OFF, marks

HYPERLINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^\s\\]\S*))?', re.I)
CONTENTS = re.compile(r"\s*(TOC|INDEX)\b", re.I)
LOOKS = {"color", "sz", "rFonts", "highlight", "u", "shd"}
# What only holds others.
WRAPPERS = {"smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo", "ruby", "rubyBase"}
WORDS = {"tab": " ", "ptab": " ", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
# Word itself goes no deeper than this.
DEEPEST_FIELD = 20
# Fonts whose letters are pictures.
PRIVATE_USE = range(0xE000, 0xF900)


@dataclass
class Field:
    """A field of Word's: what it does stands in `code`, what it shows comes after that."""

    code: str = ""
    shows: bool = False

    @property
    def address(self) -> str:
        found = HYPERLINK.match(self.code)
        return (found[1] or found[2] or "") if found else ""


class Line:
    """A paragraph, or several in a row, as the inside of one block in HTML.

    `fields` are those that are open: a field may begin in one paragraph and end in another.
    """

    def __init__(self, story: Story, part: str, fields: list[Field], *, is_note: bool) -> None:
        self.story = story
        self.part = part
        self.fields = fields
        self.is_note = is_note
        self.parts: list[str] = []
        self.words: list[str] = []
        self.figures: list[str] = []

    @property
    def html(self) -> str:
        return "".join(self.parts)

    @property
    def plain(self) -> str:
        return " ".join("".join(self.words).split())

    def read(self, node: etree._Element) -> None:
        for one in node:
            name = local(one)
            if name == "r":
                self.run(one)
            elif name in WRAPPERS:
                self.read(one)
            elif name == "AlternateContent":
                self.read(chosen(one))
            elif name == "hyperlink":
                self.hyperlink(one)
            elif name == "fldSimple":
                self.fields.append(Field(value(one, "instr"), shows=True))
                self.read(one)
                self.fields.pop()
            elif name in ("ins", "moveTo"):
                self.inserted(one)
            elif name in ("del", "moveFrom"):
                self.deleted(one)
            elif name == "commentRangeStart":
                self.story.begin_comment(value(one, "id"))
            elif name == "commentRangeEnd":
                self.story.end_comment(value(one, "id"), self.plain)
            elif name in ("oMath", "oMathPara"):
                self.equation(one)

    # Runs of words that look the same

    def run(self, run: etree._Element) -> None:
        properties = child(run, "rPr")
        if (
            child(properties, "vanish") is not None
            and value(child(properties, "vanish")) not in OFF
        ):
            self.story.report.counts["hidden"] += 1
            return
        if not self.story.report.has_looks and properties is not None:
            self.story.report.has_looks = any(local(one) in LOOKS for one in properties)
        on = self.story.styles.marks(value(child(properties, "rStyle"))) | marks(properties)
        tags = [name for name, is_on in on.items() if is_on]
        self.content(run, tags)

    def content(self, run: etree._Element, tags: list[str]) -> None:
        for one in run:
            name = local(one)
            if name in ("t", "delText"):
                self.write(one.text or "", tags)
            elif name in WORDS:
                self.write(WORDS[name], tags)
            elif name == "cr" or (name == "br" and value(one, "type") in ("", "textWrapping")):
                self.parts.append("<br>")
                self.words.append(" ")
            elif name == "sym":
                self.symbol(one, tags)
            elif name in ("footnoteReference", "endnoteReference"):
                self.note(name.removesuffix("Reference"), value(one, "id"))
            elif name == "commentReference":
                self.story.end_comment(value(one, "id"), self.plain)
            elif name == "fldChar":
                self.field(value(one, "fldCharType"))
            elif name == "instrText" and self.fields:
                self.fields[-1].code += one.text or ""
            elif name in ("drawing", "pict", "object"):
                self.drawing(one, name)
            elif name == "AlternateContent":
                self.content(chosen(one), tags)
            elif name == "ruby":
                self.read(one)

    def write(self, words: str, tags: list[str]) -> None:
        if not words or not all(field.shows for field in self.fields):
            return
        if any(CONTENTS.match(field.code) for field in self.fields):
            return
        html = escape(words, quote=False)
        for tag in tags:
            html = f"<{tag}>{html}</{tag}>"
        address = next((field.address for field in reversed(self.fields) if field.address), "")
        self.parts.append(self.linked(html, address) if address else html)
        self.words.append(words)
        self.story.hear(words)

    def symbol(self, node: etree._Element, tags: list[str]) -> None:
        code = value(node, "char")
        number = int(code, 16) if re.fullmatch(r"[0-9a-fA-F]{1,5}", code) else 0xF000
        if number in PRIVATE_USE or number < 32:
            self.story.report.counts["symbols"] += 1
        else:
            self.write(chr(number), tags)

    # Links

    def field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(Field())
            del self.fields[:-DEEPEST_FIELD]
        elif kind == "separate" and self.fields:
            field = self.fields[-1]
            field.shows = True
            if HYPERLINK.match(field.code) and not field.address:
                self.story.report.counts["places"] += 1
        elif kind == "end" and self.fields:
            self.fields.pop()

    def hyperlink(self, node: etree._Element) -> None:
        relation = self.story.relations(self.part).get(value(node, "id"))
        if relation is None:
            self.story.report.counts["places"] += 1
            self.read(node)
            return
        before, self.parts = self.parts, []
        self.read(node)
        place = value(node, "anchor")
        address = f"{relation.target}#{place}" if place else relation.target
        self.parts = [*before, self.linked(self.html, address)]

    def linked(self, html: str, address: str) -> str:
        if prose.address(address) is None:
            self.story.report.counts["addresses"] += 1
            return html
        return f'<a href="{escape(address)}">{html}</a>'

    # Notes, changes, and what is no text

    def note(self, kind: str, key: str) -> None:
        part, notes = self.story.notes[kind]
        if self.is_note or key not in notes:
            return
        line = Line(self.story, part, [], is_note=True)
        # A note belongs to one mark; else a small file could be told to become an endless text.
        for paragraph in notes.pop(key).iter():
            if local(paragraph) == "p":
                line.read(paragraph)
                line.parts.append(" ")
                line.words.append(" ")
        if line.plain:
            self.parts.append(f'<small class="footnote">{line.html.strip()}</small>')
        self.figures += line.figures

    def inserted(self, node: etree._Element) -> None:
        self.changed("Inserted", node)
        self.read(node)

    def deleted(self, node: etree._Element) -> None:
        """Gone if changes are accepted; else struck through, for an editor to decide."""
        self.changed("Deleted", node)
        if self.story.is_flagging:
            self.parts.append("<s>")
            self.read(node)
            self.parts.append("</s>")

    def changed(self, kind: str, node: etree._Element) -> None:
        if words := words_of(node):
            self.story.report.changes.append(Change(kind, value(node, "author"), words))

    def equation(self, node: etree._Element) -> None:
        self.story.report.counts["equations"] += 1
        self.write("".join(one.text or "" for one in node.iter() if local(one) == "t"), [])

    def drawing(self, node: etree._Element, kind: str) -> None:
        """A picture, or something drawn that only Word can show."""
        counts = self.story.report.counts
        if kind == "object":
            counts["objects"] += 1
            return
        names = {local(one) for one in node.iter()}
        if "txbxContent" in names:
            counts["text boxes"] += 1
            boxes = (one for one in node.iter() if local(one) == "txbxContent")
            self.story.report.boxes += [words for box in boxes if (words := words_of(box))]
        for one in node.iter():
            if local(one) in ("blip", "imagedata"):
                key = value(one, "embed") or value(one, "link") or value(one, "id")
                figure = self.story.picture(self.part, key, description(node))
                self.figures += [figure] if figure else []
        if names & {"chart", "relIds"}:
            counts["charts"] += 1
        elif not names & {"blip", "imagedata", "txbxContent"}:
            counts["drawings"] += 1


def description(drawing: etree._Element) -> str:
    """What the author wrote for those who do not see the picture."""
    for one in drawing.iter():
        if local(one) in ("docPr", "shape") and (words := value(one, "descr") or value(one, "alt")):
            return words
    return ""


def chosen(alternatives: etree._Element) -> etree._Element:
    """Of what a file says twice, for new and for old programs: what the new ones are to take."""
    return next(iter(alternatives), alternatives)
