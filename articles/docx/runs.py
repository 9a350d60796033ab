"""The inside of a paragraph: words and their marks, links, notes, pictures, changes."""

from collections.abc import Callable
from html import escape

from lxml import etree

from articles import prose
from articles.prose.gateways import unwrapped
from articles.prose.tree import blocks, text_of

from . import pictures
from .blocks import html_of
from .document import Document
from .elements import CHARACTERS, chosen, is_hidden_shape, kind_of, shown_in, signs_of
from .fields import SHOWS_NOTHING, Field, Fields, form_words
from .package import child, local, value
from .report import LONGEST_TEXT, Change, passage
from .styles import marks
from .symbols import letter_of

LOOKS = {"color", "sz", "rFonts", "highlight", "u", "shd"}


class Paragraph:
    """A paragraph, or several in a row, as the inside of one block in HTML. Whatever stands in it,
    at any depth, is read by its kind."""

    def __init__(self, document: Document, part: str, fields: Fields, *, is_note: bool) -> None:
        self.document = document
        self.part = part
        self.fields = fields
        self.is_note = is_note
        self.style = ""
        self.tags: list[str] = []
        self.parts: list[str] = []
        self.words: list[str] = []
        # Words that do not stand in the text, by their kinds in the report.
        self.aside: dict[str, list[str]] = {}
        self.figures: list[str] = []
        # Whether a word must not be joined to the one before it.
        self.is_apart = False
        self.is_initial = False
        self.is_struck = False
        self.is_equation = False

    @property
    def html(self) -> str:
        return "".join(self.parts)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def read(self, node: etree._Element) -> None:
        for one in node:
            self.element(one)

    def element(self, one: etree._Element) -> None:
        kind = kind_of(one)
        if kind in READERS:
            READERS[kind](self, one)
        elif kind == "unknown":
            self.unknown(one)
        elif kind != "silent" and not self.document.is_removing:
            self.document.report.leave(kind, self.document.words_of(one))

    def block(self, node: etree._Element) -> None:
        """Read a paragraph, or what holds some; no word of it is joined to one outside of it, but
        that of a large first letter."""
        if self.document.is_deleted(node):
            self.remove(node)
            return
        properties = child(node, "pPr")
        before, self.style = self.style, value(child(properties, "pStyle")) or self.style
        self.is_apart = self.is_apart or not self.is_initial
        self.document.add_commented_text(" ")
        self.read(node)
        self.is_initial = self.document.styles.is_initial(properties)
        self.is_apart = not self.is_initial
        self.style = before
        if local(node) == "p":
            self.fields.end_paragraph()
        if not self.is_initial:
            self.leave_aside()

    def leave_aside(self) -> None:
        for kind, words in self.aside.items():
            if told := " ".join("".join(words).split()):
                self.document.report.leave(kind, told)
        self.aside = {}

    def remove(self, node: etree._Element) -> None:
        """Pass over what was deleted or hidden; fields and comments that begin or end in it do."""
        with self.document.removing():
            self.read(node)

    def unknown(self, node: etree._Element) -> None:
        """Name it with its words. Its pictures stay, and its notes are notes without a mark."""
        aside = Paragraph(self.document, self.part, self.fields, is_note=True)
        aside.style = self.style
        aside.block(node)
        if aside.text:
            self.document.report.leave("unknown", aside.text)
        self.figures += aside.figures

    # Runs of words that look the same

    def run(self, run: etree._Element) -> None:
        properties = child(run, "rPr")
        counts = self.document.report.counts
        if self.document.styles.is_hidden(properties, self.style):
            if any(is_worth_a_line(one) for one in run.iter()):
                counts["hidden"] += not self.document.is_removing
            self.remove(run)
            return
        if properties is not None and any(local(one) in LOOKS for one in properties):
            counts["looks"] = 1
        on = self.document.styles.marks(value(child(properties, "rStyle"))) | marks(properties)
        before, self.tags = self.tags, [name for name, is_on in on.items() if is_on]
        self.read(run)
        self.tags = before

    def add_text(self, node: etree._Element) -> None:
        self.write(node.text or "")

    def character(self, node: etree._Element) -> None:
        self.write(CHARACTERS.get(local(node), " "))

    def line_break(self, node: etree._Element) -> None:
        if self.document.is_removing:
            return
        if self.fields.show and value(node, "type") in ("", "textWrapping"):
            self.parts.append("<br>")
            self.words.append(" ")
        self.is_apart = True
        self.document.add_commented_text(" ")

    def write(self, words: str) -> None:
        if not words or self.document.is_removing:
            return
        if not self.fields.show or self.fields.are_contents:
            kind = "contents" if self.fields.show else "fields"
            self.aside.setdefault(kind, []).append(f" {words}" if self.is_apart else words)
            self.is_apart = False
            return
        if self.is_apart and self.words and not (self.words[-1][-1] + words[0]).isspace():
            words = words if self.words[-1][-1].isspace() or words[0].isspace() else f" {words}"
        self.is_apart = False
        for left in self.aside.values():
            left.append(" ")
        html = escape(words, quote=False)
        for tag in self.tags:
            html = f"<{tag}>{html}</{tag}>"
        # A link that ends within what was deleted ends before it.
        self.parts.append(html if self.is_struck else linked(html, self.fields.url))
        self.words.append(words)
        self.document.add_commented_text(words)

    def symbol(self, node: etree._Element) -> None:
        if letter := letter_of(value(node, "font"), value(node, "char")):
            self.write(letter)
        else:
            self.document.report.counts["symbols"] += not self.document.is_removing
            self.is_apart = True

    def ruby(self, node: etree._Element) -> None:
        """Read the word, and how it is said after it; a file has them the other way round."""
        aids = [one for one in node if kind_of(one) == "reading aid"]
        for one in node:
            if one not in aids:
                self.element(one)
        for aid in aids:
            self.write(" (")
            self.read(aid)
            self.write(")")

    def alternatives(self, node: etree._Element) -> None:
        taken = chosen(node)
        self.read(taken)
        if self.document.is_removing:
            return
        for one in node:
            other = self.document.words_of(one) if one is not taken else ""
            if other and other != self.document.words_of(taken):
                self.document.report.leave("alternatives", other)

    # Links and other fields

    def simple_field(self, node: etree._Element) -> None:
        field = Field(code=value(node, "instr"))
        self.fields.open.append(field)
        self.show(field)
        self.read(node)
        self.fields.open = [one for one in self.fields.open if one is not field]

    def field_mark(self, node: etree._Element) -> None:
        kind = value(node, "fldCharType")
        if kind == "begin":
            self.write(form_words(child(node, "ffData")))
            self.fields.begin(node)
        elif kind == "separate" and self.fields.open:
            self.show(self.fields.open[-1])
        elif kind == "end":
            self.end_field(self.fields.end())

    def end_field(self, ended: Field | None) -> None:
        if ended is None or ended.shows or self.document.is_removing:
            return
        if not SHOWS_NOTHING.match(ended.code):
            self.document.report.leave("fields", " ".join(ended.code.split()))

    def show(self, field: Field) -> None:
        field.show()
        if field.url:
            field.url = self.url_of(field.url)
        elif field.is_link:
            self.document.report.counts["places"] += not self.document.is_removing

    def instruction(self, node: etree._Element) -> None:
        self.fields.instruct(node.text or "")

    def hyperlink(self, node: etree._Element) -> None:
        relation = self.document.relations(self.part).get(value(node, "id"))
        if relation is None:
            self.document.report.counts["places"] += not self.document.is_removing
            self.read(node)
            return
        before, self.parts, figures = self.parts, [], len(self.figures)
        self.read(node)
        place = value(node, "anchor")
        url = f"{relation.target}#{place}" if place else relation.target
        if self.parts:
            before.append(linked(self.html, self.url_of(url)))
        elif len(self.figures) > figures and not self.document.is_removing:
            self.document.report.leave("picture links", url)
        self.parts = before

    def url_of(self, typed: str) -> str:
        """Return where a link leads; "" if it may not stand in a text."""
        report = self.document.report
        if (straight := unwrapped(typed)) and not self.document.is_removing:
            report.leave("gateways", straight)
        url = prose.stored_url(straight or typed)
        if url is None and not self.document.is_removing:
            report.leave("addresses", passage(typed))
        return url or ""

    # Notes, comments, changes, and what is no text

    def note(self, node: etree._Element) -> None:
        part, notes = self.document.notes[local(node).removesuffix("Reference")]
        key = value(node, "id")
        if self.is_note:
            return
        # A note belongs to one mark; else a small file could be told to become an endless text.
        is_in_file, note = key in notes, notes.get(key)
        notes[key] = None
        if self.document.is_removing:
            return
        if note is None:
            self.document.report.counts["lost notes"] += not is_in_file
            return
        line = Paragraph(self.document, part, Fields(note), is_note=True)
        line.block(note)
        if line.text:
            self.parts.append(f'<small class="footnote">{line.html.strip()}</small>')
        self.figures += line.figures

    def comment(self, node: etree._Element) -> None:
        key = value(node, "id")
        if local(node) == "commentRangeStart":
            self.document.begin_comment(key)
        elif key in self.document.comments:
            self.document.end_comment(key, self.last_words())

    def last_words(self) -> str:
        found = ""
        for words in reversed(self.words):
            found = words[-LONGEST_TEXT:] + found
            if len(found) > LONGEST_TEXT:
                break
        return passage(found)

    def inserted(self, node: etree._Element) -> None:
        self.changed("Inserted", node)
        self.read(node)

    def deleted(self, node: etree._Element) -> None:
        """Leave it out if changes are accepted; else strike it through, for an editor to decide."""
        self.changed("Deleted", node)
        if self.document.is_flagging:
            self.parts.append("<s>")
            before, self.is_struck = self.is_struck, True
            self.read(node)
            self.is_struck = before
            self.parts.append("</s>")
        else:
            self.remove(node)

    def changed(self, kind: str, node: etree._Element, who: str = "") -> None:
        if any(kind_of(around) == kind.lower() for around in node.iterancestors()):
            return  # its words are told with those of the change around it
        words = passage(" ".join(map(self.document.words_of, node)))
        if words and not self.document.is_removing:
            change = Change(kind, who or value(node, "author"), words)
            self.document.report.changes.append(change)

    def chunk(self, node: etree._Element) -> None:
        if self.document.is_removing:
            return
        found = self.document.chunk(self.part, value(node, "id"))
        if found is None:
            self.document.report.leave("parts")
        self.figures += [block.html for block in found or () if block.role == "figure"]
        words = [block for block in found or () if block.role != "figure"]
        for block in blocks(html_of(words)):
            self.is_apart = True
            self.write(text_of(block))
            self.is_apart = True

    def equation(self, node: etree._Element) -> None:
        before, self.is_equation = self.is_equation, True
        self.document.report.counts["equations"] += not before and not self.document.is_removing
        opening, closing = signs_of(node)
        self.write(opening)
        self.read(node)
        self.write(closing)
        self.is_equation = before

    def drawing(self, node: etree._Element) -> None:
        """Read an image, or something drawn that only Word can show."""
        if self.document.is_removing:
            return
        report = self.document.report
        names = {local(one) for one in shown_in(node)}
        is_hidden = any(map(is_hidden_shape, node.iter()))
        report.counts["hidden"] += is_hidden
        # One that stands in the line parts two words; another one lies beside it.
        self.is_apart |= not is_hidden and not names.isdisjoint(("inline", "object"))
        words = self.document.words_of(node)
        if local(node) == "object":
            report.leave("objects", words)
            return
        if words and names & {"txbxContent", "t"}:
            report.leave("text boxes", words)
        self.add_pictures(node)
        if names & {"chart", "relIds"}:
            report.leave("charts", self.document.words_of_charts(self.part, node))
        elif not names & {"blip", "imagedata", "txbxContent"} and not is_hidden:
            report.leave("drawings", words)

    def add_pictures(self, drawing: etree._Element) -> None:
        about = pictures.description(drawing)
        found = list(pictures.pictures_in(drawing))
        for drawn in found:
            figure = self.document.picture(self.part, drawn.key, about, drawn.crop)
            self.figures += [figure] if figure else []
            self.document.report.counts.update(drawn.differs)
        for key in pictures.links_in(drawing):
            if (relation := self.document.relations(self.part).get(key)) and relation.is_external:
                self.document.report.leave("picture links", relation.target)
        if found and pictures.has_bare_shape(drawing):
            self.document.report.leave("covered")


