"""Clients that send half of a request and stop."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager

from tests.faults.readers import Seen, p99, statuses, steadily
from tests.faults.sites import KEPT, Server, served, served_by_quickstart, set_up
from tests.faults.table import CannotInject, Drill, Row, fault

FORM = "/newsletter/subscribe/"
STALLED = 500
RATE = 100


async def stall(port: int, seconds: float) -> bytes:
    """Send half a form, say nothing more, and return what comes, "" for nothing in time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"POST {FORM} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n\r\n"
        writer.write(f"{head}email=half".encode())
        async with asyncio.timeout(seconds):
            return await reader.readline()
    except (OSError, TimeoutError):
        return b""
    finally:
        writer.transport.abort()


async def crowd(port: int, seconds: float) -> tuple[list[Seen], list[bytes]]:
    stalled = asyncio.gather(*(stall(port, seconds) for _ in range(STALLED)))
    await asyncio.sleep(1)
    seen = await steadily(port, [*KEPT, "/static/favicon.svg"], RATE, seconds - 1)
    return seen, await stalled


def measure(name: str, server: Server, seconds: float) -> Iterator[Row]:
    server.keep(KEPT)
    seen, told = asyncio.run(crowd(server.port, seconds))
    pages = [one for one in seen if one.path in KEPT]
    yield Row(
        name,
        f"readers: {statuses(pages)}; p99 {p99(pages) * 1000:.0f} ms",
        "all 200, p99 < 1 s",
        {one.status for one in pages} == {200} and p99(pages) < 1,
    )
    timely = sum(line.startswith(b"HTTP/1.1 408") for line in told)
    yield Row(name, f"{timely} of {STALLED} were told 408", "each", timely == STALLED)


def allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * STALLED
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise CannotInject(f"this machine allows only {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


@fault
def half_a_post(drill: Drill) -> Iterator[Row]:
    """With quickstart's server and the one of production: bodies have thirty seconds."""
    allow_open_files()
    site = set_up(drill.folder / "var")
    servers: dict[str, AbstractContextManager[Server]] = {"production": served(site)}
    if not drill.is_short:
        servers["quickstart"] = served_by_quickstart(site)
    for name, serving in servers.items():
        with serving as server:
            yield from measure(f"half-a-post, {name}", server, drill.choose(60, 36))
