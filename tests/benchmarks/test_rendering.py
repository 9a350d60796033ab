"""Processor time of the front page beside that of an empty view, under the same server."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

import psutil
import pytest

from tests.conftest import ROOT, Site, free_port, stop, wait_until_served
from tests.crawl import Client

pytestmark = pytest.mark.benchmark

ROUNDS = 7
EMPTY, FRONT = 400, 20


@pytest.fixture
def server(demo_site: Site) -> Iterator[tuple[str, psutil.Process]]:
    """The demo once more, from a single worker, with an empty view; its address and worker."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--workers", "1"]
    process = subprocess.Popen(
        [
            *command,
            *("--port", str(port), "--log-level", "warning"),
            "magazine.gateway.application:application",
        ],
        env={**demo_site.env, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"},
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_served(f"{url}/empty/", process, seconds=60)
        # Python's own tracker of shared memory may stand beside the worker; that one does nothing.
        children = psutil.Process(process.pid).children()
        yield url, max(children, key=lambda child: child.memory_info().rss)
    finally:
        stop(process)


def cost(worker: psutil.Process, client: Client, path: str, times: int) -> float:
    """Processor seconds of the worker for one request."""
    before = worker.cpu_times()
    for _ in range(times):
        assert client.get(path).status == 200
    after = worker.cpu_times()
    return (after.user + after.system - before.user - before.system) / times


def test_the_front_page_beside_an_empty_view(server, table):
    """Printed and not asserted: the ratio is that of this machine in this minute."""
    url, worker = server
    with Client(url) as client:
        for path in ("/empty/", "/"):
            cost(worker, client, path, 20)
        rounds = [
            (cost(worker, client, "/empty/", EMPTY), cost(worker, client, "/", FRONT))
            for _ in range(ROUNDS)
        ]
    ratio = median(front / empty for empty, front in rounds if empty)
    for name, number in (("empty view", 0), ("front page", 1)):
        seconds = median(one[number] for one in rounds)
        table.add(f"processor time, {name}", f"{seconds * 1000:.2f} ms", "")
    table.add("processor time, front page : empty view", f"{ratio:.1f}", "≤ 40")