def is_worth_a_line(hidden: etree._Element) -> bool:
    kind = kind_of(hidden)
    return kind in ("drawing", "note", "symbol") or (kind == "words" and bool(hidden.text))


def linked(html: str, url: str) -> str:
    return f'<a href="{escape(url)}">{html}</a>' if url else html


READERS: dict[str, Callable[[Paragraph, etree._Element], None]] = {
    **dict.fromkeys(("paragraph", "table", "row", "cell"), Paragraph.block),
    "run": Paragraph.run,
    "words": Paragraph.add_text,
    "character": Paragraph.character,
    "break": Paragraph.line_break,
    "symbol": Paragraph.symbol,
    "transparent": Paragraph.read,
    "ruby": Paragraph.ruby,
    "reading aid": Paragraph.block,
    "alternatives": Paragraph.alternatives,
    "inserted": Paragraph.inserted,
    "deleted": Paragraph.deleted,
    "link": Paragraph.hyperlink,
    "field": Paragraph.simple_field,
    "field mark": Paragraph.field_mark,
    "instruction": Paragraph.instruction,
    "note": Paragraph.note,
    "comment": Paragraph.comment,
    "equation": Paragraph.equation,
    "part of an equation": Paragraph.block,
    "chunk": Paragraph.chunk,
    "drawing": Paragraph.drawing,
}
