"""The rate limits of all workers together, counted in the one row that they share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from newsletter.models import Relay

RATE = re.compile(r"([1-9]\d{0,8})/([shd])")
UNITS = {
    "s": ("second", timedelta(seconds=1)),
    "h": ("hour", timedelta(hours=1)),
    "d": ("day", timedelta(days=1)),
}


class NotARate(ValueError):
    """A text that is no rate; the message names it."""


@dataclass(frozen=True)
class Rate:
    limit: int
    unit: str  # second, hour or day: as in the names of the columns
    length: timedelta


def parse(rates: Iterable[str]) -> list[Rate]:
    """Parse NEWSLETTER_RATES, such as 10/s and 5000/h. Raises NotARate."""
    found = {}
    for text in filter(None, map(str.strip, rates)):
        match = RATE.fullmatch(text)
        if not match:
            raise NotARate(f"“{text}” is no rate.")
        unit, length = UNITS[match[2]]
        if unit in found:
            raise NotARate(f"There are two rates for each {unit}.")
        found[unit] = Rate(int(match[1]), unit, length)
    return list(found.values())


def used(relay: Relay, rate: Rate, now: datetime) -> int:
    """Return how much was sent in the period that the relay counts for this rate. A clock that was
    put back ends it, or everything would stop until the clock has caught up."""
    began = getattr(relay, f"{rate.unit}_began")
    is_running = began is not None and now - rate.length < began <= now
    return int(getattr(relay, f"{rate.unit}_used")) if is_running else 0


def reserve(rates: list[Rate], wanted: int) -> tuple[int, datetime | None]:
    """Return how many of the wanted mails may go out now and, if none may, when the next may. Call
    it in the transaction that puts them on their way, so that what is not sent is not counted."""
    if not rates or not wanted:
        return wanted, None
    relay = Relay.objects.select_for_update().get(pk=1)
    now = timezone.now()
    granted, free_at = wanted, None
    for rate in rates:
        if not used(relay, rate, now):
            setattr(relay, f"{rate.unit}_began", now)
            setattr(relay, f"{rate.unit}_used", 0)
        left = max(0, rate.limit - used(relay, rate, now))
        if not left:
            free_at = max(free_at or now, getattr(relay, f"{rate.unit}_began") + rate.length)
        granted = min(granted, left)
    if granted:
        for rate in rates:
            setattr(relay, f"{rate.unit}_used", used(relay, rate, now) + granted)
        columns = [f"{rate.unit}_{name}" for rate in rates for name in ("began", "used")]
        relay.save(update_fields=columns)
    return granted, free_at
