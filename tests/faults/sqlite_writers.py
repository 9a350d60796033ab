"""Eight processes that write one SQLite file, one of them killed every few seconds.

    .venv/bin/python -m tests.faults.sqlite_writers [--seconds 600]

Readers ask meanwhile, and the server brings in the log as it does in production.
"""

import argparse
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.conftest import ROOT, Site
from tests.faults.sites import Server, served, set_up, wait_for
from tests.faults.table import Drill, Row, fault, line
from tests.magazine.kept_pages import ask

WRITERS = 8
READERS = 2
# The log may grow beyond 16 MB while a reader keeps it from being emptied.
LOG_BOUND = 64 * 2**20

# What editors and readers of the newsletter write, each in a transaction; said once it is kept.
# Writers are forked from one process, before it asks the database: starting Django takes seconds.
WRITE = """
import itertools, os, signal, sys, time
import django
django.setup()
from django.db import Error, transaction
from articles.models import Section
from newsletter.models import Subscriber
from tests import make
from tests.newsletter.issues import weekly

def write(name):
    africa, kept = Section.objects.get(slug="africa"), []
    body = make.FIVE_PARAGRAPHS * 120
    for number in itertools.count():
        slug, begun = f"{name}-{number}", time.monotonic()
        try:
            with transaction.atomic():
                article = make.article(slug, slug=slug, body=body, section=africa, tags=["ports"])
                Subscriber.objects.create(email=f"{slug}@reader.example").join(weekly())
                article.teaser = f"The teaser of {slug}"
                article.save()
            print("kept", slug, flush=True)
            kept.append(article)
            if len(kept) > 20:
                kept.pop(0).delete()
        except Error as error:
            print(f"refused {error!r} after {time.monotonic() - begun:.1f} s", flush=True)

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    log = os.open(line.strip(), os.O_WRONLY | os.O_CREAT, 0o600)
    if pid := os.fork():
        os.close(log)
        print(pid, flush=True)
    else:
        os.dup2(log, 1)
        os.dup2(log, 2)
        write(os.path.basename(line.strip()))
"""


class Writer(NamedTuple):
    pid: int
    log: Path

    def kill(self) -> None:
        """Whatever it is at, it does not end that."""
        os.kill(self.pid, signal.SIGKILL)
        wait_for(lambda: not psutil.pid_exists(self.pid))

    def lines(self, first: str) -> list[str]:
        """Return the rest of the whole lines that begin with this word."""
        whole = self.log.read_text().rpartition("\n")[0].splitlines()
        return [line.removeprefix(f"{first} ") for line in whole if line.startswith(f"{first} ")]


