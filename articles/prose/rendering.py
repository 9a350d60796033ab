"""Stored prose as readers see it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from .embeds import Embed
from .escaping import in_attribute, in_text
from .policy import FOOTNOTE, TEASER_BREAK
from .teaser import parted
from .tree import VOID, attributes, stored_blocks, text_of, to_html

ELSEWHERE = ("https://", "http://")
# Blocks of words, and what holds blocks.
LINES = {"p", "h2", "h3", "li", "td", "th", "caption"}
HOLDERS = {"ul", "ol", "blockquote", "table", "aside"}
BETWEEN_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Rendered:
    """A whole article; the rest ends with its notes, those of the teaser included."""

    teaser: SafeString
    rest: SafeString


def render_article(html: str, images: Mapping[int, Any], *, key: int) -> Rendered:
    """Render the body in its two parts. The rest is the same on the article's own page and in the
    fragment that “keep reading” opens; `images` holds the images by key."""
    body = stored_blocks(html)
    teaser, rest = parted(body)
    page = Rendering(str(key), images, body)
    return Rendered(safe(page.of(teaser)), safe(page.of(rest) + page.endnotes()))


def render_teaser(html: str, images: Mapping[int, Any], *, key: int, url: str) -> SafeString:
    """Render the kept teaser for a place where the rest is not shown: the marks of its footnotes
    lead to the article's own page. They have the same ids as there, so the notes that come with the
    rest lead back to them."""
    body = stored_blocks(html)
    return safe(Rendering(str(key), images, body, url).of(body))


def render_body(html: str, images: Mapping[int, Any]) -> SafeString:
    body = stored_blocks(html)
    page = Rendering("page", images, body)
    return safe(page.of(body) + page.endnotes())


def embed_of(figure: etree._Element) -> Embed | None:
    return Embed.of(figure.get("data-embed", ""), figure.get("data-id", ""), text_of(figure))


def directed(node: etree._Element) -> str:
    """Return the attribute that lets a block run as its first letter does. A browser that looks for
    that letter passes over blocks with such an attribute, so it is told of what holds some."""
    if node.tag in HOLDERS:
        kinds = (unicodedata.bidirectional(one) for text in node.itertext() for one in str(text))
        if next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L":
            return ' dir="rtl"'
    return ' dir="auto"' if node.tag in {*LINES, *HOLDERS} else ""


def safe(html: str) -> SafeString:
    """Mark HTML as safe: only for what this module writes, where every word is escaped."""
    return mark_safe(html)  # noqa: S308


@dataclass
class Rendering:
    """The writer of one article. Ids carry its key, so that several can stand on one page."""

    key: str
    images: Mapping[int, Any]
    body: list[etree._Element]
    notes_page: str = ""
    notes: list[str] = field(default_factory=list)

    @cached_property
    def letters(self) -> str:
        """The letters of the body's blocks, without its pull quotes."""
        return "\n".join(_letters(block) for block in self.body if block.tag != "aside")

    def of(self, content: Iterable[etree._Element]) -> str:
        return "".join(map(self.block, content))

    def block(self, node: etree._Element) -> str:
        if node.tag == "figure":
            return self.figure(node)
        if node.tag == "aside":
            return self.pull_quote(node)
        if node.tag == "table":
            return self.table(node)
        return "" if node.get("class") == TEASER_BREAK else self.element(node)

    def element(self, node: etree._Element) -> str:
        if node.get("class") == FOOTNOTE:
            return self.footnote(node)
        if node.tag in VOID:
            return to_html(node)
        leads_elsewhere = node.get("href", "").lower().startswith(ELSEWHERE)
        rel = ' rel="noopener"' if leads_elsewhere else directed(node)
        # The key of what a link leads to is the newsroom's business.
        kept = (
            f' href="{in_attribute(node.get("href", ""))}"' if node.tag == "a" else attributes(node)
        )
        return f"<{node.tag}{kept}{rel}>{self.content(node)}</{node.tag}>"

    def content(self, node: etree._Element) -> str:
        parts = [in_text(node.text or "")]
        for child in node:
            parts += [self.element(child), in_text(child.tail or "")]
        return "".join(parts)

    def figure(self, node: etree._Element, caption: SafeString | None = None) -> str:
        """Render an image or an embed by its template; nothing if the image is gone."""
        if caption is None:
            caption = safe("".join(self.content(line) for line in node))
        if embed := embed_of(node):
            return render_to_string("articles/_embed.html", {"embed": embed, "caption": caption})
        image = self.images.get(int(node.get("data-image", "0")))
        if image is None:
            return ""
        context = {
            "image": image,
            "alt": node.get("data-alt") or image.alt,
            "caption": caption or image.caption,
        }
        return render_to_string("articles/_figure.html", context)

    def pull_quote(self, node: etree._Element) -> str:
        """Render a figure with a quotation; hidden from those who listen if the article says it
        anyway.

        Seen, it invites into the text; heard, it interrupts the text with a sentence of its own. A
        quotation that the article does not contain is content, and one with a link can be focused:
        neither is hidden.
        """
        said = _letters(node) in self.letters
        hidden = ' aria-hidden="true"' if said and node.find(".//a") is None else ""
        quotation = f"<blockquote{directed(node)}>{self.content(node)}</blockquote>"
        return f'<figure class="pullquote"{hidden}>{quotation}</figure>'

    def table(self, node: etree._Element) -> str:
        """Render a table in a frame that scrolls by itself, with the keyboard too."""
        caption = node.find("caption")
        label = "Table" if caption is None else f"Table: {text_of(caption)}"
        frame = f'<div class="table" role="region" aria-label="{escape(label)}" tabindex="0">'
        return f"{frame}{self.element(node)}</div>"

    def footnote(self, node: etree._Element) -> str:
        """Render the mark; the note itself is kept for the end."""
        self.notes.append(self.content(node))
        number = len(self.notes)
        note = f"{escape(self.notes_page)}#fn-{self.key}-{number}"
        return (
            f'<sup><a href="{note}" id="fnref-{self.key}-{number}" role="doc-noteref"'
            f' aria-label="Note {number}">{number}</a></sup>'
        )

    def endnotes(self) -> str:
        if not self.notes:
            return ""
        items = "".join(
            f'<li id="fn-{self.key}-{number}" dir="auto">{note} '
            f'<a href="#fnref-{self.key}-{number}" role="doc-backlink"'
            f' aria-label="Back to the text at note {number}">↩\ufe0e</a></li>'
            for number, note in enumerate(self.notes, 1)
        )
        label = 'role="doc-endnotes" aria-label="Notes"'
        return f'<section class="footnotes" {label}><ol>{items}</ol></section>'


def _letters(node: etree._Element) -> str:
    return BETWEEN_LETTERS.sub("", text_of(node)).casefold()
