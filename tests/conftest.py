import atexit
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests.crawl import Crawl

ROOT = Path(__file__).resolve().parent.parent
# The database that empty magazines are copied from, where the tests run on PostgreSQL.
EMPTY = "magazine_empty_of_tests"
numbers = itertools.count(1)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def folder_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tests may write; nothing is collected in its `static`."""
    folder = tmp_path_factory.mktemp("all")
    (folder / "static").mkdir()
    return folder


@pytest.fixture(autouse=True)
def _files_of_their_own(folder_of_all: Path, settings) -> None:
    """No test writes where the magazine of this checkout keeps its pictures and mails.

    A folder is made by the first who writes into it: few tests do.
    """
    own = folder_of_all / str(next(numbers))
    settings.MEDIA_ROOT = own / "media"
    settings.EMAIL_FILE_PATH = own / "outbox"
    settings.STATIC_ROOT = folder_of_all / "static"
    # Names without a manifest: nothing has to be collected before a page can be rendered.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _passwords_that_are_checked_quickly(settings) -> None:
    """What makes them slow to guess makes them slow to test; sites in processes of their own keep
    it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
    # The browser's cookies of those who have logged in, by account.
    sessions: dict[str, list[Any]] = field(default_factory=dict)
    _shell: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return Path(self.env["VAR_DIR"]) / "quickstart.log"

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

    def run(self, code: str) -> str:
        """Run code in a Django shell on this site; what it printed. Raises RuntimeError with the
        traceback where it fails."""
        if self._shell is None:
            self._shell = subprocess.Popen(
                [sys.executable, "-m", "tests.shell"],
                env={**self.env, "DJANGO_SETTINGS_MODULE": "magazine.settings"},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(json.dumps(code) + "\n")
        self._shell.stdin.flush()
        printed, error = json.loads(self._shell.stdout.readline())
        if error:
            raise RuntimeError(error)
        return printed

    def close(self) -> None:
        """End the shell."""
        if self._shell is not None:
            self._shell.communicate(timeout=60)
            self._shell = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_database(name: str, template: str = "template1") -> str:
    """DATABASE_URL of a new database beside the one the tests run on, empty or a copy; "" for
    SQLite."""
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
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    account = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{account}@{database['HOST']}:{database['PORT'] or 5432}/{name}"


def site_environment(var: Path, database: str, template: str = "template1") -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DEBUG")}
    return {**env, "VAR_DIR": str(var), "DATABASE_URL": own_database(database, template)}


def read_passwords(output: str) -> dict[str, str]:
    """The passwords that quickstart printed, by account."""
    return dict(re.findall(r"account (\w+)\s+password (\S+)", output))


@cache
def _set_up_empty_site() -> Site:
    """An empty magazine, set up by quickstart once for all tests."""
    var = Path(tempfile.mkdtemp(prefix="magazine-"))
    atexit.register(shutil.rmtree, var)
    site = Site(0, site_environment(var, EMPTY))
    site.output = site.manage("quickstart", "--no-demo", "--no-serve")
    return site


def empty_site(var: Path, database: str) -> Site:
    """A copy in `var` of an empty magazine that quickstart has set up; nothing serves it yet.

    Migrating, hashing passwords and compressing static files take seconds, and give the same each
    time.
    """
    original = _set_up_empty_site()
    shutil.copytree(original.env["VAR_DIR"], var, dirs_exist_ok=True)
    return Site(
        free_port(),
        site_environment(var, database, template=EMPTY),
        original.output,
        read_passwords(original.output),
    )


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
def starting(site: Site, *arguments: str) -> Iterator[subprocess.Popen]:
    """Quickstart at work on this site, which may not answer yet; ended when the block ends."""
    with site.log.open("w") as output:
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
        yield process
    finally:
        site.close()
        stop(process)


def started(site: Site, process: subprocess.Popen) -> Site:
    """Return the site once it answers."""
    try:
        wait_until_served(site.url, process, seconds=900)
    except RuntimeError as error:
        raise RuntimeError(f"{error}:\n{site.log.read_text()}") from None
    site.output += site.log.read_text()
    site.passwords = read_passwords(site.output)
    return site


@contextmanager
def quickstarted(var: Path, database: str, *arguments: str) -> Iterator[Site]:
    """A site of its own in `var`, set up and served by quickstart until the block ends."""
    if "--no-demo" in arguments:
        site = empty_site(var, database)
    else:
        site = Site(free_port(), site_environment(var, database))
    with starting(site, *arguments) as process:
        yield started(site, process)


def stop(process: subprocess.Popen) -> None:
    """End a process that was started in a session of its own, and its children."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


DEMO = pytest.StashKey[tuple[Site, subprocess.Popen]]()


def needs_demo(item: pytest.Item) -> bool:
    return "demo_site" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=needs_demo)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start on the demo at once if a test needs it: drawing it takes a minute or two, in which the
    others run."""
    if session.config.option.collectonly or not any(map(needs_demo, session.items)):
        return
    var = Path(tempfile.mkdtemp(prefix="magazine-demo-"))
    site = Site(free_port(), site_environment(var, "magazine_demo_of_tests"))
    stack = ExitStack()
    stack.callback(shutil.rmtree, var)
    session.config.stash[DEMO] = site, stack.enter_context(starting(site))
    session.config.add_cleanup(stack.close)


@pytest.fixture(scope="session")
def demo_site(request: pytest.FixtureRequest) -> Site:
    """The demo, set up and served by quickstart once for all tests; they only read from it."""
    return started(*request.config.stash[DEMO])


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
