"""Stored prose as a tree, and a tree as HTML again."""

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from .escaping import in_attribute, in_text
from .sanitizing import allowed, sanitize

VOID = {"br", "hr"}
UNCLOSED = re.compile(r"<([bh]r[^>]*)>")
# What sanitized prose never has, and what the allow-list would take ever longer for: depth, words
# between the blocks, attributes without end.
UNUSUAL = etree.XPath(
    "boolean("
    + "/*" * 50
    + "| /*/text()[normalize-space()] | //*[count(@*) > 5] | //@*[string-length() > 10000])"
)
# Between the words of two of these stands no blank, and yet they are two words.
APART = {"p", "h2", "h3", "li", "caption", "td", "th", "figcaption", "small", "br"}


def blocks(html: str) -> list[etree._Element]:
    """Return the top-level blocks of prose, sanitized on the way. Sanitized prose is well-formed,
    so it is read as XML, whose parser takes the tree as it is written; libxml2's HTML parser would
    follow rules of its own."""
    return list(_parse(sanitize(html)))


def stored_blocks(html: str) -> list[etree._Element]:
    """Return the top-level blocks of prose as the database has it, sanitized when it was stored:
    that is not done again for each reader. Markup that the allow-list would change, however it came
    there, is sanitized after all."""
    try:
        tree = _parse(html)
    except etree.XMLSyntaxError:
        return blocks(html)
    is_clean = not UNUSUAL(tree) and allowed(html) == html
    return list(tree) if is_clean else blocks(html)


def _parse(html: str) -> etree._Element:
    xml = UNCLOSED.sub(r"<\1/>", html).replace("&nbsp;", "\xa0")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(f"<prose>{xml}</prose>", parser)


def blocks_of(html: str) -> list[str]:
    """Return the top-level blocks of prose as HTML; together they are the sanitized text again."""
    return [to_html(block) for block in blocks(html)]


def to_html(node: etree._Element) -> str:
    if node.tag in VOID:
        return f"<{node.tag}{attributes(node)}>"
    return f"<{node.tag}{attributes(node)}>{inside(node)}</{node.tag}>"


def inside(node: etree._Element) -> str:
    rest = (to_html(child) + in_text(child.tail or "") for child in node)
    return in_text(node.text or "") + "".join(rest)


def attributes(node: etree._Element) -> str:
    items = cast(list[tuple[str, str]], node.items())
    return "".join(f' {name}="{in_attribute(value)}"' for name, value in items)


def text_of(node: etree._Element) -> str:
    """Return all words of the element, those of its footnotes included, with single blanks
    between."""
    return " ".join("".join(_text(node)).split())


def _text(node: etree._Element) -> Iterator[str]:
    apart = " " if node.tag in APART else ""
    yield apart + (node.text or "")
    for child in node:
        yield from _text(child)
        yield child.tail or ""
    yield apart
