"""The blocks of a manuscript: paragraphs by what their styles mean, tables, and what is made of
them as HTML, which goes through the sanitizer like everything that was typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from .numbering import Item, listed, whole
from .package import child, local, value
from .runs import Field, Line
from .story import Story
from .styles import OFF

HOLDERS = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}
DELETED = {"del", "moveFrom"}


@dataclass
class Block:
    """`role` is text, title, subtitle, heading, quote, caption, item, figure or table."""

    role: str
    html: str
    plain: str = ""
    level: int = 0
    item: Item | None = None


class Reader:
    """Reads a part from its beginning to its end: fields and lists go over several paragraphs."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.part = story.package.document
        self.fields: list[Field] = []
        # A paragraph whose end was deleted: it goes on in the next.
        self.unfinished: Line | None = None

    def blocks(self, node: etree._Element, depth: int = 0) -> Iterator[Block]:
        for one in node:
            name = local(one)
            if name == "p":
                yield from self.paragraph(one)
            elif name == "tbl":
                yield from self.table(one, depth)
            elif name in HOLDERS or (name in DELETED and self.story.is_flagging):
                yield from self.blocks(one, depth)
            elif name == "AlternateContent":
                yield from self.blocks(next(iter(one), one), depth)
            elif name in ("oMath", "oMathPara"):
                line = self.line()
                line.equation(one)
                yield Block("text", line.html, line.plain)
            elif name == "commentRangeStart":
                self.story.begin_comment(value(one, "id"))
            elif name == "commentRangeEnd":
                self.story.end_comment(value(one, "id"))

    def line(self) -> Line:
        return Line(self.story, self.part, self.fields, is_note=False)

    def paragraph(self, node: etree._Element) -> Iterator[Block]:
        properties = child(node, "pPr")
        style = value(child(properties, "pStyle"))
        role, level = self.story.styles.role(style)
        if role == "contents":
            self.story.report.counts["contents"] += 1
            self.line().read(node)  # for the fields that begin or end in it
            return
        line, self.unfinished = self.unfinished or self.line(), None
        line.read(node)
        is_end_deleted = child(properties, "rPr", "del") is not None
        if is_end_deleted and not self.story.is_flagging:
            self.unfinished = line
            return
        outline = value(child(properties, "outlineLvl"))
        if role == "text" and outline in {"0", "1", "2"}:
            role, level = "heading", int(outline) + 1
        item = None
        if role == "text":
            numbers = child(properties, "numPr")
            item = self.story.numbering.item(
                numbers if numbers is not None else self.story.styles.numbered(style)
            )
        html = line.html
        if role in ("heading", "title"):
            # Bold by its looks; the words of a manuscript are escaped, so these are only tags.
            html = html.replace("<strong>", "").replace("</strong>", "")
        if line.plain or html:
            yield Block("item" if item else role, html, line.plain, level, item)
        yield from (Block("figure", figure) for figure in line.figures)

    def table(self, node: etree._Element, depth: int) -> Iterator[Block]:
        rows = list(self.rows(node, depth))
        if len(rows) == 1 and len(rows[0].cells) == 1:
            # A frame for the looks of it.
            yield from rows[0].cells[0].blocks
        elif rows:
            if depth:
                self.story.report.counts["merged"] += 1
            yield Block("table", table_html(rows), "table")

    def rows(self, table: etree._Element, depth: int) -> Iterator["Row"]:
        above: dict[int, Cell] = {}
        for one in table:
            if local(one) in HOLDERS:
                yield from self.rows(one, depth)
            if local(one) != "tr":
                continue
            properties = child(one, "trPr")
            if child(properties, "del") is not None and not self.story.is_flagging:
                continue
            heads = child(properties, "tblHeader")
            row = Row(heads is not None and value(heads) not in OFF, [])
            column = whole(value(child(properties, "gridBefore")), 0)
            for cell_node in (cell for cell in one if local(cell) == "tc"):
                cell_properties = child(cell_node, "tcPr")
                span = max(1, whole(value(child(cell_properties, "gridSpan")), 1))
                merge = child(cell_properties, "vMerge")
                if merge is not None and value(merge) != "restart" and column in above:
                    above[column].rows += 1
                else:
                    cell = Cell(list(self.blocks(cell_node, depth + 1)), span)
                    row.cells.append(cell)
                    above[column] = cell
                column += span
            yield row


@dataclass
class Cell:
    blocks: list[Block]
    columns: int
    rows: int = 1


@dataclass
class Row:
    is_head: bool
    cells: list[Cell]


def table_html(rows: Iterable[Row]) -> str:
    parts: list[str] = []
    for is_head, group in groupby(rows, lambda row: row.is_head):
        parts.append("<thead>" if is_head else "<tbody>")
        for row in group:
            parts.append("<tr>")
            for cell in row.cells:
                tag = 'th scope="col"' if is_head else "td"
                columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
                down = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
                is_line = [block.role for block in cell.blocks] == ["text"]
                content = cell.blocks[0].html if is_line else html_of(cell.blocks)
                parts.append(f"<{tag}{columns}{down}>{content}</{tag[:2]}>")
            parts.append("</tr>")
        parts.append("</thead>" if is_head else "</tbody>")
    return f"<table>{''.join(parts)}</table>"


def html_of(blocks: Iterable[Block]) -> str:
    """Blocks in their order: headings by their rank among each other, lists in lists."""
    blocks = list(blocks)
    top = min((block.level for block in blocks if block.role == "heading"), default=1)
    parts: list[str] = []
    for role, group in groupby(captioned(blocks), lambda block: block.role):
        row = list(group)
        if role == "item":
            parts.append(listed((block.item, block.html) for block in row if block.item))
        elif role == "quote":
            lines = "".join(f"<p>{block.html}</p>" for block in row)
            parts.append(f"<blockquote>{lines}</blockquote>")
        elif role == "heading":
            for block in row:
                tag = "h2" if block.level == top else "h3"
                parts.append(f"<{tag}>{block.html}</{tag}>")
        elif role in ("figure", "table"):
            parts += [block.html for block in row]
        else:
            parts += [f"<p>{block.html}</p>" for block in row]
    return "".join(parts)


def captioned(blocks: Iterable[Block]) -> list[Block]:
    """The line under a picture, where its style says that it is one, becomes its caption."""
    found: list[Block] = []
    for block in blocks:
        if block.role == "caption" and found and found[-1].html.endswith('"></figure>'):
            opening = found[-1].html.removesuffix("</figure>")
            found[-1].html = f"{opening}<figcaption>{block.html}</figcaption></figure>"
        else:
            found.append(block)
    return found
