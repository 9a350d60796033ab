"""Clocks that disagree or are set, and a machine that is asleep when something is due."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import ROOT, Site
from tests.faults.sites import Server, served, set_up, wait_for
from tests.faults.table import Drill, Row, fault
from tests.magazine.kept_pages import ask

MOVED = ROOT / "tests/faults/moved"
HOUR = 3600
# An article; the end of an embargo; a change of a public article, and a version of the front page.
SCHEDULE = """
from dataclasses import replace
from datetime import timedelta
from django.utils import timezone
from articles.models import Article, Slot
from tests import make
first, second, third = (timezone.now() + timedelta(seconds=one) for one in {moments})
make.article("Due", slug="due", published_at=first)
make.article("Freed", slug="freed", embargoed_until=second)
changed = make.article("Changed", slug="changed")
text = replace(changed.revisions.newest(changed).content, deck="Words that were scheduled")
changed.revisions.save_revision(changed, text, base=None, by=None)
changed.schedule_revision(third)
lead = Slot(article=Article.objects.get(slug="harbour"), headline="Evening edition")
make.front_page({{"lead.1": lead}}, minutes_ago=(timezone.now() - third).total_seconds() / 60)
"""
# Where a reader sees of each of them that it has come.
SIGNS = {
    "/due/": b"<h1",
    "/freed/": b"<h1",
    "/changed/": b"Words that were scheduled",
    "/": b"Evening edition",
}
LATER = 'from tests import make; make.article("Later", slug="later", minutes_ago=-{minutes})'
PUBLICATIONS = """
from articles.models import Revision
print(Revision.objects.filter(article__slug="changed", kind="published").count())
"""


class Reader(threading.Thread):
    """Asks for all of these again and again; `seen` says of each answer whether it had come."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.is_over = threading.Event()
        self.seen: dict[str, list[bool]] = {path: [] for path in SIGNS}
        # By time.monotonic().
        self.came_at: dict[str, float] = {}

    def run(self) -> None:
        while not self.is_over.wait(0.05):
            for path, sign in SIGNS.items():
                answer = ask(self.port, path)
                has_come = answer.status == 200 and sign in answer.body
                self.seen[path].append(has_come)
                if has_come:
                    self.came_at.setdefault(path, time.monotonic())

    @property
    def has_all(self) -> bool:
        return len(self.came_at) == len(SIGNS)

    @property
    def lost(self) -> int:
        """How often something was gone that had come."""
        return sum(
            before and not after
            for seen in self.seen.values()
            for before, after in itertools.pairwise(seen)
        )


@contextmanager
def reading(*servers: Server) -> Iterator[list[Reader]]:
    readers = [Reader(server.port) for server in servers]
    with ExitStack() as stack:
        for reader in readers:
            reader.start()
            stack.callback(reader.join)
            stack.callback(reader.is_over.set)
        yield readers


class Clock:
    """The clock of a server: how many seconds it is ahead of the world."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    def set(self, seconds: float) -> None:
        written = self.file.with_suffix(".new")
        written.write_text(str(seconds))
        written.replace(self.file)

    @property
    def settings(self) -> dict[str, str]:
        return {"PYTHONPATH": str(MOVED), "CLOCK": str(self.file)}


def clock_of(site: Site) -> Clock:
    return Clock(Path(site.env["VAR_DIR"]) / "clock")


def once(name: str, site: Site, readers: list[Reader]) -> Row:
    answers = sum(len(seen) for reader in readers for seen in reader.seen.values())
    lost = sum(reader.lost for reader in readers)
    published = int(site.run(PUBLICATIONS))
    return Row(
        name,
        f"gone again {lost} × in {answers} answers; the change published {published} ×",
        "0 ×; 1 ×",
        all(reader.has_all for reader in readers) and not lost and published == 1,
    )


def apart(site: Site, seconds: float) -> Iterator[Row]:
    """Two servers of one database, one of them so many seconds behind: it follows the other."""
    clock = clock_of(site)
    clock.set(-seconds)
    with served(site, workers=1) as one, served(site, workers=1, **clock.settings) as other:
        with reading(one, other) as readers:
            site.run(SCHEDULE.format(moments=[2, 3, 4]))
            wait_for(lambda: all(reader.has_all for reader in readers))
            time.sleep(1 + seconds)
        first, second = (reader.came_at for reader in readers)
        between = max(abs(first[path] - second[path]) for path in SIGNS)
        yield Row(
            "clocks-apart",
            f"at most {between:.1f} s between the two processes",
            f"< {seconds} s",
            between < seconds,
        )
        yield once("clocks-apart", site, readers)


def put_back(site: Site, seconds: float) -> Iterator[Row]:
    """The clock is an hour ahead for a while, and then set right."""
    clock = clock_of(site)
    with served(site, **clock.settings) as server:
        site.run(SCHEDULE.format(moments=[1200, 1800, 2400]))
        with reading(server) as readers:
            time.sleep(1)
            early = dict(readers[0].came_at)
            clock.set(HOUR)
            wait_for(lambda: readers[0].has_all)
            clock.set(0)
            time.sleep(1)
            # Due in an hour that the process has seen, and before what it has released in it.
            site.run(LATER.format(minutes=30))
            time.sleep(seconds)
            is_early = ask(server.port, "/later/").status == 200
            clock.set(HOUR)
            wait_for(lambda: ask(server.port, "/later/").status == 200)
            time.sleep(1)
        yield once("clock-put-back", site, readers)
        yield Row(
            "clock-put-back",
            f"scheduled afterwards: {'at once' if is_early else 'at its moment'}; "
            f"{len(early)} before the clock was ahead",
            "at its moment; 0",
            not (is_early or early),
        )


def asleep(site: Site, seconds: float) -> Iterator[Row]:
    """All processes stand still while the three moments pass."""
    with served(site) as server:
        server.keep(["/"])
        site.run(SCHEDULE.format(moments=[2, 3, 4]))
        os.killpg(server.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(server.process.pid, signal.SIGCONT)
        woken_at = time.monotonic()
        with reading(server) as readers:
            wait_for(lambda: readers[0].has_all)
            time.sleep(1)
        late = max(readers[0].came_at.values()) - woken_at
        yield Row("machine-asleep", f"all there {late:.1f} s after it woke", "< 2 s", late < 2)
        yield once("machine-asleep", site, readers)


@fault
def clocks_apart(drill: Drill) -> Iterator[Row]:
    yield from apart(set_up(drill.folder / "var"), 1)


@fault
def clock_put_back(drill: Drill) -> Iterator[Row]:
    yield from put_back(set_up(drill.folder / "var"), drill.choose(30, 3))


@fault
def machine_asleep(drill: Drill) -> Iterator[Row]:
    yield from asleep(set_up(drill.folder / "var"), drill.choose(30, 6))
