"""The worker: one thread that knows the database, and some that talk to the mail server.

What several threads have done is committed together, with what they are to do next, so that a mail
costs a fraction of a transaction. A thread has one mail at a time, and the next one only when its
intent is on disk.
"""

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import zip_longest
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from newsletter.mime import IssueMessage
from newsletter.models import Delivery, Issue, Letterhead, Relay
from newsletter.refusals import OURS

from . import deliveries, issues, rates
from .replies import Outcome, SendResult
from .smtp import Gate, Transport, new_transport

logger = logging.getLogger(__name__)

CLAIMED_FOR_EACH_THREAD = 32
# Seconds between two looks at what others do: new issues, paused ones, a relay backing off.
REFRESH_EVERY = 0.5
# Seconds between two signs of life; more than two may fail before others miss them.
RENEW_EVERY = 10.0
WAIT_FOR_DATABASE = 1.0
LONGEST_GATHERING = 0.05

Finished = tuple[Delivery, SendResult]


class Timer:
    """A deadline that recurs every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.due = 0.0

    def restart_if_due(self) -> bool:
        now = time.monotonic()
        if now < self.due:
            return False
        self.due = now + self.seconds
        return True


class Worker:
    """Sends until it is told to stop, or, with `once`, until nothing is due.

    `report` is called with a line of text for the operator; `is_alone` promises that no other
    worker runs.
    """

    def __init__(
        self,
        threads: int,
        *,
        once: bool = False,
        is_alone: bool = False,
        report: Callable[[str], None] = logger.info,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.threads = threads
        self.once = once
        self.is_alone = is_alone
        self.report = report
        self.tick = tick
        self.rates = rates.parse(settings.NEWSLETTER_RATES)
        self.is_stopping = False
        self.lease = uuid.uuid4()
        # Between the threads.
        self.jobs: SimpleQueue[tuple[Delivery, IssueMessage] | None] = SimpleQueue()
        self.results: SimpleQueue[Finished] = SimpleQueue()
        # Held: claimed and not begun, with a thread, and of these done and not yet recorded.
        self.stock: deque[Delivery] = deque()
        self.busy: set[int] = set()
        self.done: list[Finished] = []
        self.commit_takes = 0.0
        # What is known of the others.
        self.messages: dict[int, IssueMessage] = {}  # of the issues that are being sent
        self.relay = Relay()
        self.is_welcome = False  # the mail server has taken a mail, and not refused us since
        self.free_at: datetime | None = None  # when a rate allows the next mail
        self.refresh_timer = Timer(REFRESH_EVERY)
        self.lease_timer = Timer(RENEW_EVERY)

    def stop(self) -> None:
        """Begin nothing more and finish what is in flight. Takes no lock: a signal handler may call
        it at any moment."""
        self.is_stopping = True

    def run(self) -> None:
        """Send until told to stop, or until nothing is due. The database may go and come back
        meanwhile."""
        gate = Gate()
        senders = [
            threading.Thread(
                target=self.send_jobs,
                args=(new_transport(gate),),
                name=f"sender {number}",
                daemon=True,
            )
            for number in range(1, self.threads + 1)
        ]
        for sender in senders:
            sender.start()
        ready = False
        while self.busy or not self.is_stopping:
            try:
                if not ready:
                    self.begin()
                    ready = True
                self.refresh()
                if not self.work() and self.once:
                    break
            except DatabaseError as error:
                self.report(f"The database does not answer: {' '.join(str(error).split())}")
                connection.close()
                ready = False
                time.sleep(WAIT_FOR_DATABASE)
        self.end()
        for _ in senders:
            self.jobs.put(None)
        for sender in senders:
            sender.join()

    def begin(self) -> None:
        deliveries.make_durable()
        Relay.objects.current()
        # Also rows whose intent may have been committed although the answer was lost.
        self.release_stock()

    def end(self) -> None:
        try:
            self.release_stock()
            self.finish_issues()
        except DatabaseError:
            logger.warning("What was claimed waits until its lease runs out: no database.")

    def release_stock(self) -> None:
        self.stock.clear()
        deliveries.release(self.lease, besides=self.busy)

    def finish_issues(self) -> None:
        for issue in issues.finish_issues():
            self.report(f"“{issue}” is sent.")

    def refresh(self) -> None:
        if self.lease_timer.restart_if_due():
            Relay.objects.heartbeat()
            deliveries.renew(self.lease)
            is_only_one = self.is_alone and not (self.stock or self.busy)
            if lost := deliveries.expire(all_of_them=is_only_one):
                self.report(
                    f"{lost} mails were on their way when a worker was stopped: in doubt now."
                )
            deliveries.skip_cancelled()
        if not self.refresh_timer.restart_if_due():
            return
        self.tick()
        self.finish_issues()
        self.relay = Relay.objects.current()
        ready = Issue.objects.running().filter(prepared_at__isnull=False).select_related("list")
        before, self.messages = self.messages, {}
        for issue in ready.order_by("started_at", "pk") if settings.NEWSLETTER_SENDING else []:
            if message := before.get(issue.pk) or self.message_of(issue):
                self.messages[issue.pk] = message
        if self.stock and self.messages.keys() != before.keys():
            self.release_stock()  # to be claimed again by turns

    def work(self) -> bool:
        """Do one round: wait for threads, record what they did, give them more. Return whether
        there was anything to do or to wait for."""
        if self.may_begin and len(self.stock) < self.threads:
            self.claim()  # while the threads are at work
        self.collect(wait=not (self.room > 0 and self.stock))
        room = max(0, min(self.room, len(self.stock)))
        wanted = [self.stock.popleft() for _ in range(room)]
        if not (wanted or self.done):
            # Let other workers have what this one cannot send for a while.
            if self.stock and (self.relay.is_backing_off or self.must_wait(deliveries.LEASE)):
                self.release_stock()
            is_soon = self.must_wait() and not self.must_wait(deliveries.LEASE)
            return bool(self.busy or self.stock or is_soon)
        begun_at = time.monotonic()
        begun = self.record(wanted)
        self.commit_takes = min(time.monotonic() - begun_at, LONGEST_GATHERING)
        recorded, self.done = self.done, []
        self.busy.difference_update(row.pk for row, _ in recorded)
        self.busy.update(row.pk for row in begun)
        for row in begun:
            self.jobs.put((row, self.messages[row.issue_id]))
        self.apply_results(recorded)
        return True

    def record(self, wanted: list[Delivery]) -> list[Delivery]:
        """Record what became of mails and which go out next; return those that go out."""
        sent = [row for row, result in self.done if result.outcome is Outcome.SENT]
        if len(sent) == len(self.done) and not self.rates:  # a transaction by itself
            return deliveries.advance(self.lease, sent, wanted, slots=self.threads)
        with transaction.atomic():
            for row, result in self.done:
                if result.outcome is not Outcome.SENT:
                    deliveries.record(self.lease, row, result)
            granted, self.free_at = rates.reserve(self.rates, len(wanted))
            begun = deliveries.advance(self.lease, sent, wanted[:granted], slots=self.threads)
        self.stock.extendleft(reversed(wanted[granted:]))
        return begun

    def collect(self, *, wait: bool) -> None:
        """Take the results that are there. Wait a little for the first if nothing else can be done,
        and for the others as long as a transaction takes: one for all of them is quicker than one
        for each half of them, and where the mail server is slow it costs next to nothing.
        """
        try:
            if wait and not self.done:
                self.done.append(self.results.get(timeout=REFRESH_EVERY / 5))
            deadline = time.monotonic() + self.commit_takes
            while len(self.done) < len(self.busy):
                self.done.append(self.results.get(timeout=max(0, deadline - time.monotonic())))
        except Empty:
            return

    @property
    def room(self) -> int:
        """The number of mails that may be sent beside those on their way: one at a time after
        trouble, and until the mail server has taken one, so that it need not refuse us more than
        once before we know."""
        if any(result.is_trouble or result.cause in OURS for _, result in self.done):
            return 0  # until it is decided what follows for the others
        limit = self.threads if self.is_welcome and not self.relay.troubles else 1
        return limit - (len(self.busy) - len(self.done)) if self.may_begin else 0

    @property
    def may_begin(self) -> bool:
        return not (self.is_stopping or self.relay.is_backing_off or self.must_wait())

    def must_wait(self, longer_than: timedelta = timedelta(0)) -> bool:
        """Tell whether a rate allows no mail for so long. Longer than a lease is held, others may
        have what was claimed."""
        return bool(self.free_at and self.free_at > timezone.now() + longer_than)

    def claim(self) -> None:
        """Fill the stock with due rows of all issues by turns, so that breaking news does not wait
        behind a weekly issue."""
        wanted = self.threads * CLAIMED_FOR_EACH_THREAD // max(1, len(self.messages))
        # A row that came back while a thread still has it is for later.
        found = [
            deliveries.claim(self.lease, issue, max(1, wanted), besides=self.busy)
            for issue in self.messages
        ]
        self.stock.extend(row for turn in zip_longest(*found) for row in turn if row)

    def message_of(self, issue: Issue) -> IssueMessage | None:
        try:
            return IssueMessage(issue, Letterhead.objects.current())
        except ValueError as fault:
            if issue.pause(f"The mail cannot be written: {fault}"):
                self.report(f"“{issue}” is paused: {issue.pause_reason}")
            return None

    def apply_results(self, recorded: list[Finished]) -> None:
        """Let all workers back off after trouble; pause an issue that fails too often."""
        results = [result for _, result in recorded]
        if trouble := next((one for one in results if one.is_trouble), None):
            self.relay = Relay.objects.current()
            if self.relay.back_off(f"{trouble.code or ''} {trouble.words}".strip()):
                self.report(
                    f"The mail server is in trouble: {self.relay.trouble}. All workers back off."
                )
        elif self.relay.troubles and any(one.outcome is Outcome.SENT for one in results):
            self.relay.recover()
        if trouble or any(one.cause in OURS for one in results):
            self.is_welcome = False
        elif any(one.outcome is Outcome.SENT for one in results):
            self.is_welcome = True
        failed = {
            row.issue_id
            for row, result in recorded
            if result.outcome is Outcome.FAILED or result.cause in OURS
        }
        for issue in Issue.objects.running().filter(pk__in=failed) if failed else []:
            if issues.pause_if_refused(issue) or issues.pause_if_failing(issue):
                self.report(f"“{issue}” is paused: {issue.pause_reason}")

    def send_jobs(self, transport: Transport) -> None:
        """Run in each sending thread. It never touches the database."""
        while (job := self.jobs.get()) is not None:
            self.results.put((job[0], send(transport, *job)))
        transport.close()


def send(transport: Transport, row: Delivery, message: IssueMessage) -> SendResult:
    key = row.subscription.key if row.subscription else ""
    try:
        mail = message.mail(row.pk, row.address, key, timezone.now())
    except ValueError as fault:
        return SendResult(Outcome.FAILED, None, str(fault))
    try:
        return transport.send(mail)
    except Exception as error:
        # A fault of ours, at a moment that nobody knows.
        logger.exception("Sending delivery %s", row.pk)
        words = f"{type(error).__name__}: {error}"
        return SendResult(Outcome.UNKNOWN, None, words, is_trouble=True)
