"""Dates as readers and machines see them, in the magazine's own time."""

from datetime import datetime, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.dateformat import format as spell
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SPELLINGS = {
    "day": "j F Y",
    "minute": "j F Y, H:i T",
    # In rails: never “today” or “an hour ago”, since a kept page must stay true.
    "short": "j M Y, H:i",
}


@register.simple_tag
def moment(at: datetime, spelling: str = "day") -> SafeString:
    """Render a <time> element; `spelling` is one of SPELLINGS."""
    return _moment(at, spelling, timezone.get_current_timezone())


# The same dates stand on page after page, and take a tenth of the time of one to spell.
@lru_cache(maxsize=2_000)
def _moment(at: datetime, spelling: str, zone: tzinfo) -> SafeString:
    local = timezone.localtime(at, zone)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        spell(local, SPELLINGS[spelling]),
    )
