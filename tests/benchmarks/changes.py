"""What readers feel of a change: until they see it, and while it is made."""

import http.client
import re
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta

import psutil

from tests.conftest import Site
from tests.magazine.kept_pages import ask

ROUNDS = 10
SECONDS = 10
PAGES = 2_000
PUBLISH = """
import time
from datetime import datetime
from articles.models import Article, Section
from tests import make
make.article({headline!r}, published_at=datetime.fromisoformat({at!r}))
print(time.time())
"""
ADDRESSES = """
from articles.models import Article
print(" ".join(row.get_absolute_url() for row in Article.objects.published().only("slug")))
"""


def seconds_until_seen(
    site: Site, port: int, *, in_advance: timedelta = timedelta(), host: str = "localhost"
) -> float:
    """Return the longest time from a commit, or from the moment for which an article was scheduled
    `in_advance`, until every process at this port has it on the front page."""
    # The kernel gives each connection to one of the processes, and it stays there.
    readers = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(12)]
    found = []
    for number in range(ROUNDS):
        headline, at = f"Out {port} {in_advance.seconds} {number}", datetime.now(UTC) + in_advance
        committed = float(site.run(PUBLISH.format(headline=headline, at=at.isoformat())))
        since = max(committed, at.timestamp())
        time.sleep(max(0.0, since - time.time()))
        for reader in readers:
            while headline.encode() not in body_of(reader, host):
                time.sleep(0.005)
        found.append(time.time() - since)
    return max(found)


def body_of(reader: http.client.HTTPConnection, host: str) -> bytes:
    reader.request("GET", "/", headers={"host": host})
    return reader.getresponse().read()


def slowest_hundredth(site: Site, *, is_publishing: bool) -> float:
    """Return milliseconds that 99 of 100 answers stay below; an editor publishes every second."""
    over = threading.Event()

    def publish() -> None:
        while is_publishing and not over.wait(1):
            now = datetime.now(UTC).isoformat()
            site.run(PUBLISH.format(headline="Every second", at=now))

    editor = threading.Thread(target=publish)
    editor.start()
    command = ["wrk", "-t2", "-c32", f"-d{SECONDS}s", "--latency", "-H", "accept-encoding: gzip"]
    done = subprocess.run([*command, f"{site.url}/"], check=True, capture_output=True, text=True)
    over.set()
    editor.join()
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)[0]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def megabytes_with_many_pages(site: Site, port: int, worker: psutil.Process) -> tuple[float, float]:
    """Return the memory of a process that has answered one page, and with `PAGES` kept."""
    site.manage("generate_archive", str(PAGES))
    ask(port, "/")
    before = worker.memory_info().rss
    for path in site.run(ADDRESSES).split()[:PAGES]:
        assert ask(port, path).status == 200
    # The last ones are still being packed.
    time.sleep(5)
    return before / 1e6, worker.memory_info().rss / 1e6
