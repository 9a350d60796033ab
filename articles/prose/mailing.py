"""Stored prose as it stands in a mail: with full addresses, and with nothing that a mail program
would have to load or run. As HTML, and as text for those who read no HTML."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.utils.html import format_html
from django.utils.safestring import SafeString
from lxml import etree

from .policy import FOOTNOTE, TEASER_BREAK
from .rendering import Rendering, directed, embed_of, safe
from .tree import blocks, text_of

PICTURE_WIDTH = 552  # pixels: the column of a mail
PICTURE = '<p><img src="{}" width="{}" height="{}" alt="{}"></p>'
BLANKS = re.compile(r"[ \t\r\n]+")
NESTED = {"ul", "ol", "p", "blockquote"}
BREAK = "\u2028"  # a line break within a paragraph, until it is wrapped


def render_mail(html: str, images: Mapping[int, Any], site: str) -> SafeString:
    """Render the prose as HTML for mail. `site` completes URLs within the magazine; `images` holds
    the images that may be shown, by key. Notes stand in the place of their marks, embeds are links,
    tables and pull quotes keep their words."""
    body = completed(html, site)
    return safe(Mailing("mail", images, body).of(body))


def mail_text(html: str, site: str, width: int = 78) -> str:
    """Render the prose as plain text, no line longer than `width` but for a URL that is."""
    parts = (TextOf(width).block(node) for node in completed(html, site))
    return "\n\n".join(part for part in parts if part)


def completed(html: str, site: str) -> list[etree._Element]:
    """Return the blocks of prose with full URLs in the links within the magazine; a link to another
    place of the same text, which a mail does not have, leads to the magazine."""
    body = blocks(html)
    for block in body:
        for link in block.iter("a"):
            href = link.get("href", "")
            link.set("href", urljoin(f"{site}/", "" if href.startswith("#") else href))
    return body


class Mailing(Rendering):
    """The writer of a text for a mail."""

    def figure(self, node: etree._Element, caption: SafeString | None = None) -> str:
        words = "".join(f'<p dir="auto">{self.content(line)}</p>' for line in node)
        if embed := embed_of(node):
            title = f"{embed.title} ({embed.provider.label})"
            return format_html('<p dir="auto"><a href="{}">{}</a></p>', embed.page, title)
        image = self.images.get(int(node.get("data-image", "0")))
        if image is None:
            return words
        made = image.jpeg(PICTURE_WIDTH)
        width = min(PICTURE_WIDTH, made.width)
        height = round(width * made.height / made.width)
        alt = node.get("data-alt") or image.alt
        return format_html(PICTURE, made.url, width, height, alt) + (
            words or (format_html('<p dir="auto">{}</p>', image.caption) if image.caption else "")
        )

    def pull_quote(self, node: etree._Element) -> str:
        return f"<blockquote{directed(node)}>{self.content(node)}</blockquote>"

    def table(self, node: etree._Element) -> str:
        return self.element(node)

    def footnote(self, node: etree._Element) -> str:
        return f" <small>({self.content(node)})</small>"


@dataclass(frozen=True)
class TextOf:
    """The writer of a text without markup."""

    width: int

    def block(self, node: etree._Element) -> str:
        match node.tag:
            case "hr":
                return "" if node.get("class") == TEASER_BREAK else "* * *"
            case "ul" | "ol":
                return self.list(node)
            case "blockquote" | "aside":
                return self.quoted(node)
            case "table":
                rows = (" | ".join(map(text_of, row)) for row in node.iter("tr"))
                return "\n".join(self.wrapped(row) for row in rows)
            case "figure":
                return self.figure(node)
            case "h2" | "h3":
                return self.wrapped(self.words(node).upper() if node.tag == "h2" else text_of(node))
        return self.wrapped(self.words(node))

    def list(self, node: etree._Element) -> str:
        number = int(node.get("start", "1"))
        items = []
        for place, item in enumerate(node):
            mark = f"{number + place}. " if node.tag == "ol" else "- "
            inner = TextOf(self.width - len(mark))
            lines = inner.wrapped(inner.words(item)).splitlines() or [""]
            for child in item:
                if child.tag in ("ul", "ol"):
                    lines += inner.block(child).splitlines()
            items.append(mark + f"\n{' ' * len(mark)}".join(lines))
        return "\n".join(items)

    def quoted(self, node: etree._Element) -> str:
        inner = TextOf(self.width - 2)
        text = "\n\n".join(inner.block(child) for child in node)
        return "\n".join(f"> {line}".rstrip() for line in text.splitlines())

    def figure(self, node: etree._Element) -> str:
        if embed := embed_of(node):
            return self.wrapped(f"{embed.title} <{embed.page}>")
        return self.wrapped(" ".join(self.words(line) for line in node))

    def words(self, node: etree._Element) -> str:
        return BLANKS.sub(" ", "".join(self.inline(node))).strip()

    def inline(self, node: etree._Element) -> Iterator[str]:
        yield node.text or ""
        for child in node:
            inner = "".join(self.inline(child))
            if child.tag == "br":
                yield BREAK
            elif child.tag == "a":
                href = child.get("href", "").removeprefix("mailto:")
                yield inner if inner.strip() == href else f"{inner} <{href}>"
            elif child.get("class") == FOOTNOTE:
                yield f" ({inner})"
            elif child.tag == "p":
                yield f"{inner}{BREAK}"
            elif child.tag not in NESTED:
                yield inner
            yield child.tail or ""

    def wrapped(self, words: str) -> str:
        return "\n".join(
            line
            for part in words.strip(BREAK).split(BREAK)
            for line in wrap(part, self.width) or [""]
        )


def wrap(words: str, width: int) -> list[str]:
    """Wrap lines at `width` characters. What cannot be parted, such as a URL, stays whole, or no
    mail program could follow it."""
    return textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False)
