import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests.crawl import Crawl

ROOT = Path(__file__).resolve().parent.parent
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _files_of_their_own(tmp_path: Path, settings) -> None:
    """No test writes where the magazine of this checkout keeps its pictures and mails."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "outbox"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    # Names without a manifest: nothing has to be collected before a page can be rendered.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file, as the magazine runs on it: one in memory knows no waiting writers."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@dataclass
class Site:
    """The magazine as a newcomer runs it: a process of its own, with its own files and database."""

    port: int
    env: dict[str, str]
    output: str = ""
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def manage(self, *command: str, timeout: float = 300) -> str:
        """Run a management command on this site; what it printed. Raises RuntimeError with what it
        complained of where it fails."""
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *command],
            env=self.env,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_database(name: str) -> str:
    """DATABASE_URL of a new, empty database beside the one the tests run on; "" for SQLite."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return ""
    import psycopg

    database = settings.DATABASES["default"]
    where = {
        "host": database["HOST"] or None,
        "port": database["PORT"] or None,
        "user": database["USER"] or None,
        "password": database["PASSWORD"] or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    account = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{account}@{database['HOST']}:{database['PORT'] or 5432}/{name}"


def site_environment(var: Path, database: str) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DEBUG")}
    return {**env, "VAR_DIR": str(var), "DATABASE_URL": own_database(database)}


def wait_until_served(url: str, process: subprocess.Popen, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"nothing answers at {url}")


@contextmanager
def quickstarted(var: Path, database: str, *arguments: str) -> Iterator[Site]:
    """A site of its own in `var`, set up and served by quickstart until the block ends."""
    site = Site(free_port(), site_environment(var, database))
    log = var / "quickstart.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                ROOT / "manage.py",
                "quickstart",
                "--port",
                str(site.port),
                *arguments,
            ],
            env=site.env,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        try:
            wait_until_served(site.url, process, seconds=900)
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{log.read_text()}") from None
        site.output = log.read_text()
        site.passwords = dict(re.findall(r"account (\w+)\s+password (\S+)", site.output))
        yield site
    finally:
        stop(process)


def stop(process: subprocess.Popen) -> None:
    """End a process that was started in a session of its own, and its children."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, set up and served by quickstart once for all tests; they only read from it."""
    with quickstarted(tmp_path_factory.mktemp("demo"), "magazine_demo_of_tests") as site:
        yield site


@pytest.fixture(scope="session")
def demo_crawl(demo_site: Site) -> Crawl:
    """Every page of the demo that a link leads to, read once for all tests."""
    return Crawl(demo_site.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for one module: while Playwright runs, this thread has an event loop, and in a
    thread with an event loop Django refuses to ask the database."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


def chromium() -> str:
    """The browser of this machine. Without one, browser tests are skipped; in CI they fail."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "no Chromium on this machine: install it to run the browser tests"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
