"""What a page costs of which nothing is kept, not even what pages have in common."""

import time
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.test import Client

from articles.models import Article
from tests.benchmarks import plans, reader_pages

TIMES = 9


class Cost(NamedTuple):
    queries: int
    milliseconds: float
    # What of its queries reads more of a large table than a page shows.
    faults: list[str]


def measure() -> dict[str, Cost]:
    """Return the cost of each kind of page: of the dearest one of it, and all that is wrong."""
    article = Article.objects.filter(slug="full").first() or reader_pages.make_full_article()
    large, client = plans.large_tables(), Client(SERVER_NAME="localhost")
    found: dict[str, Cost] = {}
    for kind, listed in reader_pages.addresses(article).items():
        for address in listed:
            depth = reader_pages.DEPTHS.get(address[address.find("?") :], "")
            cost = cost_of(client, address, large)
            found[kind + depth] = dearer(found.get(kind + depth, cost), cost)
    return found


def cost_of(client: Client, address: str, large: set[str]) -> Cost:
    queries = reader_pages.asked(client, address)
    most = plans.MOST_ROWS["reader"]
    faults = [f"{address}: {fault}" for sql in queries for fault in plans.faults(sql, large, most)]
    return Cost(len(queries), milliseconds(client, address), faults)


def dearer(one: Cost, other: Cost) -> Cost:
    return Cost(
        max(one.queries, other.queries),
        max(one.milliseconds, other.milliseconds),
        [*dict.fromkeys(one.faults + other.faults)],
    )


def milliseconds(client: Client, address: str) -> float:
    """Return the processor time of a page: of this process, and of the one of PostgreSQL that works
    for it, which is on this machine."""
    found = []
    for _ in range(TIMES):
        begun = processor_time()
        client.get(address, follow=True)
        found.append(processor_time() - begun)
    # What else the machine does only ever adds to it.
    return min(found)


def processor_time() -> float:
    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() * 1e3 + int(server.read_text().split()[0]) / 1e6
