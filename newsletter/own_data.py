"""What is kept of a person, for that person to read (GDPR, articles 15 and 20)."""

from typing import Any

from django.db.models import F, Q

from .models import Delivery, Notice, SignUp, Subscriber, Suppression


def own_data(subscriber: Subscriber) -> dict[str, Any]:
    """Everything that names this person or hangs on them, but for what opens doors: keys, tokens
    and their digests. Moments are UTC."""
    deliveries = Delivery.objects.filter(subscription__subscriber=subscriber)
    notices = Notice.objects.filter(Q(address=subscriber.email) | Q(delivery__in=deliveries))
    sign_ups = SignUp.objects.filter(Q(digest=subscriber.digest) | Q(mover=subscriber))
    return {
        "e-mail address": subscriber.email,
        "asked": subscriber.asked_at,
        "confirmed": subscriber.confirmed_at,
        "subscriptions": list(
            subscriber.subscriptions.values("joined_at", "left_at", name=F("list__name"))
        ),
        "consents": list(
            subscriber.consents.values("made_at", "act", "lists", "wording", "page", "network")
        ),
        "mails asking for something": list(
            subscriber.mail_links.values("purpose", "email", "asked_at", "sent_at", "used_at")
        ),
        "issues sent": list(
            deliveries.order_by("pk").values(
                *("address", "state", "attempts", "first_tried_at", "finished_at", "error"),
                subject=F("issue__subject"),
            )
        ),
        "reports of mail servers": list(
            notices.values("kind", "address", "happened_at", "outcome", "raw")
        ),
        "forms sent within a day": list(
            sign_ups.values("email", "made_at", "page", "wording", "network", "outcome")
        ),
        "no mail because": list(
            Suppression.objects.filter(digest=subscriber.digest).values("reason", "made_at")
        ),
    }
