"""How an issue stands that is being sent: what the page and the command say of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.timesince import timeuntil

from newsletter.models import Delivery, Issue, Notice, Relay

State = Delivery.State
MINUTE = timedelta(minutes=1)
# A worker looks for due issues every few seconds; after this time nobody does.
LATE = timedelta(minutes=5)
ERRORS = 5


@dataclass(frozen=True)
class Watch:
    """The numbers of a moment. Counting them costs the same few questions for any audience."""

    issue: Issue
    at: datetime
    counts: dict[str, int]
    last_minute: int
    told: dict[str, int]
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
        """A hundred only when nobody is left."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_running(self) -> bool:
        """Whether the numbers may still change by themselves."""
        return self.issue.state in (Issue.State.APPROVED, Issue.State.SENDING)

    @property
    def time_left(self) -> timedelta | None:
        """At the speed of the last minute, of what waits now; what is tried again later comes on
        top. None while that cannot be told."""
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
        """One line, for a person who does not look at it all the time: it changes seldom."""
        state = self.issue.get_state_display()
        if self.issue.state == Issue.State.SENDING and self.issue.prepared_at is None:
            return "Sending: the list of recipients is being made."
        if self.issue.state in (Issue.State.SENDING, Issue.State.PAUSED):
            return f"{state}: {self.percent // 10 * 10} % done."
        return f"{state}."

    @property
    def rates(self) -> list[str]:
        """What may be sent, and how much of it was used."""
        limits = dict(
            part.strip().split("/", 1)[::-1] for part in settings.NEWSLETTER_RATES if "/" in part
        )
        used = {
            "s": ("second", self.relay.second_used, self.relay.second_began, timedelta(seconds=1)),
            "h": ("hour", self.relay.hour_used, self.relay.hour_began, timedelta(hours=1)),
            "d": ("day", self.relay.day_used, self.relay.day_began, timedelta(days=1)),
        }
        return [
            f"{number if began and self.at - began < span else 0} of {limits[unit]} in this {name}"
            for unit, (name, number, began, span) in used.items()
            if unit in limits
        ]

    @property
    def concerns(self) -> list[str]:
        """Why somebody should look, in words; nothing while all is well."""
        return list(concerns(self))


def watch(issue: Issue) -> Watch:
    now = timezone.now()
    rows = issue.deliveries.order_by()
    found = dict(rows.values_list("state").annotate(number=Count("pk")))
    notices = Notice.objects.filter(delivery__issue=issue).order_by()
    troubled = issue.deliveries.filter(state__in=[State.FAILED, State.DEFERRED]).exclude(error="")
    return Watch(
        issue=issue,
        at=now,
        counts={state: found.get(state, 0) for state in State.values},
        last_minute=rows.filter(finished_at__gt=now - MINUTE).count(),
        told=dict(notices.values_list("kind").annotate(number=Count("pk"))),
        errors=list(troubled.order_by("-pk")[:ERRORS]),
        relay=Relay.objects.current(),
    )


def concerns(seen: Watch) -> Iterator[str]:
    issue, relay, now = seen.issue, seen.relay, seen.at
    waits = issue.state == Issue.State.APPROVED and issue.send_at
    is_late = bool(waits and issue.send_at and now - issue.send_at > LATE)
    if issue.state == Issue.State.PAUSED:
        yield f"Paused. {issue.pause_reason}".strip()
    if issue.state == Issue.State.SENDING or is_late:
        if not settings.NEWSLETTER_SENDING:
            yield "Sending is switched off on this installation (NEWSLETTER_SENDING)."
        elif not relay.has_worker:
            when = (
                f" since {timezone.localtime(relay.worker_seen_at):%H:%M}"
                if (relay.worker_seen_at)
                else ""
            )
            yield f"No worker has been seen{when}: start manage.py newsletter_worker."
        if is_late:
            yield "It should have begun by now."
        if relay.rests_until and relay.rests_until > now:
            until = timezone.localtime(relay.rests_until)
            yield f"The mail server rests until {until:%H:%M:%S}: {relay.trouble}".rstrip(": ")
    if unknown := seen.counts[State.UNKNOWN]:
        yield f"{unknown} may or may not have got it: decide for each."
