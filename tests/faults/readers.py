"""Readers in numbers, each with a connection of its own, from one event loop."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from tests.faults.table import percentile

# Who has no answer after so many seconds has none.
PATIENCE = 20


class Seen(NamedTuple):
    """What one reader was answered; the status is 0 where nothing came."""

    path: str
    begun: float  # by time.monotonic()
    seconds: float
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def age(self) -> int:
        return int(self.headers.get("age", -1))


async def ask(port: int, path: str, method: str = "GET") -> Seen:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            received = await exchange(port, f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}")
    except (OSError, TimeoutError):
        received = b""
    seconds = time.monotonic() - begun
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    named = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in named}
    is_whole = int(headers.get("content-length", len(body))) == len(body)
    status = int(first.split()[1]) if first and is_whole else 0
    return Seen(path, begun, seconds, status, headers, body)


async def exchange(port: int, head: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"{head}\r\nconnection: close\r\n\r\n".encode())
        return await reader.read()
    finally:
        writer.transport.abort()


async def steadily(port: int, paths: Iterable[str], rate: float, seconds: float) -> list[Seen]:
    """Ask for these in turn, so many a second, whether or not the earlier ones were answered."""
    begun = time.monotonic()
    asked = []
    for number, path in zip(range(int(rate * seconds)), itertools.cycle(paths), strict=False):
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        asked.append(asyncio.create_task(ask(port, path)))
    return await asyncio.gather(*asked)


async def at_once(port: int, paths: Iterable[str]) -> list[Seen]:
    return await asyncio.gather(*(ask(port, path) for path in paths))


def statuses(seen: Iterable[Seen]) -> str:
    """Name how many answers there were of each status, such as “200 × 12, none × 1”."""
    counted = Counter(one.status or "none" for one in seen)
    return ", ".join(f"{status} × {count}" for status, count in sorted(counted.items(), key=str))


def p99(seen: Iterable[Seen]) -> float:
    return percentile((one.seconds for one in seen), 0.99)
