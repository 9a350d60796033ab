"""The story of a manuscript as blocks: paragraphs by what their styles mean, and tables."""

from collections.abc import Iterator

from lxml import etree

from .blocks import Block, Cell, Row, table_html
from .document import Document
from .elements import BLOCKS, chosen, deletion_of, has_blocks, kind_of
from .fields import Fields
from .numbering import Item, whole
from .package import child, value
from .runs import Paragraph
from .styles import is_on

# They may stand around blocks as well as in them.
HOLDERS = {"transparent", "alternatives", "inserted", "deleted", "link", "field"}


class Reader:
    """The reader of a part from its beginning to its end: fields and lists go over several
    paragraphs."""

    def __init__(self, document: Document, story: etree._Element) -> None:
        self.document = document
        self.part = document.package.document
        self.fields = Fields(story)
        # A paragraph that goes on in the next: its end was deleted, or it is a large first letter.
        self.unfinished: Paragraph | None = None

    def story(self, root: etree._Element) -> list[Block]:
        blocks = [*self.blocks(root), *self.finish()]
        self.document.end()
        return blocks

    def line(self) -> Paragraph:
        return Paragraph(self.document, self.part, self.fields, is_note=False)

    def blocks(self, node: etree._Element, depth: int = 0) -> Iterator[Block]:
        line = self.line()
        for one in node:
            kind = kind_of(one)
            if kind in BLOCKS or (kind in HOLDERS and has_blocks(one)):
                yield from blocks_of(line)
                line = self.line()
                yield from self.block(one, kind, depth)
            else:
                # Between paragraphs stand marks that begin or end something, and stray words.
                line.element(one)
        yield from blocks_of(line)

    def block(self, one: etree._Element, kind: str, depth: int) -> Iterator[Block]:
        if kind == "paragraph":
            yield from self.paragraph(one)
        elif kind == "table":
            yield from self.table(one, depth)
        elif kind == "chunk":
            yield from self.chunk(one)
        elif kind == "deleted" and not self.document.is_flagging:
            self.line().deleted(one)
        else:
            if kind in ("inserted", "deleted"):
                self.line().changed(kind.capitalize(), one)
            yield from self.blocks(chosen(one) if kind == "alternatives" else one, depth)

    def paragraph(self, node: etree._Element) -> Iterator[Block]:
        properties = child(node, "pPr")
        styles = self.document.styles
        role, level = styles.role(properties)
        if role == "contents":
            yield from self.finish()
        line, self.unfinished = self.unfinished or self.line(), None
        line.is_note = role == "contents"  # its notes are not led to by a mark in the text
        line.block(node)
        if role == "contents":
            if line.text:
                self.document.report.leave("contents", line.text)
            yield from (Block("figure", figure) for figure in line.figures)
            return
        end = child(properties, "rPr")
        is_end_deleted = any(child(end, mark) is not None for mark in ("del", "moveFrom"))
        if line.is_initial or (is_end_deleted and not self.document.is_flagging):
            self.unfinished = line
            return
        if not line.text and styles.is_hidden(end, value(child(properties, "pStyle"))):
            item = None
        else:
            # Headings take part in the counting, too.
            item = self.document.numbering.item(properties)
        item = item if role == "text" else None
        yield from blocks_of(line, "item" if item else role, level, item)

    def finish(self) -> Iterator[Block]:
        """Yield what was to go on, where no paragraph follows that it could go on in."""
        line, self.unfinished = self.unfinished, None
        if line:
            yield from blocks_of(line)

    def chunk(self, node: etree._Element) -> Iterator[Block]:
        yield from self.finish()
        found = self.document.chunk(self.part, value(node, "id"))
        if found is None:
            self.document.report.leave("parts")
        yield from found or ()

    # Tables

    def table(self, node: etree._Element, depth: int) -> Iterator[Block]:
        yield from self.finish()
        aside = self.line()
        rows = list(self.rows(node, aside, depth))
        if len(rows) == 1 and len(rows[0].cells) == 1:
            # A frame for the looks of it.
            yield from rows[0].cells[0].blocks
        elif rows:
            self.document.report.counts["merged"] += depth > 0
            yield Block("table", table_html(rows), "table")
        yield from blocks_of(aside)

    def rows(self, table: etree._Element, aside: Paragraph, depth: int) -> Iterator[Row]:
        above: dict[int, Cell] = {}
        for node in self.parts(table, "row", aside):
            properties = child(node, "trPr")
            row = Row(bool(is_on(properties, "tblHeader")), [])
            column = whole(value(child(properties, "gridBefore")), 0)
            if self.is_removed(node, aside):
                continue
            for cell_node in self.parts(node, "cell", aside):
                cell_properties = child(cell_node, "tcPr")
                span = max(1, whole(value(child(cell_properties, "gridSpan")), 1))
                if self.is_removed(cell_node, aside):
                    continue
                cell = Cell([*self.blocks(cell_node, depth + 1), *self.finish()], span)
                if goes_on(cell_properties, "vMerge") and column in above:
                    above[column].rows += 1
                    above[column].blocks += cell.blocks
                elif goes_on(cell_properties, "hMerge") and row.cells:
                    row.cells[-1].columns += span
                    row.cells[-1].blocks += cell.blocks
                else:
                    row.cells.append(cell)
                    above[column] = cell
                column += span
            yield row

    def parts(self, node: etree._Element, kind: str, aside: Paragraph) -> Iterator[etree._Element]:
        """Yield the rows of a table or the cells of a row, whatever holds them; what is neither is
        read into `aside`."""
        for one in node:
            found = kind_of(one)
            if found == kind:
                yield one
            elif found not in HOLDERS or all(kind_of(inner) != kind for inner in one.iter()):
                aside.element(one)
            elif found == "deleted" and not self.document.is_flagging:
                aside.deleted(one)
            else:
                yield from self.parts(chosen(one) if found == "alternatives" else one, kind, aside)

    def is_removed(self, node: etree._Element, aside: Paragraph) -> bool:
        """Return whether a row or a cell was deleted, which is then passed over."""
        if not self.document.is_deleted(node):
            return False
        aside.changed("Deleted", node, value(deletion_of(node), "author"))
        aside.remove(node)
        return True


def read_story(document: Document) -> list[Block]:
    root = document.package.tree(document.package.document)
    return Reader(document, root).story(root)


def goes_on(properties: etree._Element | None, name: str) -> bool:
    merge = child(properties, name)
    return merge is not None and value(merge) != "restart"


def blocks_of(
    line: Paragraph, role: str = "text", level: int = 0, item: Item | None = None
) -> Iterator[Block]:
    line.leave_aside()
    html = line.html
    if role in ("heading", "title"):
        # Bold by its looks; the words of a manuscript are escaped, so these are only tags.
        html = html.replace("<strong>", "").replace("</strong>", "")
    if line.text or html:
        yield Block(role, html, line.text, level, item)
    yield from (Block("figure", figure) for figure in line.figures)
