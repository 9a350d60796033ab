"""Whether this process may be sent readers: what is checked, and how often at most."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from magazine.sqlite import write_ahead_log_size
from newsletter.models import Delivery, Issue, Relay, TransactionalMail

from .content import CONTENT

logger = logging.getLogger(__name__)

# Seconds in which the content is read many times.
FRESH = 5.0
# What a few uploads take, and the log of a busy database.
ROOM_IN_MB = 1_024
ROOM_IN_FILES = 10_000
# So long does SQLite's log become only where it cannot be emptied.
LOG_IN_MB = 256
# Seconds for which what was found is told again, and after which nobody waits for it any more.
REMEMBERED = 1.0
PATIENCE = 2.0


class Status(StrEnum):
    PASS = "pass"  # noqa: S105 (no password)
    WARN = "warn"  # somebody should look; readers notice nothing
    FAIL = "fail"  # another process is better for readers


class Result(NamedTuple):
    status: Status
    output: str = ""


PASSED = Result(Status.PASS)
NO_ANSWER = Result(Status.FAIL, "There is no answer yet.")


def content() -> Result:
    if CONTENT.version is None:
        return Result(Status.FAIL, "The content stamp has not been read yet.")
    age = time.monotonic() - CONTENT.checked_at
    if age > FRESH:
        return Result(Status.FAIL, f"The content stamp was last read {age:.0f} seconds ago.")
    return PASSED


def disk() -> Result:
    lacking = [words for name in ("VAR_DIR", "MEDIA_ROOT") if (words := lack_of_room(name))]
    return Result(Status.WARN, " ".join(lacking)) if lacking else PASSED


def lack_of_room(name: str) -> str:
    """Return what the disk behind a setting lacks, in words; "" if nothing."""
    folder = Path(getattr(settings, name))
    while not folder.exists():
        folder = folder.parent
    found = os.statvfs(folder)
    if found.f_flag & os.ST_RDONLY:
        return f"{name} cannot be written."
    room = found.f_bavail * found.f_frsize // 1_000_000
    if room < ROOM_IN_MB:
        return f"{name} has room for {room} MB."
    if found.f_files and found.f_favail < ROOM_IN_FILES:  # some file systems do not count them
        return f"{name} has room for {found.f_favail} files."
    return ""


def write_ahead_log() -> Result:
    if connection.vendor != "sqlite":
        return PASSED
    size = write_ahead_log_size(Path(connection.settings_dict["NAME"])) // 1_000_000
    if size > LOG_IN_MB:
        return Result(Status.WARN, f"The log of SQLite has {size} MB: a reader holds it.")
    return PASSED


def database() -> Result:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return PASSED


def migrations() -> Result:
    missing = known_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        return Result(Status.FAIL, f"{len(missing)} migrations are not applied.")
    return PASSED


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def newsletter_worker() -> Result:
    relay = Relay.objects.filter(pk=1).first()
    if relay and relay.has_worker:
        return PASSED
    since = relay and relay.worker_seen_at
    when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
    return Result(Status.WARN, f"No newsletter worker has been seen{when}.")


# Those that ask the database stand last: where it is away, none of the others waits for it.
CHECKS: dict[str, Callable[[], Result]] = {
    "content": content,
    "disk": disk,
    "write_ahead_log": write_ahead_log,
    "database": database,
    "migrations": migrations,
    "newsletter_worker": newsletter_worker,
}


def run_checks(results: dict[str, Result]) -> None:
    for name, check in CHECKS.items():
        try:
            results[name] = check()
        except Error:
            results[name] = Result(Status.FAIL, "The database does not answer.")
            break
        except Exception:
            logger.exception("The check of readiness “%s” broke off.", name)
            results[name] = Result(Status.FAIL, "The check broke off; the log says why.")
    close_old_connections()


def count_waiting_mails(counts: dict[str, int]) -> None:
    running = Issue.objects.running().values("pk")
    try:
        counts["issue"] = Delivery.objects.unfinished().filter(issue__in=running).count()
        counts["transactional"] = TransactionalMail.objects.due().count()
    except Error:
        logger.warning("The mails that wait cannot be counted: the database does not answer.")
    close_old_connections()


class Remembered:
    """What a thread of its own finds out: at most once a second, however many ask, and nobody waits
    long for it."""

    thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")

    def __init__(self, fill: Callable[[dict[str, Any]], None]) -> None:
        self.fill = fill
        self.found: dict[str, Any] = {}
        self.begun_at = 0.0
        self.filling: asyncio.Future[None] | None = None

    async def get(self) -> dict[str, Any]:
        """Return what is found, as far as it is: a part where the thread hangs."""
        now = time.monotonic()
        if self.filling is None or (self.filling.done() and now > self.begun_at + REMEMBERED):
            self.found, self.begun_at = {}, now
            loop = asyncio.get_running_loop()
            self.filling = loop.run_in_executor(self.thread, self.fill, self.found)
        await asyncio.wait([self.filling], timeout=max(0.0, self.begun_at + PATIENCE - now))
        return self.found


RESULTS = Remembered(run_checks)
WAITING_MAILS = Remembered(count_waiting_mails)


async def results_of_checks() -> dict[str, Result]:
    found = await RESULTS.get()
    return {name: found.get(name, NO_ANSWER) for name in CHECKS}


def worst(found: dict[str, Result]) -> Status:
    statuses = {result.status for result in found.values()}
    return next(one for one in (Status.FAIL, Status.WARN, Status.PASS) if one in statuses)
