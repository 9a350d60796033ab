"""A robot that asks for thousands of listings, each cut at another place, and for nonsense."""

import asyncio
import json
import random
import re
from collections.abc import Iterator

import psutil
import psycopg

from tests.conftest import Site
from tests.faults.readers import Seen, ask, statuses
from tests.faults.sites import Server, cluster, served, set_up
from tests.faults.table import Drill, Row, fault, percentile

AT_ONCE = 16
ROOM = 64
SUBJECTS = """
import json
from taggit.models import Tag
from articles.models import Article, Author, Format, Section, Series
print(json.dumps({
    kind: list(model.objects.values_list("slug", flat=True)[:500])
    for kind, model in {"section": Section, "author": Author, "tag": Tag, "series": Series,
        "format": Format, "": Article}.items()
}))
"""
NONSENSE = ["before=2026", "after=-1", "before=x-9", "page=99", "q=war", "utm_source=x", "a[]=1"]
DURATION = re.compile(r"duration: ([\d.]+) ms  \S+(?: \S+)?: (.*)")


def paths(site: Site, count: int) -> Iterator[str]:
    """Random addresses of listings: three of four with a mark in it, cut where nobody cut them."""
    rng = random.Random(count)
    subjects: dict[str, list[str]] = json.loads(site.run(SUBJECTS))
    kinds = [kind for kind, slugs in subjects.items() if slugs]
    for _ in range(count):
        kind = rng.choice(kinds)
        path = f"/{kind}/{rng.choice(subjects[kind])}/".replace("//", "/")
        if kind and rng.random() < 0.75:
            day = f"{rng.randint(2007, 2026)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
            which = rng.choice(["before", "after"])
            path += f"?{which}={day}T{rng.randint(0, 23):02}0000.0-{rng.randint(1, 10**6)}"
        elif rng.random() < 0.5:
            path += f"?{rng.choice(NONSENSE)}"
        yield path


async def crawl(port: int, wanted: Iterator[str]) -> list[Seen]:
    seen: list[Seen] = []

    async def robot() -> None:
        for path in wanted:
            # The bodies of twenty thousand pages are not looked at.
            seen.append((await ask(port, path))._replace(body=b""))

    await asyncio.gather(*(robot() for _ in range(AT_ONCE)))
    return seen


def shortened(query: str) -> str:
    """Return the beginning of a query behind its columns, where its tables and conditions stand."""
    return re.sub(r"SELECT .*? FROM|\|", "…", query)[:200]


def megabytes(server: Server) -> float:
    """Return what the largest of its processes has in memory."""
    sizes = [psutil.Process(one.pid).memory_info().rss for one in server.workers()]
    return max(sizes) / 1_000_000


@fault
def deep_crawl(drill: Drill) -> Iterator[Row]:
    articles, pages = drill.choose(100_000, 3_000), drill.choose(20_000, 600)
    with cluster(drill.folder / "cluster") as one:
        site = set_up(drill.folder / "var", one.url, PAGE_CACHE_MB=str(ROOM))
        site.manage("generate_archive", str(articles), timeout=1_800)
        with psycopg.connect(one.url, autocommit=True) as chief:
            chief.execute("VACUUM ANALYZE")
            chief.execute("ALTER SYSTEM SET log_min_duration_statement = '20ms'")
            chief.execute("SELECT pg_reload_conf()")
        with served(site) as server:
            asyncio.run(crawl(server.port, paths(site, 40)))
            before = megabytes(server)
            log = one.folder / "log"
            begun = log.stat().st_size
            seen = asyncio.run(crawl(server.port, paths(site, pages)))
            after = megabytes(server)
        site.close()
        said = log.read_bytes()[begun:].decode(errors="replace")
    slow = sorted(((float(ms), query) for ms, query in DURATION.findall(said)), reverse=True)
    name = f"deep-crawl, {articles:,} articles"
    bad = [one for one in seen if one.status not in (200, 301, 404, 410)]
    yield Row(
        name,
        f"{len(seen):,} pages: {statuses(seen)}; p99 "
        f"{percentile((one.seconds for one in seen), 0.99):.2f} s with {AT_ONCE} at once",
        "no 5xx",
        not bad and len(seen) == pages,
    )
    yield Row(
        name,
        f"the largest process {before:.0f} → {after:.0f} MB with PAGE_CACHE_MB={ROOM}",
        f"≤ {ROOM} MB and a third more, ≤ 200 MB in all",
        after - before <= ROOM * 4 / 3 and after <= 200,
    )
    slowest = "; ".join(f"{ms:.0f} ms {shortened(query)}" for ms, query in slow[:3])
    yield Row(
        name,
        f"{sum(ms > 100 for ms, _ in slow)} queries over 100 ms; {slowest or 'none over 20 ms'}",
        "no query over 100 ms",
        not slow or slow[0][0] <= 100,
    )
