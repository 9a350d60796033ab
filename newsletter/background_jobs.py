"""Jobs that the worker does between two mails of an issue, so that no page waits for them."""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from .bounces.applying import apply_mail_events
from .limits import LONGEST
from .models import AddressFile, SignUp, Subscriber, TransactionalMail
from .new_issue import open_due_issues
from .sending.issues import start_due_issues
from .sending.worker import Timer
from .sign_up_decision import decide

logger = logging.getLogger(__name__)

# Each kind of job begins nothing new after this time: an issue's mails wait meanwhile.
SECONDS_OF_A_JOB = 5.0
MOST_OF_A_JOB = 100
PURGED_EVERY = 3600.0

purge_timer = Timer(PURGED_EVERY)


def run_background_jobs(report: Callable[[str], None] = logger.info) -> int:
    """Do what waits, for some seconds at most, and return how many things were done. Several
    workers may run it at once. Neither a mail server's trouble nor the database's is raised, and a
    job that fails keeps no other from its turn."""
    jobs: list[Callable[[], int]] = [
        open_due_issues,
        partial(start_issues, report),
        decide_sign_ups,
        send_transactional_mails,
        apply_mail_events,
    ]
    if purge_timer.restart_if_due():
        jobs.append(purge_expired)
    return sum(map(attempt, jobs))


def attempt(job: Callable[[], int]) -> int:
    try:
        return job()
    except Exception as fault:
        logger.exception("A background job of the newsletter failed")
        if isinstance(fault, DatabaseError):
            connection.close()
        return 0


def start_issues(report: Callable[[str], None]) -> int:
    started = start_due_issues() if settings.NEWSLETTER_SENDING else []
    for issue in started:
        report(f"“{issue}” is prepared: {issue.deliveries.count()} recipients.")
    return len(started)


def time_slice() -> Iterator[None]:
    """Yield until the time of one kind of job is over."""
    ends = time.monotonic() + SECONDS_OF_A_JOB
    while time.monotonic() < ends:
        yield


def decide_sign_ups() -> int:
    fresh = SignUp.objects.waiting().filter(made_at__gt=timezone.now() - LONGEST)
    waiting = fresh.values_list("pk", flat=True)[:MOST_OF_A_JOB]
    return sum(attempt(partial(decide, pk)) for pk, _ in zip(waiting, time_slice(), strict=False))


def send_transactional_mails() -> int:
    due = TransactionalMail.objects.due().select_related("subscriber")[:MOST_OF_A_JOB]
    return sum(attempt(link.send) for link, _ in zip(due, time_slice(), strict=False))


def purge_expired() -> int:
    """Delete subscribers who never confirmed, sign-ups that no limit counts any more, spent links
    and mails, and old files of addresses. Return how many rows went."""
    return AddressFile.objects.forget_old() + sum(
        rows.delete()[0]
        for rows in (
            Subscriber.objects.unconfirmed_too_long(),
            SignUp.objects.filter(made_at__lt=timezone.now() - LONGEST),
            TransactionalMail.objects.spent(),
        )
    )
