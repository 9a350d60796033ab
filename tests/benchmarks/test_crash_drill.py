"""One person, one issue, at most one mail: the worker is killed again and again while it mails.

What the sink accepted is what exists in the world; it writes each mail down before it says so. The
full drill: CRASH_RECIPIENTS=10000 CRASH_KILLS=100.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from django.utils import timezone

from newsletter.models import Delivery, Issue
from tests.newsletter import mailing
from tests.newsletter.sink import Sink

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db(transaction=True)]

RECIPIENTS = int(os.environ.get("CRASH_RECIPIENTS", "400"))
KILLS = int(os.environ.get("CRASH_KILLS", "12"))
CROWD = int(os.environ.get("CRASH_CROWD", "1000"))
THREADS = 4
SECONDS = 120
IN_HAND = [Delivery.State.CLAIMED, Delivery.State.SENDING]
POINTS = ["after the claim", "after the intent", "mid body", "after 250, before the result"]


class Drill:
    """An issue, the sink, and the worker that is killed and started again."""

    def __init__(self, folder: Path, recipients: int) -> None:
        self.folder = folder
        mailing.people(recipients)
        self.issue = mailing.prepared(kilobytes=70)
        self.sink = Sink(folder / "sink")
        self.env = mailing.environment(folder / "var", self.sink.port)
        self.kills = 0

    def start(self) -> subprocess.Popen:
        return mailing.worker(self.env, "--threads", str(THREADS))

    def kill(self, process: subprocess.Popen) -> None:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
        self.kills += 1
        self.let_leases_run_out()

    def let_leases_run_out(self) -> None:
        """The clock of those who are dead goes forward. On SQLite it need not: a worker knows that
        it is the only one."""
        if connection.vendor != "sqlite":
            Delivery.objects.filter(state__in=IN_HAND).update(
                lease_until=F("lease_until") - timedelta(hours=1)
            )

    def in_state(self, *states: str) -> int:
        return Delivery.objects.filter(state__in=states).count()

    def finish(self) -> None:
        with mailing.working(self.env, "--threads", str(THREADS)) as process:
            wait(lambda: is_done(self.issue), process)

    def judge(self) -> dict[str, int]:
        """What the issue promises, whatever happened; the counts by state."""
        mails = [recipient for recipient, _ in self.sink.accepted()]
        states = mailing.states(self.issue)
        audience = Delivery.objects.filter(issue=self.issue).count()
        twice = [one for one, count in Counter(mails).items() if count > 1]
        assert twice == []
        ends = ("sent", "unknown", "failed", "skipped")
        assert sum(states.get(state, 0) for state in ends) == audience
        assert states.get("unknown", 0) <= self.kills * THREADS
        sent = set(
            Delivery.objects.filter(issue=self.issue, state="sent").values_list(
                "address", flat=True
            )
        )
        assert sent <= set(mails), "a mail is called sent that does not exist"
        assert set(mails) - sent <= set(
            Delivery.objects.filter(state="unknown").values_list("address", flat=True)
        )
        return {**states, "mails": len(mails)}


def is_done(issue: Issue) -> bool:
    return Issue.objects.filter(pk=issue.pk, state=Issue.State.SENT).exists()


def wait(condition: Callable[[], bool], process: subprocess.Popen | None = None) -> None:
    deadline = time.monotonic() + SECONDS + RECIPIENTS / 20
    while not condition():
        assert process is None or process.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.01)


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Callable[[int], Drill]]:
    made: list[Drill] = []

    def make(recipients: int) -> Drill:
        made.append(Drill(tmp_path, recipients))
        return made[-1]

    yield make
    for one in made:
        one.sink.__exit__()


def told(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def test_killed_at_random_moments_nobody_gets_two_and_nobody_is_lost(drill, table):
    one = drill(RECIPIENTS)
    # So slow that the issue outlasts the kills.
    pace = 0.5 * KILLS * THREADS / RECIPIENTS
    one.sink.script({"at": "end", "wait": pace / 2}, {"at": "mail", "wait": pace / 2})
    chance = random.Random()
    while one.kills < KILLS and not is_done(one.issue):
        process = one.start()
        # At any moment: while it starts, or in the midst of its mails.
        if chance.random() < 0.8:
            seen = len(one.sink.accepted())
            wait(lambda seen=seen: len(one.sink.accepted()) > seen or is_done(one.issue))
            time.sleep(chance.uniform(0, 0.9))
        else:
            time.sleep(chance.uniform(0, 2))
        one.kill(process)
    one.sink.script()
    one.finish()
    states = one.judge()
    table.add(
        f"{RECIPIENTS} recipients, {one.kills} random kills ({connection.vendor})",
        told(states),
        f"unknown ≤ {one.kills * THREADS}, no address twice",
    )
    assert one.kills >= KILLS / 2


def kill_with_the_answer_in_hand(one: Drill, process: subprocess.Popen) -> None:
    """The worker has the 250, and cannot write it down: SQLite has one lock, PostgreSQL the rows'
    own. There the server would finish the statement of a client that is dead, so its end of the
    connection goes as well, as when the machine does."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE newsletter_relay SET troubles = troubles")
            one.sink.release()
            time.sleep(1)  # it cannot be seen to wait; killed sooner, it is in doubt as well
        else:
            sending = Delivery.objects.filter(state=Delivery.State.SENDING)
            list(sending.select_for_update().values_list("pk", flat=True))
            one.sink.release()
            wait(lambda: waiting_for_locks(cursor) != [], process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
        if connection.vendor != "sqlite":
            for backend in waiting_for_locks(cursor):
                cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
            wait(lambda: waiting_for_locks(cursor) == [])
    one.kills += 1
    one.let_leases_run_out()


def waiting_for_locks(cursor: CursorWrapper) -> list[int]:
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(
        "SELECT pid FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return [pid for (pid,) in cursor.fetchall()]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point_nobody_gets_two_and_nobody_is_lost(drill, table, point):
    """Three times at each: the threads are held there from outside, by the sink or by a lock in
    the database, and then the worker is killed. The first mail of a worker goes alone, so each
    thread is held in its second."""
    one = drill(60)
    in_doubt = 0
    for _ in range(3):
        if point == "mid body":
            one.sink.script({"at": "body", "after": 1, "do": "hold"})
        elif point == "after 250, before the result":
            one.sink.script({"at": "end", "after": 2, "do": "hold"})
        else:
            one.sink.script({"at": "mail", "after": 1, "do": "hold"})
        held = one.sink.held()
        process = one.start()
        wait(lambda held=held: one.sink.held() >= held + THREADS, process)
        if point == "after the claim":
            # Four are with the threads; what was claimed beside them is what this is about.
            wait(lambda: one.in_state("claimed") > 0, process)
            one.kill(process)
        elif point == "after 250, before the result":
            kill_with_the_answer_in_hand(one, process)
        else:
            assert one.in_state("sending") == THREADS
            one.kill(process)
        in_doubt += THREADS
        one.sink.release()
    one.finish()
    states = one.judge()
    assert states["unknown"] == in_doubt
    if point == "after 250, before the result":
        assert states["mails"] == 60
    table.add(f"killed three times {point} ({connection.vendor})", told(states), "no address twice")


def test_four_workers_at_once_send_to_nobody_twice(drill, table):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite serves one worker")
    one = drill(CROWD)
    workers = [one.start() for _ in range(4)]
    begun = timezone.now()
    try:
        wait(lambda: is_done(one.issue))
    finally:
        for process in workers:
            process.terminate()
        for process in workers:
            process.wait(timeout=60)
    states = one.judge()
    assert states == {"sent": CROWD, "mails": CROWD}
    took = (timezone.now() - begun).total_seconds()
    table.add(f"four workers, {CROWD} recipients", f"{told(states)}, {took:.0f} s", "none twice")
