"""PostgreSQL stopped, hung, slow, with its connections reset, without one left."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

import psycopg

from tests.faults.proxy import Proxy
from tests.faults.readers import Seen, p99, statuses, steadily
from tests.faults.sites import COLD, KEPT, Cluster, Server, cluster, served, set_up
from tests.faults.table import Drill, Row, fault

NEWSROOM = "/admin/"
WORDS = b"Back in a moment"
# Requests a second: nine of ten for kept pages.
RATE = 200
# Seconds before the fault, seconds in which the site learns of it, and those to come back in.
BEFORE, LEARNS, BACK = 3, 3, 5
AFTER = BACK + 4


class Phases(NamedTuple):
    """All that readers saw, and the seconds of the clock at which the fault began, at which it
    began to be mended, and at which it was."""

    seen: list[Seen]
    begun: float
    mended: float
    ended: float

    def of(self, paths: list[str], first: float, last: float) -> list[Seen]:
        return [one for one in self.seen if one.path in paths and first <= one.begun < last]


async def ask_through(
    port: int, break_it: Callable[[], object], mend: Callable[[], object], seconds: float
) -> Phases:
    mixed = [*(KEPT * 5), COLD[0], NEWSROOM, COLD[1]]
    asking = asyncio.create_task(steadily(port, mixed, RATE, BEFORE + seconds + AFTER))
    # A cold page is kept once it was answered: these were not, and cannot be before the end.
    cold = asyncio.create_task(ask_cold(port, BEFORE + seconds + AFTER))
    await asyncio.sleep(BEFORE)
    begun = time.monotonic()
    await asyncio.to_thread(break_it)
    await asyncio.sleep(max(0.0, begun + seconds - time.monotonic()))
    mended = time.monotonic()
    await asyncio.to_thread(mend)
    ended = time.monotonic()
    return Phases([*await asking, *await cold], begun, mended, ended)


async def ask_cold(port: int, seconds: float) -> list[Seen]:
    """Ask for pages that are never kept before the fault: they are asked for in its time alone."""
    await asyncio.sleep(BEFORE)
    return await steadily(port, COLD[2:], 5, seconds - BEFORE)


def rows_of(name: str, phases: Phases, log: str) -> Iterator[Row]:
    begun, mended, ended = phases.begun, phases.mended, phases.ended
    end = ended + AFTER
    kept = phases.of(KEPT, begun, end)
    good = [one for one in kept if one.status == 200]
    yield Row(
        name,
        f"kept pages: {statuses(kept)}; p99 {p99(kept) * 1000:.0f} ms",
        "100 % 200",
        len(good) == len(kept) > 0,
    )
    in_time = [one for one in phases.of(KEPT, begun, mended) if one.begun > begun + LEARNS]
    wrong = [one for one in in_time if not is_true_age(one, begun)]
    yield Row(
        name,
        f"Age of the last: {in_time[-1].age} s, {in_time[-1].begun - begun:.0f} s after it began; "
        f"{len(wrong)} of {len(in_time)} wrong",
        "all true, within 2 s",
        bool(in_time) and not wrong,
    )
    cold = [one for one in phases.of(COLD[2:], begun, mended) if one.begun > begun + LEARNS]
    dressed = [one for one in cold if is_refusal(one)]
    yield Row(
        name,
        f"cold pages: {statuses(cold)}; slowest {slowest(cold):.2f} s",
        "503 with Retry-After, in our dress, < 1 s",
        len(dressed) == len(cold) > 0 and slowest(cold) < 1,
    )
    desk = [one for one in phases.of([NEWSROOM], begun, mended) if one.begun > begun + LEARNS]
    yield Row(
        name,
        f"newsroom: {statuses(desk)}; slowest {slowest(desk):.2f} s",
        "503",
        all(one.status == 503 for one in desk) and bool(desk),
    )
    first = [one for one in phases.seen if begun <= one.begun <= begun + LEARNS]
    others = [one for one in phases.seen if begun <= one.begun]
    yield Row(
        name,
        f"slowest answer of all {slowest(others):.2f} s (those asked in the first {LEARNS} s: "
        f"{slowest(first):.2f} s); {log.count('Traceback')} tracebacks in the log",
        "no thread blocked for > 4 s",
        slowest(others) <= 4,
    )
    last_bad = max(
        (one.begun + one.seconds for one in phases.seen if one.begun > ended and is_bad(one)),
        default=ended,
    )
    after = [one for one in phases.seen if one.begun > ended + BACK]
    yield Row(
        name,
        f"all back {last_bad - ended:.1f} s after its return; then {statuses(after)}",
        "≤ 5 s, without a restart",
        last_bad - ended <= BACK and bool(after) and not any(map(is_bad, after)),
    )


def is_true_age(one: Seen, begun: float) -> bool:
    """It is the time since the stamp was last read: not before the fault, nor long before."""
    return abs(one.age - (one.begun + one.seconds - begun)) <= 2


def is_refusal(one: Seen) -> bool:
    is_dressed = WORDS in one.body and re.search(rb'href="/static/[^"]+\.css"', one.body)
    return one.status == 503 and "retry-after" in one.headers and bool(is_dressed)


def is_bad(one: Seen) -> bool:
    return one.status not in (200, 302)


def slowest(seen: list[Seen]) -> float:
    return max((one.seconds for one in seen), default=float("nan"))


def measure(
    name: str,
    server: Server,
    break_it: Callable[[], object],
    mend: Callable[[], object],
    seconds: float,
) -> Iterator[Row]:
    server.keep([*KEPT, *COLD[:2]])
    phases = asyncio.run(ask_through(server.port, break_it, mend, seconds))
    yield from rows_of(name, phases, server.log.read_text())


@fault
def database_stopped(drill: Drill) -> Iterator[Row]:
    with cluster(drill.folder / "cluster") as one:
        site = set_up(drill.folder / "var", one.url)
        with served(site) as server:
            yield from measure("database-stopped", server, one.stop, one.start, drill.choose(60, 8))


@fault
def database_paused(drill: Drill) -> Iterator[Row]:
    """SIGSTOP to all its processes: connections stay, and nothing comes."""
    with cluster(drill.folder / "cluster") as one:
        site = set_up(drill.folder / "var", one.url)
        with served(site) as server:
            yield from measure("database-paused", server, one.pause, one.go_on, drill.choose(60, 8))


@fault
def database_network(drill: Drill) -> Iterator[Row]:
    """Each way in which the network to it can be bad, one after the other."""
    seconds = drill.choose(30, 8)
    with ExitStack() as stack:
        one = stack.enter_context(cluster(drill.folder / "cluster"))
        proxy = stack.enter_context(Proxy(one.port))
        site = set_up(drill.folder / "var", Cluster.url_at(proxy.port))
        for name, change in {
            "refuse": lambda: proxy.change("refuse"),
            "reset": lambda: proxy.change("reset"),
            "hang": lambda: proxy.change("hang"),
            "delay": lambda: proxy.change("delay", seconds=5),
        }.items():
            with served(site) as server:
                yield from measure(
                    f"database-network: {name}",
                    server,
                    change,
                    lambda: proxy.change("pass"),
                    seconds,
                )


@fault
def database_without_connections(drill: Drill) -> Iterator[Row]:
    """The server has none left for the site, and those that it had are ended."""
    with ExitStack() as stack:
        one = stack.enter_context(cluster(drill.folder / "cluster"))
        chief = stack.enter_context(psycopg.connect(one.url, autocommit=True))
        chief.execute("CREATE ROLE magazine LOGIN")
        chief.execute("CREATE DATABASE magazine OWNER magazine")
        site = set_up(drill.folder / "var", f"postgres://magazine@127.0.0.1:{one.port}/magazine")

        def take_all() -> None:
            chief.execute("ALTER ROLE magazine CONNECTION LIMIT 0")
            chief.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'magazine'"
            )

        def give_back() -> None:
            chief.execute("ALTER ROLE magazine CONNECTION LIMIT -1")

        server = stack.enter_context(served(site))
        yield from measure(
            "database-without-connections", server, take_all, give_back, drill.choose(30, 8)
        )
