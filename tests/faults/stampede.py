"""A publication while a crowd reads."""

import asyncio
import itertools
import re
import time
from collections import Counter
from collections.abc import Iterator

from tests.conftest import Site
from tests.faults.readers import Seen, ask, p99, statuses
from tests.faults.sites import Server, served, set_up
from tests.faults.table import Drill, Row, fault

READERS = 400
PAGES = 50
# On every page stand the masthead's words, which are changed; in every answer they must agree with
# themselves.
PUBLISH = """
from articles.models import Section
Section.objects.filter(slug="africa").update(name="Edition {number}")
"""
MORE = """
from articles.models import Section
from tests import make
for number in range({count}):
    make.article(f"Crowded {{number}}", slug=f"crowded-{{number}}", minutes_ago=200,
        section=Section.objects.get(slug="africa"))
"""
EDITION = re.compile(rb"Edition \d+|Africa")


async def read_on(port: int, paths: list[str], until: asyncio.Event) -> list[Seen]:
    """One reader, who asks for a page as soon as the one before has come."""
    seen = []
    number = 0
    while not until.is_set():
        seen.append(await ask(port, paths[number % len(paths)]))
        number += 7
        await asyncio.sleep(1)
    return seen


async def crowd(site: Site, port: int, paths: list[str], editions: int) -> tuple[list[Seen], list]:
    until = asyncio.Event()
    readers = [
        asyncio.create_task(read_on(port, paths[start % PAGES :] + paths[: start % PAGES], until))
        for start in range(READERS)
        if not await asyncio.sleep(1 / READERS)
    ]
    await asyncio.sleep(2)
    published = []
    for number in range(1, editions + 1):
        await asyncio.to_thread(site.run, PUBLISH.format(number=number))
        published.append(time.monotonic())
        await asyncio.sleep(4)
    until.set()
    return [one for seen in await asyncio.gather(*readers) for one in seen], published


def rendered(seen: list[Seen], published: list[float]) -> int:
    """Return how often the page that was rendered most was rendered under one edition."""
    moments = [0.0, *published, float("inf")]
    most = 0
    for first, last in itertools.pairwise(moments):
        made = Counter(
            one.path
            for one in seen
            if first <= one.begun < last and 'desc="miss"' in one.headers.get("server-timing", "")
        )
        most = max(most, *made.values(), 0)
    return most


def editions_of(one: Seen) -> set[bytes]:
    return set(EDITION.findall(one.body))


def measure(site: Site, server: Server, editions: int) -> Iterator[Row]:
    paths = ["/", "/section/africa/", *(f"/crowded-{number}/" for number in range(PAGES - 2))]
    server.keep(paths[:1])
    for path in paths * 6:
        asyncio.run(ask(server.port, path))
    seen, published = asyncio.run(crowd(site, server.port, paths, editions))
    workers = len(server.workers())
    most = rendered(seen, published)
    yield Row(
        "stampede",
        f"{len(seen)} answers to {READERS} readers over {editions} publications: {statuses(seen)}; "
        f"a page rendered at most {most} × in {workers} processes",
        "at most once per process",
        0 < most <= workers,
    )
    yield Row(
        "stampede",
        f"p99 {p99(seen) * 1000:.0f} ms",
        "< 300 ms",
        p99(seen) < 0.3 and {one.status for one in seen} == {200},
    )
    mixed = [one for one in seen if len(editions_of(one)) != 1]
    late = [
        one
        for one in seen
        for at, number in zip(published, range(1, editions + 1), strict=True)
        if at + 2 < one.begun < at + 4 and editions_of(one) != {b"Edition %d" % number}
    ]
    yield Row(
        "stampede",
        f"{len(mixed)} pages of two editions in one; {len(late)} old ones two seconds later",
        "0; 0",
        not mixed and not late,
    )


@fault
def stampede(drill: Drill) -> Iterator[Row]:
    site = set_up(drill.folder / "var")
    site.run(MORE.format(count=PAGES - 2))
    with served(site) as server:
        yield from measure(site, server, drill.choose(5, 2))
    site.close()
