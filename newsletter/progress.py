"""How an issue stands that is being sent: what the page and the command say of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.timesince import timeuntil

from newsletter.models import Delivery, Issue, MailEvent, Relay
from newsletter.sending.rates import NotARate, parse, used

State = Delivery.State
MINUTE = timedelta(minutes=1)
# A worker looks for due issues every few seconds; after this time nobody does.
LATE = timedelta(minutes=5)
ERRORS = 5


@dataclass(frozen=True)
class IssueProgress:
    """The numbers of a moment. Counting them costs the same few queries for any audience."""

    issue: Issue
    at: datetime
    counts: dict[str, int]
    last_minute: int
    doubts: int  # that nobody has seen yet
    reported: dict[str, int]
    errors: list[Delivery]
    relay: Relay

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        return sum(self.counts[state] for state in Delivery.UNFINISHED)

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def percent(self) -> int:
        """Return the part that is done, in percent; 100 only when nobody is left."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_running(self) -> bool:
        """Tell whether the numbers may still change by themselves."""
        return self.issue.state in (Issue.State.APPROVED, Issue.State.SENDING)

    @property
    def time_left(self) -> timedelta | None:
        """Estimate by the speed of the last minute the time for what waits now; later attempts come
        on top. None while that cannot be reported."""
        if self.issue.state != Issue.State.SENDING or not self.last_minute:
            return None
        waits = self.left - self.counts[State.DEFERRED]
        return waits * MINUTE / self.last_minute

    @property
    def time_left_in_words(self) -> str:
        left = self.time_left
        if left is None:
            return "not known yet" if self.issue.state == Issue.State.SENDING else "—"
        return "less than a minute" if left < MINUTE else str(timeuntil(self.at + left, self.at))

    @property
    def summary(self) -> str:
        """Return one line for a person who does not watch all the time: it changes seldom."""
        state = self.issue.get_state_display()
        if self.issue.state == Issue.State.SENDING and self.issue.prepared_at is None:
            return "Sending: the list of recipients is being made."
        if self.issue.state in (Issue.State.SENDING, Issue.State.PAUSED):
            return f"{state}: {self.percent // 10 * 10} % done."
        return f"{state}."

    @property
    def rates(self) -> list[str]:
        """Return what was used of each rate, the shortest first; a mistyped setting has none."""
        try:
            limits = parse(settings.NEWSLETTER_RATES)
        except NotARate:  # the system check names it
            return []
        return [
            f"{used(self.relay, rate, self.at)} of {rate.limit} in this {rate.unit}"
            for rate in sorted(limits, key=lambda rate: rate.length)
        ]

    @property
    def warnings(self) -> list[str]:
        """Return why somebody should look, in words; nothing while all is well."""
        issue, found = self.issue, []
        waits = issue.state == Issue.State.APPROVED and issue.send_at
        is_late = bool(waits and self.at - waits > LATE)
        if issue.state == Issue.State.PAUSED:
            found.append(f"Paused. {issue.pause_reason}".strip())
        if issue.state == Issue.State.SENDING or is_late:
            found += self.obstacles()
        if is_late:
            found.append("It should have begun by now.")
        if self.doubts:
            found.append(f"{self.doubts} may or may not have got it: decide about them.")
        return found

    def obstacles(self) -> Iterator[str]:
        seen_at, rests_until = self.relay.worker_seen_at, self.relay.backs_off_until
        if not settings.NEWSLETTER_SENDING:
            yield "Sending is switched off on this installation (NEWSLETTER_SENDING)."
        elif not self.relay.has_worker:
            since = f" since {timezone.localtime(seen_at):%H:%M}" if seen_at else ""
            yield f"No worker has been seen{since}: start manage.py newsletter_worker."
        if rests_until and rests_until > self.at:
            until = f"{timezone.localtime(rests_until):%H:%M:%S}"
            yield f"The mail server rests until {until}: {self.relay.trouble}".rstrip(": ")


def progress_of(issue: Issue) -> IssueProgress:
    now = timezone.now()
    rows = issue.deliveries.order_by()
    found = dict(rows.values_list("state").annotate(number=Count("pk")))
    mail_events = MailEvent.objects.filter(delivery__issue=issue).order_by()
    troubled = issue.deliveries.filter(state__in=[State.FAILED, State.DEFERRED]).exclude(error="")
    doubtful = found.get(State.UNKNOWN, 0)
    if doubtful and issue.doubts_seen_at:
        doubtful = rows.in_doubt_since_seen().count()
    return IssueProgress(
        issue=issue,
        at=now,
        doubts=doubtful,
        counts={state: found.get(state, 0) for state in State.values},
        last_minute=rows.filter(finished_at__gt=now - MINUTE).count(),
        reported=dict(mail_events.values_list("kind").annotate(number=Count("pk"))),
        errors=list(troubled.order_by("-pk")[:ERRORS]),
        relay=Relay.objects.current(),
    )
