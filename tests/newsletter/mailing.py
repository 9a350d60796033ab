"""An issue with its audience, and workers that mail it: in this process, or as processes."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import Delivery, Issue, Letterhead, MailingList, Subscriber, Subscription
from newsletter.sending import issues
from newsletter.sending.worker import Worker
from tests.conftest import ROOT
from tests.newsletter.sink import Sink

# The first of the audience.
FIRST = "person-1@"
LINES = "<p>Ünïted front, says the report from the strait &amp; beyond: {number}.</p>\n"


def mailing_list(slug: str = "weekly", **fields: Any) -> MailingList:
    return MailingList.objects.get_or_create(slug=slug, defaults={"name": slug, **fields})[0]


def people(count: int, *, of: MailingList | None = None, start: int = 1) -> None:
    """Confirmed subscribers person-1@example.org and so on."""
    secret = Letterhead.objects.current().secret
    addresses = [f"person-{number}@example.org" for number in range(start, start + count)]
    now = timezone.now() - timedelta(days=1)
    made = Subscriber.objects.bulk_create(
        [
            Subscriber(
                email=address, digest=digest_of(address, secret), confirmed_at=now, asked_at=now
            )
            for address in addresses
        ],
        batch_size=5_000,
    )
    Subscription.objects.bulk_create(
        [Subscription(subscriber=one, list=of or mailing_list(), joined_at=now) for one in made],
        batch_size=5_000,
    )


def issue(*, kilobytes: float = 1, minutes_ago: float = 1, **fields: Any) -> Issue:
    """Approved, and due since a minute. Its mail is about so long."""
    made = Issue(
        **{
            "list": mailing_list(),
            "subject": "The week",
            "state": Issue.State.APPROVED,
            "approved_at": timezone.now(),
            "send_at": timezone.now() - timedelta(minutes=minutes_ago),
            "slug": f"the-week-{Issue.objects.count() + 1}",
            **fields,
        }
    )
    leave = f"{settings.SITE_URL}/newsletter/leave/{made.marker}/"
    count = int(kilobytes * 1000 / len(LINES)) + 1
    lines = "".join(LINES.format(number=number) for number in range(count))
    made.html = made.html or f'<html><body>{lines}<a href="{leave}">Leave</a></body></html>'
    made.text = made.text or f"The week.\n\nLeave: {leave}\n"
    made.save()
    return made


def prepared(**fields: Any) -> Issue:
    made = issue(**fields)
    issues.start_due_issues()
    made.refresh_from_db()
    assert made.state == Issue.State.SENDING
    return made


def work_once(threads: int = 1, **options: Any) -> list[str]:
    """Send all that is due, in this process; what the worker said."""
    said: list[str] = []
    issues.start_due_issues()
    Worker(threads, once=True, is_alone=True, report=said.append, **options).run()
    return said


def states(of: Issue) -> dict[str, int]:
    return dict(Counter(Delivery.objects.filter(issue=of).values_list("state", flat=True)))


def environment(var: Path, port: int, **settings_: str) -> dict[str, str]:
    """Of a worker process that sends to a sink at this port, from the database of this test."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        where = f"{database['HOST']}:{database['PORT'] or 5432}"
        url = f"postgres://{database['USER']}{password}@{where}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(var),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "NEWSLETTER_SENDING": "true",
        "NEWSLETTER_FROM": "news@magazine.test",
        **settings_,
    }


def worker(env: dict[str, str], *arguments: str, log: Any = subprocess.DEVNULL) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "newsletter_worker", *arguments],
        env=env,
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@contextmanager
def working(env: dict[str, str], *arguments: str, log: Any = subprocess.DEVNULL):
    """A worker process that is killed when the block ends, if it still runs."""
    process = worker(env, *arguments, log=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


def sent_with(sink: Sink, *rules: dict, recipients: int = 3) -> Issue:
    """An issue for so many, worked on once under this script."""
    people(recipients)
    issue = prepared()
    sink.script(*rules)
    work_once()
    issue.refresh_from_db()
    return issue


def first() -> Delivery:
    return Delivery.objects.get(address__startswith=FIRST)
