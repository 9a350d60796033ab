"""All subscribers as a table, a few at a time."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from newsletter.models import Consent, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import SubscriberQuerySet

AT_ONCE = 1_000
HEADER = ["email", "state", "lists", "left lists", "joined", "confirmed", "consent"]


def table(people: SubscriberQuerySet) -> Iterator[list[str]]:
    """The header, and a row for each of these people, in the order in which they came."""
    yield list(HEADER)
    people = (
        people.with_standing()
        .prefetch_related(
            Prefetch("subscriptions", Subscription.objects.select_related("list")),
            Prefetch("consents", Consent.objects.order_by("made_at", "pk")),
        )
        .order_by("pk")
    )
    last = 0
    while True:
        some = list(people.filter(pk__gt=last)[:AT_ONCE])
        yield from (row_of(person) for person in some)
        if len(some) < AT_ONCE:
            return
        last = some[-1].pk


def row_of(person: Subscriber) -> list[str]:
    subscriptions = list(person.subscriptions.all())
    consents = list(person.consents.all())
    state = str(person.standing)
    if person.reason:
        state = f"suppressed: {Suppression.Reason(person.reason).label}"
    return [
        person.email,
        state,
        ", ".join(one.list.name for one in subscriptions if one.left_at is None),
        ", ".join(one.list.name for one in subscriptions if one.left_at),
        moment(min((one.joined_at for one in subscriptions), default=person.created_at)),
        moment(person.confirmed_at),
        "; ".join(in_words(one) for one in consents),
    ]


def in_words(consent: Consent) -> str:
    parts = [consent.get_act_display(), moment(consent.made_at), consent.lists, consent.wording]
    return ", ".join(part for part in parts if part)


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""
