"""The worker as a process: real signals, and on SQLite one at a time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from newsletter.models import Issue, Relay, TransactionalMail
from newsletter.sending import deliveries
from tests.conftest import ROOT
from tests.newsletter import mailing
from tests.newsletter.signed import sign_up
from tests.newsletter.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def wait(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)


def test_told_to_stop_it_finishes_what_is_in_flight_and_gives_back_the_rest(tmp_path):
    """Then the next one, with --once, goes on, says what it did, and ends by itself."""
    mailing.people(30)
    issue = mailing.issue()
    with Sink(tmp_path / "sink") as sink:
        # The first mail goes alone; each of the two threads is held in its second.
        sink.script({"at": "end", "after": 2, "do": "hold"})
        env = mailing.environment(tmp_path / "var", sink.port)
        with mailing.working(env, "--threads", "2") as process:
            wait(lambda: sink.held() == 2)
            assert Relay.objects.current().has_worker
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert process.poll() is None
            sink.release()
            assert process.wait(timeout=30) == 0
        assert mailing.states(issue) == {"sent": 4, "pending": 26}
        with (
            (tmp_path / "log").open("w") as log,
            mailing.working(env, "--once", log=log) as process,
        ):
            assert process.wait(timeout=60) == 0
        assert mailing.states(issue) == {"sent": 30}
        assert len({recipient for recipient, _ in sink.accepted()}) == 30
    assert "“The week” is sent." in (tmp_path / "log").read_text()
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT


@pytest.mark.parametrize(("point", "copies"), [("mail", 1), ("rcpt", 1), ("end", 2)])
def test_killed_while_it_sends_a_confirmation_it_loses_none(tmp_path, client, point, copies):
    """Once the mail server has it, the person may get two: the next worker cannot know."""
    mailing.mailing_list("weekly")
    sign_up(client, "vera@example.org")
    with Sink(tmp_path / "sink") as sink:
        sink.script({"at": point, "do": "hold"})
        env = mailing.environment(tmp_path / "var", sink.port)
        with mailing.working(env) as process:
            wait(lambda: sink.held() == 1)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
        sink.release()
        soon = TransactionalMail.objects.get(purpose="confirm").due_at - timezone.now()
        assert timedelta(0) < soon <= timedelta(minutes=5)
        for _ in range(2):  # and no third
            with mailing.working(env, "--once") as process:
                assert process.wait(timeout=60) == 0
            TransactionalMail.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        with mailing.working(env, "--once") as process:
            assert process.wait(timeout=60) == 0
        assert [one for one, _ in sink.accepted()] == ["vera@example.org"] * copies
    assert not TransactionalMail.objects.waiting().exists()


def test_where_sending_is_off_no_issue_leaves(tmp_path):
    mailing.people(1)
    issue = mailing.issue()
    with Sink(tmp_path / "sink") as sink, (tmp_path / "log").open("w") as log:
        env = mailing.environment(tmp_path / "var", sink.port, NEWSLETTER_SENDING="false")
        with mailing.working(env, "--once", log=log) as process:
            assert process.wait(timeout=60) == 0
        assert sink.accepted() == []
    assert "NEWSLETTER_SENDING is off" in (tmp_path / "log").read_text()
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED


def test_on_sqlite_a_second_worker_is_refused_in_plain_words(tmp_path):
    with Sink(tmp_path / "sink") as sink:
        env = mailing.environment(tmp_path / "var", sink.port)
        with mailing.working(env):
            wait(lambda: Relay.objects.current().has_worker)
            with (
                (tmp_path / "log").open("w") as log,
                mailing.working(env, "--once", log=log) as second,
            ):
                code = second.wait(timeout=60)
    if connection.vendor != "sqlite":
        assert code == 0
        return
    assert code == 1
    said = (tmp_path / "log").read_text()
    assert "A worker is running already" in said
    assert "Traceback" not in said


def test_it_ends_with_the_process_that_started_it(tmp_path):
    """Even when that one is killed."""
    mark = tmp_path / "pid"
    code = (
        "import os, subprocess, sys, time; worker = subprocess.Popen([sys.executable, 'manage.py', "
        "'newsletter_worker', '--parent', str(os.getpid())]); "
        f"open({str(mark)!r}, 'w').write(str(worker.pid)); time.sleep(600)"
    )
    with Sink(tmp_path / "sink") as sink:
        env = mailing.environment(tmp_path / "var", sink.port)
        parent = subprocess.Popen([sys.executable, "-c", code], env=env, cwd=ROOT)
        try:
            wait(lambda: Relay.objects.current().has_worker)
        finally:
            parent.kill()
            parent.wait(timeout=20)
        worker = int(mark.read_text())
        wait(lambda: not is_alive(worker))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Nobody may be there to bury it.
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def test_its_commits_survive_a_loss_of_power():
    deliveries.make_durable()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)  # FULL
        else:
            cursor.execute("SET synchronous_commit TO off")
            deliveries.make_durable()
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
    connection.close()


@pytest.mark.parametrize("threads", ["0", "-1", "65"])
def test_a_number_of_threads_that_makes_no_sense_is_refused(threads):
    with pytest.raises(CommandError, match="from 1 to 64"):
        call_command("newsletter_worker", f"--threads={threads}")
