"""The clock of the magazine's time zone: it skips an hour in spring and repeats one in autumn."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format


@dataclass(frozen=True)
class Reading:
    """A moment that somebody may have meant who typed a time."""

    moment: datetime

    def __str__(self) -> str:
        return f"{date_format(self.moment, 'H:i')} {name_and_offset(self.moment)}"


def readings(shown: datetime) -> list[Reading]:
    """What a clock of the magazine's zone can mean by the naive time `shown`, earlier one first.

    One moment as a rule; two where the clock shows this time twice; and two where it never does:
    as long before the jump and as long after it.
    """
    zone = timezone.get_current_timezone()
    moments = {shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return [Reading(moment.astimezone(zone)) for moment in sorted(moments)]


def is_shown(shown: datetime) -> bool:
    return any(reading.moment.replace(tzinfo=None) == shown for reading in readings(shown))


def name_and_offset(moment: datetime) -> str:
    """“CEST (UTC+2)” for a moment in a time zone; only “UTC−3” where the zone has no such name."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    offset = f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"
    name = moment.tzname() or ""
    return f"{name} ({offset})" if name.isalpha() and name != offset else offset


def zone_in_words() -> str:
    now = timezone.localtime()
    name = timezone.get_current_timezone_name()
    present = name_and_offset(now).replace(" (", ", ").removesuffix(")")
    return f"Time zone: {name}." if present == name else f"Time zone: {name} (now {present})."
