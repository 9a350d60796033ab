"""What must hold before the newsletter runs; Django's `check` reports it."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .message import in_ascii
from .sending.pace import NotARate, parsed


@register()
def rates_are_rates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A limit that is mistyped must not be no limit."""
    try:
        parsed(settings.NEWSLETTER_RATES)
    except NotARate as fault:
        return [
            Error(
                f"NEWSLETTER_RATES cannot be read: {fault}",
                hint="Say how many for each second, hour or day, such as 10/s,5000/h,50000/d.",
                id="newsletter.E001",
            )
        ]
    return []


@register()
def senders_are_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in ("NEWSLETTER_FROM", "NEWSLETTER_BOUNCES"):
        value = getattr(settings, name)
        try:
            in_ascii(parseaddr(value)[1]) if value else None
        except ValueError:
            found.append(
                Error(
                    f"{name} is “{value}”, which is no address.",
                    hint="Such as newsletter@example.org, or The Magazine <mail@example.org>.",
                    id="newsletter.E002",
                )
            )
    return found
