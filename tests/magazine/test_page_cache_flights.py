"""Pages on their way: who waits for which rendering, and what is given meanwhile."""

import asyncio
import gc
import threading
import time
from collections.abc import Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from magazine.gateway import page_cache
from magazine.gateway.content import CONTENT, Version
from magazine.gateway.page_cache import GRACE, PageCache
from magazine.gateway.pools import Pool

LIMIT = 20
OLD, NEW = Version(1, 0), Version(2, 0)


class Press:
    """A WSGI application: each of its pages says which one it is, and comes when it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.lets_go = [threading.Event() for _ in range(4)]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        number = self.begun
        self.begun += 1
        assert self.lets_go[number].wait(LIMIT)
        environ["magazine.is_reader_page"] = True
        start_response("200 OK", [("ETag", f'"{number}"')])
        return Pieces([b"page %d" % number])


class Pieces(list[bytes]):
    def close(self) -> None:
        pass


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    press = Press()
    monkeypatch.setattr(page_cache, "READERS", Pool("press", threads=4, waiting=0))
    for name in ("version", "before", "changed_at", "checked_at"):
        monkeypatch.setattr(CONTENT, name, getattr(CONTENT, name))
    change_to(OLD)
    yield press
    for let_go in press.lets_go:
        let_go.set()


def change_to(version: Version) -> None:
    CONTENT.before, CONTENT.version = CONTENT.version, version
    CONTENT.changed_at = CONTENT.checked_at = time.monotonic()


def front(pages: PageCache) -> Coroutine[Any, Any, Any]:
    scope = SimpleNamespace(
        method="GET",
        path="/",
        query_string="",
        scheme="http",
        authority="localhost",
        http_version="1.1",
        server="127.0.0.1:8000",
        client="127.0.0.1:9000",
        headers={},
    )
    return pages.answer(scope)


async def begun(press: Press, count: int) -> None:
    async with asyncio.timeout(LIMIT):
        while press.begun < count:
            await asyncio.sleep(0.005)


def test_who_asks_after_a_change_is_not_given_what_was_begun_before_it(press):
    async def ask() -> tuple[bytes, ...]:
        pages = PageCache(press, 1_000_000)
        early = asyncio.ensure_future(front(pages))
        await begun(press, 1)
        change_to(NEW)
        late = asyncio.ensure_future(front(pages))
        await begun(press, 2)
        press.lets_go[1].set()
        newest = await late
        press.lets_go[0].set()
        return (await early).body, newest.body, (await front(pages)).body

    assert asyncio.run(ask()) == (b"page 0", b"page 1", b"page 1")
    assert press.begun == 2


async def with_an_old_page(press: Press) -> tuple[PageCache, "asyncio.Future[Any]"]:
    """A page from before the change, and the first reader who asks after it."""
    pages = PageCache(press, 1_000_000)
    press.lets_go[0].set()
    await front(pages)
    change_to(NEW)
    first = asyncio.ensure_future(front(pages))
    await begun(press, 2)
    return pages, first


def test_others_are_given_the_page_as_it_was_while_one_reader_waits_for_the_new_one(press):
    async def ask() -> tuple[bytes, ...]:
        pages, first = await with_an_old_page(press)
        others = [(await front(pages)).body for _ in range(20)]
        press.lets_go[1].set()
        return (*others, (await first).body, (await front(pages)).body)

    assert asyncio.run(ask()) == (*[b"page 0"] * 20, b"page 1", b"page 1")
    assert press.begun == 2


def test_in_a_crowd_nobody_waits_for_the_pages_that_others_ask_for(press, monkeypatch):
    """All threads render other pages: the first to ask for this one is given it as it was, too."""

    async def ask() -> tuple[bytes, ...]:
        pages = PageCache(press, 1_000_000)
        press.lets_go[0].set()
        await front(pages)
        change_to(NEW)
        monkeypatch.setattr(page_cache, "READERS", Pool("press", threads=1, waiting=1))
        crowd = asyncio.ensure_future(page_cache.READERS.run(press.lets_go[3].wait, LIMIT))
        await asyncio.sleep(0)
        first = (await front(pages)).body
        press.lets_go[1].set()
        press.lets_go[3].set()
        await crowd
        while pages.flights:
            await asyncio.sleep(0.005)
        return first, (await front(pages)).body

    assert asyncio.run(ask()) == (b"page 0", b"page 1")
    assert press.begun == 2


def test_a_rendering_that_nobody_waits_for_may_be_refused_in_silence(press, monkeypatch, caplog):
    async def ask() -> bytes:
        pages = PageCache(press, 1_000_000)
        press.lets_go[0].set()
        await front(pages)
        change_to(NEW)
        full = Pool("press", threads=1, waiting=0)
        monkeypatch.setattr(page_cache, "READERS", full)
        crowd = asyncio.ensure_future(full.run(press.lets_go[3].wait, LIMIT))
        await asyncio.sleep(0)
        found = (await front(pages)).body
        press.lets_go[3].set()
        await crowd
        gc.collect()
        return found

    assert asyncio.run(ask()) == b"page 0"
    assert not caplog.records


def test_nobody_is_given_a_page_from_before_a_change_that_is_a_second_old(press):
    async def ask() -> tuple[bytes, bytes]:
        pages, first = await with_an_old_page(press)
        CONTENT.changed_at -= GRACE
        another = asyncio.ensure_future(front(pages))
        await asyncio.sleep(0)
        assert not another.done()
        press.lets_go[1].set()
        return (await first).body, (await another).body

    assert asyncio.run(ask()) == (b"page 1", b"page 1")


def test_a_page_from_two_changes_ago_is_given_to_nobody(press):
    async def ask() -> list[bytes]:
        pages, first = await with_an_old_page(press)
        change_to(Version(3, 0))
        others = [asyncio.ensure_future(front(pages)) for _ in range(2)]
        await begun(press, 3)
        press.lets_go[1].set()
        await first
        press.lets_go[2].set()
        return [other.body for other in await asyncio.gather(*others)]

    assert asyncio.run(ask()) == [b"page 2"] * 2
