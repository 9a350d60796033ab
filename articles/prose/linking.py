"""The links of stored prose: which addresses stand in it, and how to write others.

Stored prose is written by one hand, so a link is told by its tag alone, and no word can look like
one. What a key means is not known here; `articles/models/links.py` looks it up.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from .escaping import in_attribute

LINK = re.compile(r'<a href="([^"]*)"(?: data-(article|page)="(\d+)")?>')
LINK_AND_WORDS = re.compile(LINK.pattern + r"(.*?)</a>", re.DOTALL)


@dataclass(frozen=True)
class StoredLink:
    """A link as it stands in prose; `kind` and `key` name the row that it leads to, if known."""

    href: str
    kind: str = ""
    key: int = 0

    def __str__(self) -> str:
        key = f' data-{self.kind}="{self.key}"' if self.kind else ""
        return f'<a href="{in_attribute(self.href)}"{key}>'


def links(html: str) -> list[StoredLink]:
    return [_read(found) for found in LINK.finditer(html)]


def replace_links(html: str, replacement: Callable[[StoredLink], StoredLink]) -> str:
    """Return stored prose with each of its links as `replacement` gives it back."""
    return LINK.sub(lambda found: str(replacement(_read(found))), html)


def without_links(html: str, hrefs: Container[str]) -> str:
    """Return stored prose without the links to these URLs. Their words stay; where those are an
    address themselves, it ends before the path."""

    def words(found: re.Match[str]) -> str:
        href = unescape(found[1])
        if href not in hrefs:
            return found[0]
        path = re.escape(urlsplit(href).path.strip("/"))
        return re.sub(rf"/{path}(?![\w-])", "/…", found[4], flags=re.IGNORECASE)

    return LINK_AND_WORDS.sub(words, html)


def _read(found: re.Match[str]) -> StoredLink:
    href, kind, key = found.groups()
    return StoredLink(unescape(href), kind or "", int(key or 0))
