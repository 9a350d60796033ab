"""Answers for readers from memory, as new as the content."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import IO, Any, NamedTuple
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.urls import Resolver404, resolve

from articles.views.reader_page import query_of
from magazine.logs import REQUEST_ID, request_id_of

from .answers import Answer, Refusal
from .content import CONTENT, Version
from .pages import KEPT_STATUS, LARGEST, Page, Pages, answer_from
from .pools import READERS, is_newsroom
from .wsgi import answer_of, environ_for_a_reader

# For so many seconds after a change the page as it was is given to who would have to wait: while
# another one's request renders it, or all threads render other pages for a crowd.
GRACE = 0.8


class Key(NamedTuple):
    """All that a reader page may depend on."""

    is_secure: bool
    host: str
    path: str
    query: str


class PageCache:
    def __init__(self, django: WSGIApplication, room: int) -> None:
        self.django = django
        # Addresses at which there is nothing have no end: they push out none of the others.
        self.found, self.missing = Pages(room * 7 // 8), Pages(room // 8)
        # Who asks after a change does not wait for a page that was begun before it.
        self.flights: dict[tuple[Key, Version], asyncio.Task[Page | Answer]] = {}
        self.packers = ThreadPoolExecutor(1, thread_name_prefix="packer")

    async def answer(self, scope: Any) -> Answer | None:
        """Return the answer to a reader's request; None where it is none for a kept page."""
        version = CONTENT.version
        if version is None or (key := key_of(scope)) is None:
            return None
        page = self.kept(key)
        if page and page.version == version:
            return answer_from(page, scope.headers, age=age(page), found="hit")
        flight = self.flights.get((key, version))
        found = "wait" if flight else "miss"
        would_wait = flight is not None or READERS.is_busy
        if flight is None:
            if not is_reader_page(key):
                return None
            flight = self.begin(key, version, scope, page)
        if page and would_wait and page.version == CONTENT.before and changed_just_now():
            return answer_from(page, scope.headers, age=age(page), found="stale")
        return await self.result_of(flight, page, scope, found)

    def kept(self, key: Key) -> Page | None:
        return self.found.get(key) or self.missing.get(key)

    def begin(
        self, key: Key, version: Version, scope: Any, before: Page | None
    ) -> "asyncio.Task[Page | Answer]":
        """Render a page once, however many ask for it."""
        flight = asyncio.get_running_loop().create_task(self.render(key, version, scope, before))
        self.flights[key, version] = flight

        def landed(flight: "asyncio.Task[Page | Answer]") -> None:
            del self.flights[key, version]
            if not flight.cancelled():
                flight.exception()  # it may be that nobody has waited for it

        flight.add_done_callback(landed)
        return flight

    async def result_of(
        self, flight: "asyncio.Task[Page | Answer]", before: Page | None, scope: Any, found: str
    ) -> Answer:
        """Return what was rendered; where that failed, the page as it was."""
        try:
            # Shielded: who goes away does not take it from the others.
            rendered = await asyncio.shield(flight)
        except Refusal as refusal:
            rendered = refusal.answer
        if isinstance(rendered, Page):
            return answer_from(rendered, scope.headers, age=0, found=found)
        if before and rendered.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return answer_from(before, scope.headers, age=age(before), found="stale")
        return rendered

    async def render(
        self, key: Key, version: Version, scope: Any, before: Page | None
    ) -> Page | Answer:
        CONTENT.require_database()
        REQUEST_ID.set(request_id_of(scope))
        environ = environ_for_a_reader(scope, key.query)
        environ["magazine.content_version"] = version
        rendered = await READERS.run(page_from, self.django, environ, version)
        if isinstance(rendered, Page):
            rendered.keep_date_of(before)
            self.keep(key, rendered)
        return rendered

    def keep(self, key: Key, page: Page) -> None:
        newest = self.kept(key)
        if newest and newest.version == CONTENT.version != page.version:
            return  # It comes late.
        is_missing = page.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
        pages, others = self.found, self.missing
        if is_missing:
            pages, others = others, pages
        others.drop(key)
        pages.keep(key, page)
        if page.is_packed and not is_missing:
            loop = asyncio.get_running_loop()
            packing = loop.run_in_executor(self.packers, page.packed_smallest)
            packing.add_done_callback(lambda done: pages.add_form(key, page, "br", done.result()))


def key_of(scope: Any) -> Key | None:
    """Return the key under which the answer to a request may be kept, if it may be."""
    headers = scope.headers
    if scope.method not in ("GET", "HEAD") or is_newsroom(scope.path):
        return None
    if (cookie := headers.get("cookie")) and f"{settings.SESSION_COOKIE_NAME}=" in cookie:
        # An editor sees each change at once.
        return None
    if headers.get("content-length", "0") != "0" or headers.get("transfer-encoding"):
        return None
    host = headers.get("host") or scope.authority or ""
    query = scope.query_string
    if query:
        try:
            query = query_of(QueryDict(query), parameters_of(scope.path))
        except SuspiciousOperation:  # too many parameters: Django says so
            return None
    return Key(is_secure(scope), host, scope.path, query)


def is_secure(scope: Any) -> bool:
    """Tell what Django's request.is_secure() will."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        said = scope.headers.get(name.removeprefix("HTTP_").replace("_", "-").lower())
        if said is not None:
            return bool(said.split(",")[0].strip() == value)
    return bool(scope.scheme == "https")


def parameters_of(path: str) -> tuple[str, ...]:
    try:
        return getattr(resolve(path).func, "reader_parameters", ())
    except Resolver404:
        return ()


def is_reader_page(key: Key) -> bool:
    try:
        return hasattr(resolve(key.path).func, "reader_parameters")
    except Resolver404:
        return False


def page_from(django: WSGIApplication, environ: dict[str, Any], version: Version) -> Page | Answer:
    """Return the page if it may be kept, and else the answer."""
    answer = answer_of(django, environ)
    body = whole(answer.body)
    names = {name for name, _ in answer.headers}
    may_be_kept = (
        environ.get("magazine.is_reader_page")
        and answer.status in KEPT_STATUS
        and "set-cookie" not in names
        and len(body) <= LARGEST
    )
    if may_be_kept:
        return Page(answer, body, version, rendered_at=time.time())
    return answer._replace(body=body)


def whole(body: bytes | IO[bytes]) -> bytes:
    """Return a body that can be sent to everybody who waits for it; a file is read once."""
    if isinstance(body, bytes):
        return body
    with body:
        return body.read()


def changed_just_now() -> bool:
    return time.monotonic() - CONTENT.changed_at < GRACE


def age(page: Page) -> int:
    """Return for how many seconds nobody has been able to say that the page is the newest."""
    since = CONTENT.checked_at if page.version == CONTENT.version else CONTENT.changed_at
    return int(time.monotonic() - since)
