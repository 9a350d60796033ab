"""What a provider tells us by HTTP, through django-anymail, which need not be installed.

Anymail knows how each provider signs and spells its events, calls `receive` for each, and answers
200 when that returned: what raised is answered 500, and the provider asks again.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from newsletter.addresses import NotAnAddress, digest_of
from newsletter.models import Delivery, MailEvent
from newsletter.refusals import ENHANCED, Cause, cause_of

from .reading import MESSAGE_ID, deliveries_named

BY_TYPE = {"complained": MailEvent.Kind.COMPLAINT, "unsubscribed": MailEvent.Kind.LEFT}
BY_REASON = {
    "invalid": MailEvent.Kind.HARD,
    "bounced": MailEvent.Kind.HARD,
    "spam": MailEvent.Kind.COMPLAINT,
    "unsubscribed": MailEvent.Kind.LEFT,
}
# How Postmark, Brevo and SendGrid call a bounce of a dead address.
DEAD = {
    ("Type", "HardBounce"),
    ("event", "hard_bounce"),
    ("bounce_classification", "Invalid Address"),
}
# What a reader of JSON raises where it finds another type than it looks for.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
# Events that say nothing of an address are not stored: a row for each mail that arrived would be
# the tracking that we promise not to do.
TOLD = ("bounced", "rejected", "complained", "unsubscribed")


def is_installed() -> bool:
    return find_spec("anymail") is not None


def urls() -> list[URLPattern]:
    """Return the URL at which the configured provider reports; none without one."""
    provider = settings.ANYMAIL_PROVIDER
    if not provider or not is_installed() or ":" not in settings.ANYMAIL["WEBHOOK_SECRET"]:
        return []
    if provider not in (known := views()):
        return []
    from anymail.signals import tracking

    tracking.connect(receive, dispatch_uid="newsletter.bounces")
    return [path("provider/", strict(known[provider]), name="provider")]


def strict(view: Any) -> Callable[..., HttpResponseBase]:
    """Refuse what is not in the provider's form with 400: it would be no better a second time."""

    class Strict(view.view_class):
        def parse_events(self, request: HttpRequest) -> list[Any]:
            try:
                return list(super().parse_events(request))
            except UNREADABLE as fault:
                raise BadRequest("No event of this provider.") from fault

    return Strict.as_view(**view.view_initkwargs)


def views() -> dict[str, Callable[..., HttpResponseBase]]:
    from anymail import urls as anymail_urls

    named = {one.name or "": one.callback for one in anymail_urls.urlpatterns}
    ending = "_tracking_webhook"
    return {name.removesuffix(ending): named[name] for name in named if name.endswith(ending)}


def receive(sender: object, event: Any, esp_name: str, **signal: Any) -> None:
    """Store an event, once; receiver of Anymail's `tracking`. Raises if it cannot be stored."""
    if event.event_type not in TOLD:
        return
    raw = json.dumps(event.esp_event, default=str, ensure_ascii=False, sort_keys=True)
    recipient, cause = str(event.recipient or ""), cause_of_event(event)
    # What identifies it: the provider's own name for it, and its recipient, since one event may
    # speak of several; without a name, all that was sent.
    identity = [event.event_type, recipient, event.event_id or raw]
    words = event.mta_response or event.description or event.reject_reason or ""
    MailEvent.objects.receive(
        f"provider {esp_name}",
        sha256(json.dumps(identity).encode()).hexdigest(),
        kind=kind_of(event, cause),
        cause=cause if event.event_type == "bounced" else "",
        happened_at=event.timestamp,
        address=recipient,
        delivery=delivery_of(recipient, f"{event.message_id or ''} {raw}"),
        raw=raw,
        outcome=" ".join(str(words).split()),
    )


def kind_of(event: Any, cause: Cause) -> MailEvent.Kind:
    """Return the kind of an event. `rejected` is what the provider would not even try, because of
    what came before."""
    if event.event_type == "rejected":
        return BY_REASON.get(event.reject_reason, MailEvent.Kind.SOFT)
    return BY_TYPE.get(event.event_type) or MailEvent.Kind.of_bounce(cause)


def cause_of_event(event: Any) -> Cause:
    """Judge by the words of the server that refused and, where they say nothing, by the provider's
    own word. Its description is left out: it names all that may be meant."""
    words = str(event.mta_response or "")
    cause = cause_of(words)
    if cause is not Cause.UNCLEAR or ENHANCED.search(words):
        return cause
    if event.reject_reason == "invalid" or not DEAD.isdisjoint(event.esp_event.items()):
        return Cause.GONE
    return Cause.SENDER if event.reject_reason == "blocked" else cause


def delivery_of(recipient: str, text: str) -> Delivery | None:
    """Return the delivery that an event speaks of: by our Message-ID anywhere in it, and its
    recipient. Providers that give mails names of their own do not send ours; then the newest mail
    to this address is meant. The secret of the webhook has proved who says so."""
    try:
        digest = digest_of(recipient)
    except NotAnAddress:
        return None
    named = deliveries_named(set(MESSAGE_ID.findall(text)))
    if named:
        same = (one for one in named if one.address.casefold() == recipient.casefold())
        return next(same, None)
    ended = Delivery.objects.filter(
        subscription__subscriber__digest=digest, finished_at__isnull=False
    )
    return ended.order_by("-finished_at").first()
