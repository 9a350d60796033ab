"""The process that mails the newsletter."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.markup import escape
from rich.progress import Progress, TaskID

from articles.management.terminal import console_on, progress_on
from newsletter.errands import run_errands
from newsletter.models import Delivery, Issue
from newsletter.sending.loop import Every, Worker, prepare_and_run_errands

# The thread that knows the database, and the one for errands.
CONNECTIONS = 2
ERRANDS_EVERY = 1.0
COUNT_EVERY = 2.0


class Command(BaseCommand):
    help = (
        "Mails the newsletter: confirmations at once, issues when their time has come. On "
        "PostgreSQL any number of workers may run, on SQLite one. It can be stopped at any time: "
        "what is in flight is finished, and the next worker goes on where this one ended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--threads", type=int, default=4, metavar="N", help="Mails at a time (4)."
        )
        parser.add_argument(
            "--once", action="store_true", help="End when nothing is due, for a timer to start it."
        )
        parser.add_argument(
            "--parent",
            type=int,
            metavar="PID",
            help="End when this process, which started it, ends.",
        )

    def handle(self, *, threads: int, once: bool, parent: int | None, **options: Any) -> None:
        if not 1 <= threads <= 64:
            raise CommandError("--threads is a number from 1 to 64.")
        make_room_for_connections()
        console = console_on(self.stdout)
        with only_worker() as is_alone, progress_on(console) as progress:
            bars = Bars(progress)
            worker = Worker(
                threads, once=once, is_alone=is_alone, say=console.print, tick=bars.show
            )
            stop_by_signal(worker)
            if not settings.NEWSLETTER_SENDING:
                console.print("NEWSLETTER_SENDING is off: issues stay here, confirmations go out.")
            if once:
                while not worker.is_stopping and prepare_and_run_errands(worker, run_errands):
                    pass
                worker.run()
            else:
                errands = threading.Thread(target=keep_running_errands, args=(worker, parent))
                errands.start()
                try:
                    worker.run()
                finally:
                    worker.stop()
                    errands.join()


def keep_running_errands(worker: Worker, parent: int | None) -> None:
    pause = Every(ERRANDS_EVERY)
    while not worker.is_stopping:
        if parent is not None and os.getppid() != parent:
            worker.stop()
        elif pause:
            prepare_and_run_errands(worker, run_errands)
        time.sleep(ERRANDS_EVERY / 10)
    connection.close()


def stop_by_signal(worker: Worker) -> None:
    """The first signal asks for an orderly end; a second Ctrl+C does not wait for it."""

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def make_room_for_connections() -> None:
    """A pool that is made for one request at a time would have the worker wait for itself."""
    pool = connection.settings_dict["OPTIONS"].get("pool")
    if isinstance(pool, dict):
        pool["max_size"] = max(pool.get("max_size", CONNECTIONS), CONNECTIONS)


@contextmanager
def only_worker() -> Iterator[bool]:
    """Whether no other worker can be running. SQLite lets one process write at a time, so a second
    worker would only be in the way: raises CommandError. The kernel lets the lock go with the
    process, however it ends."""
    if connection.vendor != "sqlite":
        yield False
        return
    path = settings.VAR_DIR / "newsletter_worker.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                "A worker is running already (quickstart starts one). SQLite serves one; with "
                "PostgreSQL any number may run."
            ) from None
        yield True


class Bars:
    """One for each issue that is being sent, on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[int, TaskID] = {}
        self.counts = Every(COUNT_EVERY)

    def show(self) -> None:
        if self.progress.disable or not self.counts:
            return
        running = {issue.pk: issue for issue in Issue.objects.running()}
        for key, task in list(self.tasks.items()):
            if key not in running:
                self.progress.remove_task(task)
                del self.tasks[key]
        for key, issue in running.items():
            rows = Delivery.objects.filter(issue=issue)
            total = rows.count()
            if key not in self.tasks:
                self.tasks[key] = self.progress.add_task(escape(str(issue)[:40]))
            left = rows.unfinished().count()
            self.progress.update(self.tasks[key], total=total, completed=total - left)
