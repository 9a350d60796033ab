"""What this process has answered and what it holds, counted for an operator.

Counting costs a request less than a microsecond: plain numbers, changed on the event loop alone.
"""

import os
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate, chain
from pathlib import Path

from .content import CONTENT
from .page_cache import PageCache
from .pools import POOLS, is_newsroom
from .readiness import WAITING_MAILS, Result, Status, results_of_checks, worst

# Upper ends of the classes of durations, in seconds.
BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0)


class Tally:
    """The requests of one kind."""

    def __init__(self) -> None:
        self.by_status: defaultdict[int, int] = defaultdict(int)
        self.by_duration = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    @property
    def count(self) -> int:
        return sum(self.by_duration)


# By where the answer came from: the page cache's words, a refusal of the gateway, or Django.
TALLIES = {
    kind: Tally() for kind in ("hit", "stale", "wait", "miss", "refused", "newsroom", "other")
}


def count(kind: str, path: str, status: int, seconds: float) -> None:
    tally = TALLIES[kind or ("newsroom" if is_newsroom(path) else "other")]
    tally.by_status[status] += 1
    tally.by_duration[bisect_left(BUCKETS, seconds)] += 1
    tally.seconds += seconds


def page_cache(cache: PageCache) -> dict[str, int]:
    kept = (cache.found, cache.missing)
    return {
        "pages": sum(len(pages.kept) for pages in kept),
        "bytes": sum(pages.size for pages in kept),
        "hits": TALLIES["hit"].count,
        "stale": TALLIES["stale"].count,
        "misses": TALLIES["miss"].count + TALLIES["wait"].count,
    }


async def text(cache: PageCache) -> str:
    """Return all of it in Prometheus' text form, version 0.0.4."""
    results, mails = await results_of_checks(), await WAITING_MAILS.get()
    families = (
        of_requests(),
        of_the_gateway(cache),
        of_readiness(results, mails),
        of_the_process(),
    )
    return "".join(chain(*families))


def of_requests() -> Iterator[str]:
    yield family(
        "magazine_requests_total",
        "counter",
        "Requests by where their answer came from: kept (hit, stale), rendered (miss), one that "
        "another request had rendered (wait), refused by the gateway, Django (newsroom, other).",
        {
            labels(kind=kind, code=status): number
            for kind, tally in TALLIES.items()
            for status, number in tally.by_status.items()
        },
    )
    name = "magazine_request_duration_seconds"
    samples: dict[str, float] = {}
    for kind, tally in TALLIES.items():
        below = accumulate(tally.by_duration)
        for end, number in zip([*map(str, BUCKETS), "+Inf"], below, strict=True):
            samples["_bucket" + labels(kind=kind, le=end)] = number
        samples["_sum" + labels(kind=kind)] = tally.seconds
        samples["_count" + labels(kind=kind)] = tally.count
    yield family(name, "histogram", "Until an answer could be sent, its body received.", samples)


def of_the_gateway(cache: PageCache) -> Iterator[str]:
    kept = page_cache(cache)
    busy = {labels(pool=pool.name): pool.busy for pool in POOLS}
    waiting = {labels(pool=pool.name): pool.waiting for pool in POOLS}
    age = time.monotonic() - CONTENT.checked_at
    yield gauge("magazine_pages_kept", "Pages in memory.", {labels(): kept["pages"]})
    yield gauge("magazine_pages_kept_bytes", "What they take.", {labels(): kept["bytes"]})
    yield gauge("magazine_threads_busy", "Threads of Django at work.", busy)
    yield gauge("magazine_requests_waiting", "Requests that wait for such a thread.", waiting)
    yield gauge(
        "magazine_content_age_seconds", "Since the content stamp was last read.", {labels(): age}
    )


def of_readiness(results: dict[str, Result], mails: dict[str, int]) -> Iterator[str]:
    is_ready = worst(results) is not Status.FAIL
    statuses = list(Status)
    yield gauge("magazine_ready", "1 while /healthz/ready says 200.", {labels(): int(is_ready)})
    yield gauge(
        "magazine_check_status",
        "What a check of readiness found: 0 pass, 1 warn, 2 fail.",
        {labels(check=name): statuses.index(found.status) for name, found in results.items()},
    )
    yield gauge(
        "magazine_newsletter_waiting_mails",
        "Mails that the newsletter's worker has yet to send.",
        {labels(kind=kind): number for kind, number in mails.items()},
    )


def of_the_process() -> Iterator[str]:
    seconds = {labels(): time.process_time()}
    yield family("process_cpu_seconds_total", "counter", "Processor time.", seconds)
    statm = Path("/proc/self/statm")
    if statm.exists():  # on Linux
        size = int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        yield gauge("process_resident_memory_bytes", "Memory in use.", {labels(): size})


def labels(**values: object) -> str:
    """Return the labels of a sample; the process comes first, since a scrape reaches any of them.
    No value of ours has a sign that would have to be escaped."""
    pairs = {"process": os.getpid(), **values}
    return "{" + ",".join(f'{name}="{value}"' for name, value in pairs.items()) + "}"


def gauge(name: str, meaning: str, samples: Mapping[str, float]) -> str:
    return family(name, "gauge", meaning, samples)


def family(name: str, kind: str, meaning: str, samples: Mapping[str, float]) -> str:
    """Return a metric with its samples, by what follows its name in each of them."""
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    return "\n".join([*lines, *(f"{name}{key} {value}" for key, value in samples.items()), ""])
