"""Moments in words, in the magazine's own time."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def moment_in_words(value: datetime | None) -> str:
    """“3 May 2026, 18:00 (UTC)”: with the name of the time zone; empty for None."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j F Y, H:i')} ({local.tzname()})"


def short_moment(value: datetime) -> str:
    return date_format(timezone.localtime(value), "j M Y, H:i")
