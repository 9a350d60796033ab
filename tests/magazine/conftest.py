"""A magazine whose pages are kept."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT, Site, free_port, quickstarted, stop, wait_until_served
from tests.magazine.kept_pages import BUMP, ROWS, ask, kept


@pytest.fixture(scope="module")
def kept_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine of two processes."""
    var = tmp_path_factory.mktemp("kept")
    with quickstarted(var, "magazine_kept_of_tests", "--no-demo") as site:
        site.run(ROWS)
        yield site


@pytest.fixture(scope="module")
def port(kept_site: Site) -> Iterator[int]:
    """The same magazine, from a single process."""
    port = free_port()
    command = [sys.executable, "-m", "magazine.gateway", "--workers", "1", "--port", str(port)]
    process = subprocess.Popen(command, env=kept_site.env, cwd=ROOT, start_new_session=True)
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process, seconds=60)
        yield port
        assert process.poll() is None
    finally:
        stop(process)


@pytest.fixture
def cold(kept_site: Site, port: int) -> int:
    """The process, when no page that it keeps is the newest any more."""
    probe = "/newsletter/subscribed/"
    kept(port, probe)
    kept_site.run(BUMP)
    deadline = time.monotonic() + 5
    while ask(port, probe).found == "hit":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return port
