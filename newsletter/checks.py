"""What must hold before the newsletter runs; Django's `check` reports it."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .bounces import mailboxes, webhook
from .mime import in_ascii
from .sending.rates import NotARate, parse


@register()
def rates_are_rates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a mistyped rate, which must not be no limit."""
    try:
        parse(settings.NEWSLETTER_RATES)
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


@register()
def timeouts_are_seconds(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is {value}: a mail server would be given no time to answer.",
            hint="Say seconds: RFC 5321, section 4.5.3.2, allows a server minutes.",
            id="newsletter.E003",
        )
        for name in ("EMAIL_TIMEOUT", "EMAIL_DATA_TIMEOUT")
        if (value := getattr(settings, name)) <= 0
    ]


@register()
def provider_is_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a provider that is named and cannot tell us, or in whose name anybody could."""
    provider = settings.ANYMAIL_PROVIDER
    if not provider:
        return []
    if not webhook.is_installed():
        words = f"ANYMAIL_PROVIDER is “{provider}”, but django-anymail is not installed."
        return [Error(words, hint="Install it: pip install django-anymail.", id="newsletter.E011")]
    if provider not in (known := sorted(webhook.views())):
        hint = f"Say one of: {', '.join(known)}."
        return [Error(f"ANYMAIL_PROVIDER is “{provider}”.", hint=hint, id="newsletter.E012")]
    if ":" not in settings.ANYMAIL["WEBHOOK_SECRET"]:
        words = "ANYMAIL_PROVIDER is set without ANYMAIL_WEBHOOK_SECRET: its webhook stays shut."
        hint = "Make up user:password, and give the provider both within the address."
        return [Error(words, hint=hint, id="newsletter.E013")]
    return []


@register()
def bounce_mailbox_is_an_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        if address := settings.NEWSLETTER_BOUNCE_MAILBOX:
            mailboxes.parsed(address)
    except mailboxes.MailboxTrouble as trouble:
        return [Error(str(trouble), id="newsletter.E014")]
    return []
