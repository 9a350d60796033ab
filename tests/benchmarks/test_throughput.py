"""How fast an issue goes out, beside the bare talk with the same mail server in the same run."""

import os
import smtplib
import subprocess
import threading
import time
from uuid import uuid4

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from newsletter.mime import IssueMessage
from newsletter.models import Delivery, Issue, Letterhead
from newsletter.sending import issues
from tests.newsletter import mailing
from tests.newsletter.sink import Sink

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db(transaction=True)]

MAILS = int(os.environ.get("THROUGHPUT_MAILS", "1500"))
# What the worker's database holds; the full number is THROUGHPUT_PEOPLE=60000.
PEOPLE = int(os.environ.get("THROUGHPUT_PEOPLE", "5000"))
AUDIENCE = 60_000
KILOBYTES = 70
THREADS = 4
SECONDS = 120
# Of the bare loop's speed. What is asserted is lower: the machine has other things to do.
SHARE = {"postgresql": 0.6, "sqlite": 0.2}
MARGIN = 0.5


def bare_loop(port: int, content: bytes, mails: int) -> float:
    """Mails in a second, by four threads that do nothing but the calls of smtplib."""

    def send(count: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as connection:
            for number in range(count):
                to = f"bare-{number}@example.org"
                connection.sendmail("news@magazine.test", [to], content)

    threads = [threading.Thread(target=send, args=(mails // THREADS,)) for _ in range(THREADS)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return mails // THREADS * THREADS / (time.monotonic() - begun)


def accepted(sink: Sink) -> int:
    return (sink.folder / "accepted").read_bytes().count(b"\n")


def wait_for(sink: Sink, count: int, process: subprocess.Popen) -> float:
    deadline = time.monotonic() + SECONDS
    while accepted(sink) < count:
        assert process.poll() is None, "the worker ended"
        assert time.monotonic() < deadline, f"{accepted(sink)} of {count} mails"
        time.sleep(0.005)
    return time.monotonic()


def has_been_sent(issue: Issue) -> None:
    """Each row goes through its states, so that old versions of it lie about."""
    rows = Delivery.objects.filter(issue=issue)
    now = timezone.now()
    rows.update(state=Delivery.State.CLAIMED, lease=uuid4(), lease_until=now)
    rows.update(state=Delivery.State.SENDING)
    rows.update(state=Delivery.State.SENT, lease=None, lease_until=None, finished_at=now)
    issue.move(Issue.State.SENDING, to=Issue.State.SENT, finished_at=now)


@pytest.mark.parametrize("earlier", [0, 3])
def test_a_worker_is_about_as_fast_as_the_bare_calls(table, tmp_path, earlier):
    """One process with four threads, a mail of 70 KB; nobody tidies the tables up or looks what is
    in them. The bare loop runs before and after, so that a machine that is busy for a while is busy
    for both."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE newsletter_delivery SET (autovacuum_enabled = off)")
    mailing.people(max(PEOPLE, MAILS))
    for _ in range(earlier):
        has_been_sent(mailing.prepared(kilobytes=KILOBYTES))
    issue = mailing.issue(kilobytes=KILOBYTES)
    mail = IssueMessage(issue, Letterhead.objects.current()).mail(
        1, "a@b.test", "k" * 32, issue.send_at
    )
    assert 70_000 <= len(mail.content) < 100_000
    with Sink(tmp_path / "bare") as sink:
        before = bare_loop(sink.port, mail.content, MAILS)
        env = mailing.environment(tmp_path / "var", 0)
        with Sink(tmp_path / "sink") as own:
            env["EMAIL_URL"] = f"smtp://127.0.0.1:{own.port}"
            with mailing.working(env, "--threads", str(THREADS)) as process:
                begun = wait_for(own, 100, process)
                ended = wait_for(own, MAILS, process)
                worker = (MAILS - 100) / (ended - begun)
            sent = own.accepted()
        after = bare_loop(sink.port, mail.content, MAILS)
    assert len({recipient for recipient, _ in sent}) == len(sent) >= MAILS
    bare = (before + after) / 2
    share = SHARE[connection.vendor]
    where = f"{connection.vendor}, {PEOPLE} people, {earlier} issues before"
    table.add(f"bare smtplib, 4 threads, 70 KB ({where})", f"{bare:.0f}/s", "")
    table.add("newsletter worker, 4 threads, 70 KB", f"{worker:.0f}/s", "")
    table.add("of the bare loop", f"{worker / bare:.0%}", f"≥ {share:.0%}")
    assert worker / bare >= share * MARGIN


def test_an_issue_for_sixty_thousand_is_prepared_and_sent_in_little_memory(table, tmp_path):
    mailing.people(AUDIENCE)
    issue = mailing.issue(kilobytes=KILOBYTES)
    me = psutil.Process()
    memory = me.memory_info().rss
    begun = time.monotonic()
    issues.start_due_issues()
    taken = time.monotonic() - begun
    grown = (me.memory_info().rss - memory) / 1e6
    assert Delivery.objects.filter(issue=issue).count() == AUDIENCE
    table.add("preparing an issue for 60,000", f"{taken:.1f} s", "≤ 15 s")
    table.add("memory that preparing takes", f"{grown:.1f} MB", "flat")
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert grown < 20
    with Sink(tmp_path / "sink") as sink:
        env = mailing.environment(tmp_path / "var", sink.port)
        with mailing.working(env, "--threads", str(THREADS)) as process:
            worst = 0
            for count in range(100, 2_001, 100):
                wait_for(sink, count, process)
                worst = max(worst, psutil.Process(process.pid).memory_info().rss)
    table.add("memory of a worker at 60,000 recipients", f"{worst / 1e6:.0f} MB", "≤ 150 MB")
    assert worst <= 150e6
    assert taken <= 60
