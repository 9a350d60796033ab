"""The worker: one thread that knows the database, and some that talk to the mail server.

What several threads have done is committed together, with what they are to do next, so that a mail
costs a fraction of a transaction. A thread has one mail at a time, and the next one only when its
intent is on disk.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from newsletter.message import Edition
from newsletter.models import Delivery, Issue, Letterhead, Relay
from newsletter.models.relay import SIGN_OF_LIFE

from . import claiming, pace, preparing, recording
from .claiming import Claim
from .transport import Carrier, new_carrier
from .verdicts import Outcome, Verdict

logger = logging.getLogger(__name__)

CLAIMED_FOR_EACH_THREAD = 32
# Seconds between two looks at what others do: new issues, paused ones, a relay that rests.
LOOK_EVERY = 0.5
EXPIRE_EVERY = 5.0
WAIT_FOR_DATABASE = 1.0
LONGEST_GATHERING = 0.05


@dataclass(frozen=True)
class Job:
    claim: Claim
    edition: Edition


@dataclass(frozen=True)
class Result:
    claim: Claim
    verdict: Verdict


class Every:
    """True once in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.due = 0.0

    def __bool__(self) -> bool:
        now = time.monotonic()
        if now < self.due:
            return False
        self.due = now + self.seconds
        return True


