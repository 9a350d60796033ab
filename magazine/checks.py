"""What must hold between the parts before the magazine runs; Django's `check` reports it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver

from articles.models.addresses import RESERVED_SLUGS


@register(Tags.urls)
def fixed_addresses_are_reserved(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """No article or page may be named like the first segment of an address of ours."""
    return [
        Error(
            f"The address /{segment}/ is not among the reserved slugs.",
            hint="Add it to RESERVED_SLUGS in articles/models/addresses.py.",
            id="magazine.E001",
        )
        for segment in sorted(first_segments(get_resolver().url_patterns) - RESERVED_SLUGS)
    ]


def first_segments(patterns: Sequence[URLPattern | URLResolver]) -> set[str]:
    """The fixed first segments of the URLconf; patterns that begin with a variable have none."""
    segments: set[str] = set()
    for pattern in patterns:
        segment = str(pattern.pattern).lstrip("^").split("/")[0]
        if not segment and isinstance(pattern, URLResolver):
            segments |= first_segments(pattern.url_patterns)
        elif segment and "<" not in segment:
            segments.add(segment.split(".")[0])
    return segments


@register(Tags.security, deploy=True)
def readers_address_is_secure(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS:
        return []
    return [
        Warning(
            "SITE_URL does not begin with https://.",
            hint="Cookies are then sent in the clear, and HSTS is not sent.",
            id="magazine.W002",
        )
    ]


@register()
def second_factor_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A word that is mistyped must not leave the newsroom open."""
    if settings.SECOND_FACTOR in ("", "chief", "all"):
        return []
    return [
        Error(
            f"SECOND_FACTOR is “{settings.SECOND_FACTOR}”.",
            hint="Say chief or all, or leave it out.",
            id="magazine.E003",
        )
    ]


@register(Tags.security, deploy=True)
def second_factor_is_asked(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR:
        return []
    return [
        Warning(
            "SECOND_FACTOR is empty: a password alone opens every account, a chief's included.",
            hint="Set it to chief or to all; each person is then led to set one up.",
            id="magazine.W003",
        )
    ]
