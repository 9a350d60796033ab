"""Readers' pages as they are kept: ready to be sent, in three encodings."""

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import brotli

from .answers import Answer
from .content import Version

# A page of this many bytes is not worth packing, and one above that is not worth keeping.
SMALLEST_PACKED = 256
LARGEST = 2_000_000
KEPT_STATUS = {
    HTTPStatus.OK,
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.GONE,
}
# Said anew of each answer.
OF_AN_ANSWER = {
    *("content-length", "content-encoding", "etag", "last-modified", "vary", "age"),
    "x-request-id",
}
# Not said to who has the page.
OF_A_BODY = {"content-type", "content-length", "content-encoding"}


class Page:
    """A rendered page, under the version of the content that it was asked for at."""

    def __init__(
        self, answer: Answer, body: bytes, version: Version, *, rendered_at: float
    ) -> None:
        self.status, self.version = answer.status, version
        self.headers = [(name, value) for name, value in answer.headers if name not in OF_AN_ANSWER]
        self.etag = dict(answer.headers).get("etag", "").removeprefix("W/")
        self.modified = formatdate(rendered_at, usegmt=True)
        self.is_packed = len(body) >= SMALLEST_PACKED
        self.bodies = {"gzip" if self.is_packed else "": body}
        if self.is_packed:
            self.bodies["gzip"] = gzip.compress(body, 6, mtime=0)
        self.said: dict[str, list[tuple[str, str]]] = {}

    @property
    def size(self) -> int:
        return sum(len(body) for body in self.bodies.values()) + 2_000

    def packed_smallest(self) -> bytes:
        """Return the form that takes ten times as long to make as the other one."""
        return brotli.compress(gzip.decompress(self.bodies["gzip"]), quality=9)

    def keep_date_of(self, before: "Page | None") -> None:
        """Stay as old as the page before it where not a byte differs."""
        if before and self.etag and (before.etag, before.status) == (self.etag, self.status):
            self.modified = before.modified

    def in_encoding(self, accepted: str) -> tuple[str, bytes]:
        """Return the best form that a client takes, and its name (RFC 9110, 12.5.3)."""
        for name in encodings(accepted):
            if name in self.bodies:
                return name, self.bodies[name]
        if self.is_packed:
            return "", zlib.decompress(self.bodies["gzip"], 31)
        return "", self.bodies[""]

    def headers_in(self, encoding: str, size: int) -> list[tuple[str, str]]:
        """Return all that is said of a form but what each answer says anew; made once."""
        found = self.said.get(encoding)
        if found is None:
            found = self.said[encoding] = [*self.headers, ("content-length", str(size))]
            if self.is_packed:
                found.append(("vary", "Accept-Encoding"))
            if self.may_be_known:
                found.append(("etag", f"W/{self.etag}" if encoding else self.etag))
                found.append(("last-modified", self.modified))
            if encoding:
                found.append(("content-encoding", encoding))
        return found

    @property
    def may_be_known(self) -> bool:
        return self.status == HTTPStatus.OK and bool(self.etag)


# Clients say it in few ways.
@lru_cache(maxsize=500)
def encodings(accepted: str) -> list[str]:
    return [name for name in ("br", "gzip") if accepts(accepted, name)]


def accepts(accepted: str, encoding: str) -> bool:
    for offer in accepted.lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def answer_from(page: Page, headers: Any, *, age: int, found: str) -> Answer:
    """Return the answer to a request with these headers: the page, or 304 to who has it."""
    encoding, body = page.in_encoding(headers.get("accept-encoding", ""))
    of_this = [("age", str(age)), ("server-timing", f'cache;desc="{found}"')]
    said = [*page.headers_in(encoding, len(body)), *of_this]
    if page.may_be_known and is_known(page, headers):
        said = [(name, value) for name, value in said if name not in OF_A_BODY]
        return Answer(HTTPStatus.NOT_MODIFIED, said, b"", found)
    return Answer(page.status, said, body, found)


def is_known(page: Page, headers: Any) -> bool:
    """Tell whether the client has this page (RFC 9110, 13.1): its tag decides before its date."""
    if (known := headers.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return page.etag in tags or "*" in tags
    if (since := headers.get("if-modified-since")) is not None:
        try:
            return parsedate_to_datetime(page.modified) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False
    return False


class Pages:
    """Pages by their key, within a number of bytes; those that were not asked for longest go."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.size = 0
        self.kept: OrderedDict[Hashable, Page] = OrderedDict()

    def get(self, key: Hashable) -> Page | None:
        page = self.kept.get(key)
        if page:
            self.kept.move_to_end(key)
        return page

    def keep(self, key: Hashable, page: Page) -> None:
        self.drop(key)
        self.kept[key] = page
        self.size += page.size
        while self.size > self.room and self.kept:
            self.drop(next(iter(self.kept)))

    def drop(self, key: Hashable) -> None:
        if page := self.kept.pop(key, None):
            self.size -= page.size

    def add_form(self, key: Hashable, page: Page, encoding: str, body: bytes) -> None:
        if self.kept.get(key) is page:
            self.drop(key)
            page.bodies[encoding] = body
            self.keep(key, page)