class Worker:
    """Sends until it is told to stop, or, with `once`, until nothing is due.

    `say` is given a line for whoever watches; `is_alone` promises that no other worker runs.
    """

    def __init__(
        self,
        threads: int,
        *,
        once: bool = False,
        is_alone: bool = False,
        say: Callable[[str], None] = logger.info,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.threads = threads
        self.once = once
        self.is_alone = is_alone
        self.say = say
        self.tick = tick
        self.rates = pace.parsed(settings.NEWSLETTER_RATES)
        self.is_stopping = False
        # Between the threads.
        self.jobs: SimpleQueue[Job | None] = SimpleQueue()
        self.results: SimpleQueue[Result] = SimpleQueue()
        # In hand: claimed and not begun, with a thread, done and not yet recorded, and those of
        # which a broken transaction left unclear whether their intent is on disk.
        self.stock: deque[Claim] = deque()
        self.busy: dict[int, Claim] = {}
        self.done: list[Result] = []
        self.unclear: list[Claim] = []
        self.commit_takes = 0.0
        # What is known of the others.
        self.issues: list[Issue] = []
        self.editions: dict[int, Edition] = {}
        self.relay = Relay()
        self.free_at: datetime | None = None  # when a rate allows the next mail
        self.looks = Every(LOOK_EVERY)
        self.lives = Every(SIGN_OF_LIFE.total_seconds() / 2)
        self.renews = Every(claiming.RENEWED_EVERY.total_seconds())
        self.expires = Every(EXPIRE_EVERY)

    def stop(self) -> None:
        """Begin nothing more; what is in flight is finished. A signal may call it at any moment,
        so it waits for no lock."""
        self.is_stopping = True

    def run(self) -> None:
        """Until it is told to stop, or nothing is due any more. The database may go and come
        back meanwhile."""
        senders = [
            threading.Thread(
                target=self.send_jobs, args=(new_carrier(),), name=f"sender {number}", daemon=True
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
                self.look_around()
                if not self.work() and self.once:
                    break
            except DatabaseError as error:
                self.say(f"The database does not answer: {' '.join(str(error).split())}")
                connection.close()
                ready = False
                time.sleep(WAIT_FOR_DATABASE)
        self.end()
        for _ in senders:
            self.jobs.put(None)
        for sender in senders:
            sender.join()

    def begin(self) -> None:
        """What every new connection to the database needs."""
        claiming.make_durable()
        Relay.objects.current()
        # Rows whose intent may have been committed although the answer was lost: no thread was
        # given them, so nothing was sent.
        claiming.release(self.unclear, Delivery.State.SENDING)
        claiming.release(self.unclear)
        self.unclear = []

    def end(self) -> None:
        try:
            claiming.release(self.stock)
            self.finish_issues()
        except DatabaseError:
            logger.warning("What was claimed waits until its lease runs out: no database.")

    def finish_issues(self) -> None:
        for issue in recording.finish_issues():
            self.say(f"“{issue}” is sent.")

    def look_around(self) -> None:
        if self.lives:
            Relay.objects.sign_of_life()
        if self.renews:
            claiming.renew([*self.stock, *self.busy.values()])
        if self.expires:
            lost = claiming.expire(all_of_them=self.is_alone and not (self.stock or self.busy))
            if lost:
                self.say(f"{lost} mails were on their way when a worker was stopped: in doubt now.")
        if not self.looks:
            return
        self.tick()
        claiming.call_off()
        self.finish_issues()
        self.relay = Relay.objects.current()
        self.issues = []
        if settings.NEWSLETTER_SENDING:
            ready = Issue.objects.running().filter(prepared_at__isnull=False)
            self.issues = list(ready.select_related("list").order_by("started_at", "pk"))
        running = {issue.pk for issue in self.issues}
        self.editions = {key: self.editions[key] for key in self.editions.keys() & running}
        claiming.release(one for one in self.stock if one.issue not in running)
        self.stock = deque(one for one in self.stock if one.issue in running)

    def work(self) -> bool:
        """One round: wait for threads, record what they did, give them more; whether there was
        anything to do or to wait for."""
        self.collect(wait=not self.can_begin())
        wanted = self.choose()
        if not (wanted or self.done):
            self.give_back_what_must_wait()
            return bool(self.busy or self.stock or self.waits_for_a_rate)
        recorded, self.done = self.done, []
        self.unclear = wanted
        begun_at = time.monotonic()
        try:
            begun = self.commit(recorded, wanted)
        except DatabaseError:
            self.done = recorded + self.done
            raise
        self.unclear = []
        self.commit_takes = min(time.monotonic() - begun_at, LONGEST_GATHERING)
        for one in recorded:
            del self.busy[one.claim.delivery]
        for claim in begun:
            self.busy[claim.delivery] = claim
            self.jobs.put(Job(claim, self.editions[claim.issue]))
        self.learn_from(recorded)
        # While the threads are at work.
        if self.room == 0 and len(self.stock) < self.threads:
            self.claim()
        return True

    def commit(self, recorded: list[Result], wanted: list[Claim]) -> list[Claim]:
        """Have it on disk what became of mails, and which go out next; the latter."""
        sent = [one.claim for one in recorded if one.verdict.outcome is Outcome.SENT]
        if len(sent) == len(recorded) and not self.rates:
            return claiming.swap(sent, wanted, slots=self.threads)  # a transaction by itself
        with transaction.atomic():
            for one in recorded:
                if one.verdict.outcome is not Outcome.SENT:
                    recording.record(one.claim, one.verdict)
            granted, self.free_at = pace.reserve(self.rates, len(wanted))
            begun = claiming.swap(sent, wanted[:granted], slots=self.threads)
        self.stock.extendleft(reversed(wanted[granted:]))
        return begun

    def collect(self, *, wait: bool) -> None:
        """Take the results that are there; wait a little for the first where nothing else can be
        done, and for the others as long as a transaction takes: one for all of them is quicker
        than one for each half of them, and where the mail server is slow it costs next to nothing.
        """
        try:
            if wait and not self.done:
                self.done.append(self.results.get(timeout=LOOK_EVERY / 5))
            deadline = time.monotonic() + self.commit_takes
            while len(self.done) < len(self.busy):
                self.done.append(self.results.get(timeout=max(0, deadline - time.monotonic())))
        except Empty:
            return

    @property
    def room(self) -> int:
        """How many more mails may be on their way. After trouble one goes ahead of the others."""
        if self.is_stopping or self.relay.rests:
            return 0
        if self.waits_for_a_rate or self.waits_long:
            return 0
        limit = 1 if self.relay.troubles else self.threads
        return limit - (len(self.busy) - len(self.done))

    @property
    def waits_for_a_rate(self) -> bool:
        return bool(self.free_at and self.free_at > timezone.now() and not self.waits_long)

    @property
    def waits_long(self) -> bool:
        """Longer than a claim is held for nothing."""
        return bool(self.free_at and self.free_at > timezone.now() + claiming.LEASE)

    def can_begin(self) -> bool:
        return bool(self.room > 0 and (self.stock or self.claim()))

    def choose(self) -> list[Claim]:
        room = max(0, self.room)
        if room and not self.stock:
            self.claim()
        return [self.stock.popleft() for _ in range(min(room, len(self.stock)))]

    def claim(self) -> bool:
        """Fill the stock from the first issue that has rows which are due; whether there were."""
        for issue in self.issues:
            if issue.pk not in self.editions:
                self.open_edition(issue)
            if issue.pk not in self.editions:
                continue
            found = claiming.claim(issue.pk, self.threads * CLAIMED_FOR_EACH_THREAD)
            # A row that came back while a thread still has it is for later.
            self.stock.extend(one for one in found if one.delivery not in self.busy)
            if found:
                return True
        return False

    def open_edition(self, issue: Issue) -> None:
        try:
            self.editions[issue.pk] = Edition(issue, Letterhead.objects.current())
        except ValueError as fault:
            if issue.pause(f"The mail cannot be written: {fault}"):
                self.say(f"“{issue}” is paused: {issue.pause_reason}")

    def give_back_what_must_wait(self) -> None:
        """Others may have what this worker cannot send for a while."""
        if self.stock and (self.relay.rests or self.waits_long):
            claiming.release(self.stock)
            self.stock.clear()

    def learn_from(self, results: list[Result]) -> None:
        verdicts = [one.verdict for one in results]
        if trouble := next((one for one in verdicts if one.is_trouble), None):
            self.relay = Relay.objects.current()
            if self.relay.rest(f"{trouble.code or ''} {trouble.words}".strip()):
                self.say(f"The mail server is in trouble: {self.relay.trouble}. All workers rest.")
        elif self.relay.troubles and any(one.outcome is Outcome.SENT for one in verdicts):
            self.relay.recover()
        failed = {one.claim.issue for one in results if one.verdict.outcome is Outcome.FAILED}
        for issue in self.issues:
            if issue.pk in failed and recording.pause_if_failing(issue):
                self.say(f"“{issue}” is paused: {issue.pause_reason}")

    def send_jobs(self, carrier: Carrier) -> None:
        """What each sending thread does. It never touches the database."""
        while (job := self.jobs.get()) is not None:
            self.results.put(Result(job.claim, carry(carrier, job)))
        carrier.close()


def carry(carrier: Carrier, job: Job) -> Verdict:
    claim = job.claim
    try:
        mail = job.edition.mail(claim.delivery, claim.address, claim.key, timezone.now())
    except ValueError as fault:
        return Verdict(Outcome.FAILED, None, str(fault))
    try:
        return carrier.send(mail)
    except Exception as error:
        # A fault of ours, at a moment that nobody knows.
        logger.exception("Sending delivery %s", claim.delivery)
        return Verdict(Outcome.UNKNOWN, None, f"{type(error).__name__}: {error}", is_trouble=True)


def prepare_and_run_errands(worker: Worker, run_errands: Callable[[], int]) -> int:
    """What is done beside the mails, on a connection of its own; how many things were."""
    done = 0
    try:
        if settings.NEWSLETTER_SENDING:
            for issue in preparing.start_due_issues():
                worker.say(f"“{issue}” is prepared: {issue.deliveries.count()} recipients.")
                done += 1
        done += run_errands()
    except Exception:
        logger.exception("An errand of the newsletter failed")
        connection.close()
    close_old_connections()
    return done
