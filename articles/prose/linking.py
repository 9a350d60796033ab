"""The links of stored prose: which addresses stand in it, and how to write others.

Stored prose is written by one hand, so a link is told by its tag alone, and no word can look like
one. What a key means is not known here; `articles/models/links.py` looks it up.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from .escaping import in_attribute

LINK = re.compile(r'<a href="([^"]*)"(?: data-(article|page)="(\d+)")?>')


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
    """The links in stored prose, in their order."""
    return [_read(found) for found in LINK.finditer(html)]


def relinked(html: str, written: Callable[[StoredLink], StoredLink]) -> str:
    """Stored prose with each of its links as `written` gives it back."""
    return LINK.sub(lambda found: str(written(_read(found))), html)


def _read(found: re.Match[str]) -> StoredLink:
    href, kind, key = found.groups()
    return StoredLink(unescape(href), kind or "", int(key or 0))
