"""The blocks of a manuscript, and what is made of them as HTML, which goes through the sanitizer
like everything that was typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from .numbering import Item, listed


@dataclass
class Block:
    """`role` is text, title, subtitle, heading, quote, caption, item, figure, table or html."""

    role: str
    html: str
    text: str = ""
    level: int = 0
    item: Item | None = None


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
    """Return blocks as HTML in their order: headings by their rank among each other, lists in
    lists."""
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
        elif role in ("figure", "table", "html"):
            parts += [block.html for block in row]
        else:
            parts += [f"<p>{block.html}</p>" for block in row]
    return "".join(parts)


def captioned(blocks: Iterable[Block]) -> list[Block]:
    """Make the line under an image its caption, if its style says that it is one."""
    found: list[Block] = []
    for block in blocks:
        if block.role == "caption" and found and found[-1].html.endswith('"></figure>'):
            opening = found[-1].html.removesuffix("</figure>")
            found[-1].html = f"{opening}<figcaption>{block.html}</figcaption></figure>"
        else:
            found.append(block)
    return found
