"""What must hold before bounces can be taken in; Django's `check` reports it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from . import mailboxes, webhook


@register()
def provider_is_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A provider that is named must be able to tell us, and nobody else in its name."""
    provider = settings.ANYMAIL_PROVIDER
    if not provider:
        return []
    if not webhook.is_installed():
        return [
            Error(
                f"ANYMAIL_PROVIDER is “{provider}”, but django-anymail is not installed.",
                hint="Install it: pip install django-anymail.",
                id="newsletter.E011",
            )
        ]
    if provider not in webhook.providers():
        return [
            Error(
                f"ANYMAIL_PROVIDER is “{provider}”.",
                hint=f"Say one of: {', '.join(webhook.providers())}.",
                id="newsletter.E012",
            )
        ]
    if ":" not in settings.ANYMAIL["WEBHOOK_SECRET"]:
        return [
            Error(
                "ANYMAIL_PROVIDER is set without ANYMAIL_WEBHOOK_SECRET: its webhook stays shut.",
                hint="Make up user:password, and give the provider both within the address.",
                id="newsletter.E013",
            )
        ]
    return []


@register()
def bounce_mailbox_is_an_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        mailboxes.parsed(settings.NEWSLETTER_BOUNCE_MAILBOX)
    except mailboxes.MailboxTrouble as trouble:
        return [Error(str(trouble), id="newsletter.E014")]
    return []
