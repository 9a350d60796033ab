"""The process that mails the newsletter."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from rich.markup import escape
from rich.progress import Progress, TaskID

from articles.content_stamp import cdn
from articles.management.terminal import console_on, progress_on
from newsletter import importing
from newsletter.background_jobs import attempt, run_background_jobs
from newsletter.models import Issue
from newsletter.progress import progress_of
from newsletter.sending.worker import Timer, Worker

# The thread that knows the database, and those for background jobs, for files and for a CDN.
CONNECTIONS = 4
BACKGROUND_JOBS_EVERY = 1.0
LOOK_AT_CONTENT_EVERY = 1.0
LOOK_FOR_FILES_EVERY = 1.0
COUNT_EVERY = 2.0


class Command(BaseCommand):
    help = (
        "Mails the newsletter: confirmations at once, issues when their time has come; and looks "
        "through and imports the files of subscribers. On "
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
                threads, once=once, is_alone=is_alone, report=console.print, tick=bars.show
            )
            stop_by_signal(worker)
            if not settings.NEWSLETTER_SENDING:
                console.print("NEWSLETTER_SENDING is off: issues stay here, confirmations go out.")
            if once:
                while not worker.is_stopping and run_background_jobs(console.print):
                    pass
                while not worker.is_stopping and work_on_files(worker):
                    pass
                worker.run()
            else:
                beside = [
                    threading.Thread(target=keep_running_background_jobs, args=(worker, parent)),
                    threading.Thread(target=keep_working_on_files, args=(worker,)),
                ]
                if purger := cdn.purger():
                    beside.append(threading.Thread(target=keep_purging, args=(worker, purger)))
                for thread in beside:
                    thread.start()
                try:
                    worker.run()
                finally:
                    worker.stop()
                    for thread in beside:
                        thread.join()


def keep_running_background_jobs(worker: Worker, parent: int | None) -> None:
    timer = Timer(BACKGROUND_JOBS_EVERY)
    while not worker.is_stopping:
        if parent is not None and os.getppid() != parent:
            worker.stop()
        elif timer.restart_if_due():
            run_background_jobs(worker.report)
        time.sleep(BACKGROUND_JOBS_EVERY / 10)
    connection.close()


def keep_working_on_files(worker: Worker) -> None:
    timer = Timer(LOOK_FOR_FILES_EVERY)
    while not worker.is_stopping:
        if timer.restart_if_due():
            work_on_files(worker)
        time.sleep(LOOK_FOR_FILES_EVERY / 10)
    connection.close()


def work_on_files(worker: Worker) -> int:
    return attempt(partial(importing.work_on_next, lambda: worker.is_stopping))


def keep_purging(worker: Worker, purger: cdn.Purger) -> None:
    timer = Timer(LOOK_AT_CONTENT_EVERY)
    while not worker.is_stopping:
        if timer.restart_if_due():
            try:
                purger.look()
            except DatabaseError:
                # The worker itself says that the database is away.
                connection.close()
        time.sleep(LOOK_AT_CONTENT_EVERY / 10)
    connection.close()


def stop_by_signal(worker: Worker) -> None:
    """End in order on the first signal; a second Ctrl+C does not wait."""

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def make_room_for_connections() -> None:
    """Enlarge the pool: one made for a request at a time would have the worker wait for itself."""
    pool = connection.settings_dict["OPTIONS"].get("pool")
    if isinstance(pool, dict):
        pool["max_size"] = max(pool.get("max_size", CONNECTIONS), CONNECTIONS)


@contextmanager
def only_worker() -> Iterator[bool]:
    """Yield whether no other worker can be running. SQLite lets one process write at a time, so a
    second worker would only be in the way: raises CommandError. The kernel releases the lock with
    the process, however it ends."""
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
    """A progress bar for each issue that is being sent, on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[int, TaskID] = {}
        self.timer = Timer(COUNT_EVERY)

    def show(self) -> None:
        if self.progress.disable or not self.timer.restart_if_due():
            return
        running = {issue.pk: issue for issue in Issue.objects.running()}
        for key, task in list(self.tasks.items()):
            if key not in running:
                self.progress.remove_task(task)
                del self.tasks[key]
        for key, issue in running.items():
            if key not in self.tasks:
                self.tasks[key] = self.progress.add_task(escape(str(issue)[:40]))
            seen = progress_of(issue)
            self.progress.update(self.tasks[key], total=seen.total, completed=seen.done)