class Writers:
    """As many as there shall be, and those that were killed."""

    def __init__(self, site: Site) -> None:
        self.folder = Path(site.env["VAR_DIR"])
        self.all: list[Writer] = []
        self.parent = subprocess.Popen(
            [sys.executable, "-c", WRITE],
            env={**site.env, "DJANGO_SETTINGS_MODULE": "magazine.settings"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def add(self) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        log = self.folder / f"writer-{len(self.all) + 1}"
        self.parent.stdin.write(f"{log}\n")
        self.parent.stdin.flush()
        self.all.append(Writer(int(self.parent.stdout.readline()), log))

    def lines(self, first: str) -> list[str]:
        return [line for writer in self.all for line in writer.lines(first)]

    def stop(self) -> None:
        os.killpg(self.parent.pid, signal.SIGKILL)
        self.parent.communicate()


class Observer(threading.Thread):
    """Measures the log many times a second, and counts how often it became empty."""

    def __init__(self, database: Path) -> None:
        super().__init__()
        self.log = Path(f"{database}-wal")
        self.is_over = threading.Event()
        self.longest = self.emptied = 0

    def run(self) -> None:
        before = 0
        while not self.is_over.wait(0.02):
            size = self.log.stat().st_size if self.log.exists() else 0
            self.longest = max(self.longest, size)
            self.emptied += size < before
            before = size


class Reader(threading.Thread):
    """Asks for pages, most of which changed since."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.is_over = threading.Event()
        self.seen: Counter[int] = Counter()

    def run(self) -> None:
        paths = itertools.cycle(["/", "/section/africa/", "/tag/ports/", "/harbour/", "/admin/"])
        while not self.is_over.wait(0.05):
            self.seen[ask(self.port, next(paths)).status] += 1


def faults_of(database: Path) -> list[str]:
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return found + [str(row) for row in connection.execute("PRAGMA foreign_key_check")]


def lost(database: Path, writers: Iterable[Writer]) -> list[str]:
    """Return what was said to be kept last by each of them, and is not there."""
    said = [writer.lines("kept")[-1] for writer in writers if writer.lines("kept")]
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        slugs = {slug for (slug,) in connection.execute("SELECT slug FROM articles_article")}
    return [slug for slug in said if slug not in slugs]


def rows(site: Site, server: Server, seconds: float, every: float) -> Iterator[Row]:
    """Let them write for so many seconds, and kill the eldest every so many."""
    database = Path(site.env["VAR_DIR"]) / "db.sqlite3"
    observer, readers = Observer(database), [Reader(server.port) for _ in range(READERS)]
    writers, broken = Writers(site), []
    with ExitStack() as stack:
        stack.callback(writers.stop)
        for _ in range(WRITERS):
            writers.add()
        wait_for(lambda: all(writer.lines("kept") for writer in writers.all))
        for thread in (observer, *readers):
            thread.start()
            stack.callback(thread.join)
            stack.callback(thread.is_over.set)
        killed = int(seconds / every)
        for victim in range(killed):
            time.sleep(every)
            writers.all[victim].kill()
            broken += faults_of(database) + lost(database, [writers.all[victim]])
            writers.add()
        ended = [one for one in writers.all[killed:] if not psutil.pid_exists(one.pid)]
    broken += faults_of(database) + lost(database, writers.all)
    kept, refused = len(writers.lines("kept")), writers.lines("refused")
    yield Row(
        "sqlite-writers",
        f"{kept} transactions of {WRITERS} processes, {killed} killed; {len(refused)} refused "
        f"{refused[:1] or ''}; {len(ended)} ended by themselves",
        "none refused",
        kept > 0 and not (refused or ended),
    )
    yield Row(
        "sqlite-writers",
        f"{killed + 1} × integrity_check and foreign_key_check, and what was kept last: "
        f"{broken[:3] or 'clean'}",
        "clean",
        not broken,
    )
    statuses = sum((reader.seen for reader in readers), Counter())
    locked = server.log.read_text().count("database is locked")
    yield Row(
        "sqlite-writers",
        f"readers: {dict(statuses)}; {locked} × “database is locked” in the server's log",
        "200 and 302; 0",
        set(statuses) == {200, 302} and not locked,
    )
    yield Row(
        "sqlite-writers",
        f"log at most {observer.longest / 2**20:.1f} MB, emptied {observer.emptied} ×",
        f"< {LOG_BOUND // 2**20} MB",
        observer.longest < LOG_BOUND and observer.emptied > 0,
    )


def drilled(folder: Path, seconds: float, every: float) -> Iterator[Row]:
    site = set_up(folder / "var")
    with served(site) as server:
        yield from rows(site, server, seconds, every)


@fault
def sqlite_writers(drill: Drill) -> Iterator[Row]:
    yield from drilled(drill.folder, drill.choose(60, 12), drill.choose(20, 2))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sqlite_writers")
    parser.add_argument("--seconds", type=float, default=600)
    seconds = parser.parse_args().seconds
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magazine.settings")
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        found = list(drilled(Path(folder), seconds, every=20))
    print("| fault | what was seen | limit | held? |\n|---|---|---|---|")
    print("\n".join(map(line, found)))
    sys.exit(not all(row.held for row in found))


if __name__ == "__main__":
    main()
