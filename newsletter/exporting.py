"""All subscribers as a table, a few at a time.

Whole, it is what another installation needs so that nobody is mailed there who would not be here:
also the digests of those whose address is not kept any more, and the secret that they were made
with.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from newsletter.models import Consent, Letterhead, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import SubscriberQuerySet

AT_ONCE = 1_000
HEADER = ["email", "state", "lists", "left lists", "joined", "confirmed", "consent"]
OF_THE_FORGOTTEN = ["digest", "digest secret"]


def whole_table() -> Iterator[list[str]]:
    """Yield the table of everybody. The forgotten stand first, so that who imports it has their
    secret before any address."""
    yield HEADER + OF_THE_FORGOTTEN
    secret = Letterhead.objects.current().secret
    known = Subscriber.objects.filter(digest=OuterRef("digest"))
    for row in Suppression.objects.exclude(Exists(known)).order_by("pk").iterator(AT_ONCE):
        yield ["", f"suppressed: {row}", *[""] * (len(HEADER) - 2), row.digest, secret]
    yield from islice(table(Subscriber.objects.all()), 1, None)


def table(people: SubscriberQuerySet) -> Iterator[list[str]]:
    yield list(HEADER)
    people = (
        people.with_status()
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
    state = str(person.status)
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
    parts = [consent.get_action_display(), moment(consent.made_at), consent.lists, consent.wording]
    return ", ".join(part for part in parts if part)


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""
