"""What the worker does between two mails of an issue, so that no page waits for it."""

import time
from collections.abc import Iterator

from django.utils import timezone

from .bounces import apply_notices
from .deciding import decide
from .limits import LONGEST
from .models import MailLink, SignUp, Subscriber

# Each kind of errand begins nothing new after this time: an issue's mails wait meanwhile.
SECONDS_OF_A_TURN = 5.0
MOST_OF_A_TURN = 100
HOUSEKEEPING_EVERY = 3600.0

kept_house_at: float | None = None


def run_errands() -> int:
    """Do what waits, for some seconds at most; how many things were done. May be run by several
    workers at once. A mail server's trouble is no error here; the database's is raised."""
    return decide_sign_ups() + send_mails() + apply_notices() + keep_house_hourly()


def turn() -> Iterator[None]:
    """Goes on until the time of a turn is over."""
    ends = time.monotonic() + SECONDS_OF_A_TURN
    while time.monotonic() < ends:
        yield


def decide_sign_ups() -> int:
    fresh = SignUp.objects.waiting().filter(made_at__gt=timezone.now() - LONGEST)
    waiting = fresh.values_list("pk", flat=True)[:MOST_OF_A_TURN]
    return sum(decide(pk) for pk, _ in zip(waiting, turn(), strict=False))


def send_mails() -> int:
    due = MailLink.objects.due().select_related("subscriber")[:MOST_OF_A_TURN]
    return sum(link.send() for link, _ in zip(due, turn(), strict=False))


def keep_house_hourly() -> int:
    """Once an hour in each process; twice at once does no harm."""
    global kept_house_at
    now = time.monotonic()
    if kept_house_at is not None and now - kept_house_at < HOUSEKEEPING_EVERY:
        return 0
    done = keep_house()
    kept_house_at = now
    return done


def keep_house() -> int:
    """Forget what is not needed any more: who never confirmed, what no limit counts, links and
    mails whose time is over. How many rows went."""
    return sum(
        rows.delete()[0]
        for rows in (
            Subscriber.objects.unconfirmed_too_long(),
            SignUp.objects.filter(made_at__lt=timezone.now() - LONGEST),
            MailLink.objects.spent(),
        )
    )
