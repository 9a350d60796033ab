"""What is kept of a person: shown to that person, and erased (GDPR, articles 15, 17 and 20)."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q

from .addresses import digest_of
from .models import (
    AddressLine,
    Delivery,
    MailEvent,
    SignUp,
    Subscriber,
    Suppression,
    TransactionalMail,
)


def own_data(subscriber: Subscriber) -> dict[str, Any]:
    """Return everything that names this person or hangs on them, without what opens doors: keys,
    tokens and their digests. Moments are UTC."""
    deliveries = Delivery.objects.filter(subscription__subscriber=subscriber)
    mail_events = MailEvent.objects.filter(Q(address=subscriber.email) | Q(delivery__in=deliveries))
    sign_ups = SignUp.objects.filter(Q(digest=subscriber.digest) | Q(mover=subscriber))
    return {
        "e-mail address": subscriber.email,
        "asked": subscriber.asked_at,
        "confirmed": subscriber.confirmed_at,
        "subscriptions": list(
            subscriber.subscriptions.values("joined_at", "left_at", name=F("list__name"))
        ),
        "consents": list(
            subscriber.consents.values("made_at", "action", "lists", "wording", "page", "network")
        ),
        "mails asking for something": list(
            subscriber.transactional_mails.values(
                "purpose", "email", "asked_at", "sent_at", "used_at"
            )
        ),
        "issues sent": list(
            deliveries.order_by("pk").values(
                *("address", "state", "attempts", "first_tried_at", "finished_at", "error"),
                subject=F("issue__subject"),
            )
        ),
        "reports of mail servers": list(
            mail_events.values("kind", "address", "happened_at", "outcome", "raw")
        ),
        "forms sent within a day": list(
            sign_ups.values("email", "made_at", "page", "wording", "network", "outcome")
        ),
        "no mail because": list(
            Suppression.objects.filter(digest=subscriber.digest).values("reason", "made_at")
        ),
    }


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forget this person. A keyed hash stays, so that an import cannot bring them back; what was
    sent stays as a count, without the address."""
    MailEvent.objects.of_person(subscriber).forget_address()
    AddressLine.objects.filter(digest=subscriber.digest).delete()
    Delivery.objects.filter(subscription__subscriber=subscriber).forget_address()
    SignUp.objects.filter(digest=subscriber.digest).delete()
    Suppression.objects.suppress(subscriber.digest, Suppression.Reason.ERASED)
    subscriber.delete()


@transaction.atomic
def refuse(mail: TransactionalMail) -> None:
    """Never again write to the address that this mail went to, and forget whose it was."""
    digest = digest_of(mail.email)
    if mail.subscriber.digest == digest:
        erase(mail.subscriber)
    else:  # It was to be somebody's new address.
        TransactionalMail.objects.filter(subscriber=mail.subscriber, email=mail.email).delete()
    Suppression.objects.suppress(digest, Suppression.Reason.REFUSED)
