"""Stored prose as readers see it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from .cutting import parted
from .embeds import PROVIDERS, Embed, is_known
from .escaping import in_attribute, in_text
from .policy import FOOTNOTE, TEASER_BREAK
from .tree import attributes, blocks, plain, written

ELSEWHERE = ("https://", "http://")
BETWEEN_LETTERS = re.compile(r"[\W_]+")


class ArticleLike(Protocol):
    """What is needed of an article."""

    pk: Any
    body: str
    teaser: str

    def get_absolute_url(self) -> str: ...


@dataclass(frozen=True)
class Rendered:
    """A whole article; the rest ends with its notes, those of the teaser included."""

    teaser: SafeString
    rest: SafeString


def render_article(article: ArticleLike, images: Mapping[int, Any]) -> Rendered:
    """The body in its two parts. The rest is the same on the article's own page and as the
    fragment that “keep reading” opens; `images` holds the pictures by key."""
    body = blocks(article.body)
    teaser, rest = parted(body)
    page = Rendering(f"{article.pk}", images, body)
    return Rendered(
        teaser=safe(page.of(teaser)),
        rest=safe(page.of(rest) + page.endnotes()),
    )


def render_teaser(article: ArticleLike, images: Mapping[int, Any]) -> SafeString:
    """The kept teaser, for a place where the rest is not shown: the marks of its footnotes lead
    to the article's own page. They have the same ids as there, and so the notes that come with
    the rest lead back to them."""
    body = blocks(article.teaser)
    address = article.get_absolute_url()
    return safe(Rendering(f"{article.pk}", images, body, address).of(body))


def render_body(html: str, images: Mapping[int, Any]) -> SafeString:
    """Prose that stands alone on its page, with its notes."""
    body = blocks(html)
    page = Rendering("page", images, body)
    return safe(page.of(body) + page.endnotes())


def safe(html: str) -> SafeString:
    """Only for what is written in this module, where every word is escaped."""
    return mark_safe(html)  # noqa: S308


@dataclass
class Rendering:
    """The writing of one article. Ids carry its key, so that several can stand on one page."""

    key: str
    images: Mapping[int, Any]
    body: list[etree._Element]
    notes_page: str = ""
    notes: list[str] = field(default_factory=list)

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
        if not len(node) and node.tag != "a":
            return written(node)
        leads_elsewhere = node.get("href", "").lower().startswith(ELSEWHERE)
        rel = ' rel="noopener"' if leads_elsewhere else ""
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
        """A picture or an embed, in its template; nothing where the picture is gone."""
        if caption is None:
            caption = safe("".join(self.content(line) for line in node))
        name, key = node.get("data-embed", ""), node.get("data-id", "")
        if is_known(name, key):
            embed = Embed(name, key, title=plain(node) or PROVIDERS[name].label)
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
        """A figure with a quotation; hidden from those who listen if the article says it anyway.

        Seen, it invites into the text; heard, it interrupts the text with a sentence of its own.
        One that the article does not contain is content, and one with a link can be focused:
        neither is hidden.
        """
        said = any(_letters(node) in _letters(block) for block in self.body if block.tag != "aside")
        hidden = ' aria-hidden="true"' if said and node.find(".//a") is None else ""
        quotation = f"<blockquote>{self.content(node)}</blockquote>"
        return f'<figure class="pullquote"{hidden}>{quotation}</figure>'

    def table(self, node: etree._Element) -> str:
        """A table in a frame that scrolls by itself, with the keyboard too."""
        caption = node.find("caption")
        label = "Table" if caption is None else f"Table: {plain(caption)}"
        frame = f'<div class="table" role="region" aria-label="{escape(label)}" tabindex="0">'
        return f"{frame}{self.element(node)}</div>"

    def footnote(self, node: etree._Element) -> str:
        """The mark; the note itself is kept for the end."""
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
            f'<li id="fn-{self.key}-{number}">{note} <a href="#fnref-{self.key}-{number}"'
            f' role="doc-backlink" aria-label="Back to the text at note {number}">↩\ufe0e</a></li>'
            for number, note in enumerate(self.notes, 1)
        )
        label = 'role="doc-endnotes" aria-label="Notes"'
        return f'<section class="footnotes" {label}><ol>{items}</ol></section>'


def _letters(node: etree._Element) -> str:
    return BETWEEN_LETTERS.sub("", plain(node)).casefold()
