"""What a provider tells us by HTTP, through django-anymail, which need not be installed.

Anymail knows how each provider signs and spells its events, calls `receive` for each, and answers
200 when that returned: what raised is answered 500, and the provider asks again.
"""

import json
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.urls import URLPattern, path

from newsletter.addresses import NotAnAddress, digest_of
from newsletter.models import Delivery, Notice

from .reading import MESSAGE_ID, deliveries_named
from .statuses import ENHANCED, kind_of_status

BY_TYPE = {"complained": Notice.Kind.COMPLAINT, "unsubscribed": Notice.Kind.LEFT}
BY_REASON = {
    "invalid": Notice.Kind.HARD,
    "bounced": Notice.Kind.HARD,
    "spam": Notice.Kind.COMPLAINT,
    "unsubscribed": Notice.Kind.LEFT,
}
# How Postmark, Brevo and SendGrid call a bounce of a dead address.
DEAD = [
    ("Type", "HardBounce"),
    ("event", "hard_bounce"),
    ("bounce_classification", "Invalid Address"),
]
# Events that say nothing of an address are not stored: a row for each mail that arrived would be
# the tracking that we promise not to do.
TOLD = ("bounced", "rejected", "complained", "unsubscribed")


def is_installed() -> bool:
    return find_spec("anymail") is not None


def urls() -> list[URLPattern]:
    """The address at which the configured provider tells us; none without one."""
    provider = settings.ANYMAIL_PROVIDER
    if not provider or not is_installed() or ":" not in settings.ANYMAIL["WEBHOOK_SECRET"]:
        return []
    from anymail import urls as anymail_urls
    from anymail.signals import tracking

    views = {one.name: one.callback for one in anymail_urls.urlpatterns}
    view = views.get(f"{provider}_tracking_webhook")
    if view is None:
        return []
    tracking.connect(receive, dispatch_uid="newsletter.bounces")
    return [path("provider/", view, name="provider")]


def providers() -> list[str]:
    """The names that ANYMAIL_PROVIDER may have."""
    from anymail import urls as anymail_urls

    ending = "_tracking_webhook"
    names = [one.name for one in anymail_urls.urlpatterns if one.name]
    return sorted(name.removesuffix(ending) for name in names if name.endswith(ending))


def receive(sender: object, event: Any, esp_name: str, **signal: Any) -> None:
    """Store an event, once. Receiver of Anymail's `tracking`; raises where it cannot be stored."""
    if event.event_type not in TOLD:
        return
    raw = raw_of(event)
    recipient = event.recipient or ""
    words = event.mta_response or event.description or event.reject_reason or ""
    Notice.objects.receive(
        f"provider {esp_name}",
        event_key(event, raw),
        kind=kind_of(event),
        happened_at=event.timestamp,
        address=recipient,
        delivery=delivery_of(recipient, f"{event.message_id or ''} {raw}"),
        raw=raw,
        outcome=" ".join(str(words).split()),
    )


def kind_of(event: Any) -> Notice.Kind:
    """By the code of the server that refused; without one, by the provider's own word for it.

    `rejected` is what the provider would not even try, because of what came before.
    """
    if event.event_type in BY_TYPE:
        return BY_TYPE[event.event_type]
    if event.event_type == "rejected":
        return BY_REASON.get(event.reject_reason, Notice.Kind.SOFT)
    words = f"{event.mta_response or ''} {event.description or ''}"
    if ENHANCED.search(words):
        return kind_of_status("", words)
    is_dead = event.reject_reason == "invalid" or any(
        event.esp_event.get(name) == word for name, word in DEAD
    )
    return Notice.Kind.HARD if is_dead else Notice.Kind.SOFT


def raw_of(event: Any) -> str:
    """The event as the provider sent it."""
    raw = event.esp_event
    return json.dumps(raw, default=str, ensure_ascii=False, sort_keys=True)


def event_key(event: Any, raw: str) -> str:
    """What tells an event: the provider's own name for it, and its recipient, since one may speak
    of several; without a name, all that was sent."""
    parts = [event.event_type, event.recipient, event.event_id or raw]
    return sha256(json.dumps(parts).encode()).hexdigest()


def delivery_of(recipient: str, text: str) -> Delivery | None:
    """The mail that an event speaks of: by our Message-ID anywhere in it, and its recipient.

    Providers that give mails names of their own do not send ours; the newest that went to this
    address is meant then. The secret of the webhook has proved who says so.
    """
    try:
        digest = digest_of(recipient)
    except NotAnAddress:
        return None
    named = deliveries_named(set(MESSAGE_ID.findall(text)))
    for one in named:
        if one.address.casefold() == recipient.casefold():
            return one
    if named:
        return None
    sent = Delivery.objects.filter(
        subscription__subscriber__digest=digest, first_tried_at__isnull=False
    )
    return sent.order_by("-first_tried_at").first()
