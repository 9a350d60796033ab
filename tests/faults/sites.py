"""Magazines and database servers that may be broken."""

import atexit
import contextlib
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil

from tests.conftest import ROOT, Site, free_port, stop, wait_until_served
from tests.faults.table import CannotInject
from tests.magazine.kept_pages import ROWS, ask

# Pages that are asked for before a fault, and listings that nobody asked for.
KEPT = ["/", "/harbour/", "/section/africa/", "/author/ines/", "/tag/ports/", "/corrections/"]
COLD = [f"/number-{number}/" for number in range(24)]


class Cluster:
    """A PostgreSQL of our own, which may be stopped and paused."""

    def __init__(self, folder: Path) -> None:
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        initdb = found[-1] if found else shutil.which("initdb")
        if not initdb:
            raise CannotInject("initdb of PostgreSQL is not on this machine")
        self.programs = Path(initdb).parent
        self.folder, self.port = folder, free_port()
        # Its server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        folder.mkdir()
        if self.user:
            shutil.chown(folder, self.user)
        self.program("initdb", "--auth=trust", "--username=postgres", "--no-sync")
        with (folder / "postgresql.conf").open("a") as conf:
            conf.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nfsync = off\n"
                "unix_socket_directories = ''\nmax_connections = 60\nmax_wal_size = '4GB'\n"
                "shared_buffers = '256MB'\n"
            )
        self.start()

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    @staticmethod
    def url_at(port: int) -> str:
        return f"postgres://postgres@127.0.0.1:{port}/postgres"

    def program(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / name), "--pgdata", str(self.folder), *arguments],
            check=True,
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            timeout=120,
        )

    def start(self) -> None:
        self.program("pg_ctl", "--log", str(self.folder / "log"), "--wait", "start")

    def stop(self) -> None:
        self.program("pg_ctl", "--mode", "immediate", "stop")

    def processes(self) -> list[psutil.Process]:
        first = int((self.folder / "postmaster.pid").read_text().split()[0])
        return [psutil.Process(first), *psutil.Process(first).children()]

    def pause(self) -> None:
        for process in self.processes():
            process.suspend()

    def go_on(self) -> None:
        for process in self.processes():
            process.resume()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    one = Cluster(folder)
    try:
        yield one
    finally:
        if (folder / "postmaster.pid").exists():
            one.go_on()
            one.stop()


@cache
def on_sqlite() -> Site:
    """The magazine that those on SQLite are copies of."""
    var = Path(tempfile.mkdtemp(prefix="faults-"))
    atexit.register(shutil.rmtree, var)
    return filled(var, "")


def set_up(var: Path, database_url: str = "", **settings: str) -> Site:
    """A magazine with a few articles, on SQLite where no other database is named; nothing serves
    it."""
    if database_url:
        return filled(var, database_url, **settings)
    shutil.copytree(on_sqlite().env["VAR_DIR"], var)
    return Site(0, on_sqlite().env | {"VAR_DIR": str(var)} | settings)


def filled(var: Path, database_url: str, **settings: str) -> Site:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DEBUG")}
    env |= {"VAR_DIR": str(var), "DATABASE_URL": database_url, **settings}
    site = Site(0, env)
    site.output = site.manage("quickstart", "--no-demo", "--no-serve")
    site.run(ROWS)
    # Its connection must not be one of those that are broken.
    site.close()
    return site


class Server:
    """A running gateway: the command that production starts, or quickstart."""

    def __init__(self, port: int, process: subprocess.Popen, log: Path) -> None:
        self.port, self.process, self.log = port, process, log

    def workers(self) -> list[psutil.Process]:
        """Return its processes that serve; quickstart has one beside them that mails."""
        found = []
        for one in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):  # and one that has just ended
                if "newsletter_worker" not in one.cmdline():
                    found.append(one)
        return found

    def keep(self, paths: list[str]) -> None:
        """Let every worker keep these pages: which of them is asked is the kernel's choice."""
        for path in paths:
            for _ in range(12):
                ask(self.port, path)
            wait_for(lambda path=path: all(ask(self.port, path).found == "hit" for _ in range(8)))


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> float:
    """Wait until it holds, and return for how long. Raises TimeoutError."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - begun


@contextmanager
def served(site: Site, workers: int = 2, **settings: str) -> Iterator[Server]:
    port = free_port()
    command = ["-m", "magazine.gateway", "--workers", str(workers), "--port", str(port)]
    with started(site, port, command, settings) as server:
        yield server


@contextmanager
def served_by_quickstart(site: Site) -> Iterator[Server]:
    port = free_port()
    with started(site, port, ["manage.py", "quickstart", "--port", str(port)], {}) as server:
        yield server


@contextmanager
def started(
    site: Site, port: int, command: list[str], settings: dict[str, str]
) -> Iterator[Server]:
    log = Path(site.env["VAR_DIR"]) / f"server-{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=site.env | settings,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_served(f"http://127.0.0.1:{port}/", process, seconds=60)
        yield Server(port, process, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
            stop(process)
