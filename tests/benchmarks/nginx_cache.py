"""The magazine behind the nginx of `magazine/deploy/`, with its cache on."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.changes import ADDRESSES, PUBLISH
from tests.conftest import ROOT, Site, free_port, stop
from tests.magazine.nginx import HOST, Front, in_front, wait_for

IDLE = 10
ROUNDS = 3


@contextmanager
def behind(site: Site, folder: Path) -> Iterator[Front]:
    """Serve by two processes behind nginx, without TLS, until the block ends."""
    folder.mkdir()
    port = free_port()
    named = {"SITE_URL": f"http://{HOST}", "ALLOWED_HOSTS": HOST, "BEHIND_PROXY": "True"}
    command = [sys.executable, "-m", "magazine.gateway", "--port", str(port)]
    process = subprocess.Popen(command, env=site.env | named, cwd=ROOT, start_new_session=True)
    try:
        wait_for(port, process)
        with in_front(port, Path(site.env["VAR_DIR"]), folder, tls=False) as front:
            yield front
    finally:
        stop(process)


def seconds_of_idle_pages(site: Site, front: Front) -> float:
    """Return how long after a commit the first who asked for a page was last given the old one.

    Each page was asked for once, and then by nobody for `IDLE` seconds; every page has the newest
    headlines in its rail, and each is asked for at another moment of the next two seconds.
    """
    paths = site.run(ADDRESSES).split()
    last = 0.0
    for number in range(ROUNDS):
        for path in paths:
            front.ask(path)
        time.sleep(IDLE)
        headline, at = f"Out while nobody looked {number}", datetime.now(UTC).isoformat()
        committed = float(site.run(PUBLISH.format(headline=headline, at=at)))
        for at_second, path in zip(moments(len(paths)), paths, strict=True):
            time.sleep(max(0.0, committed + at_second - time.time()))
            since = time.time() - committed
            if headline.encode() not in front.ask(path).body:
                last = max(last, since)
    return last


def moments(count: int) -> list[float]:
    return [2 * number / count for number in range(count)]
