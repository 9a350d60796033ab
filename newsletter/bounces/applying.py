"""What follows from a notice, once it is stored.

A notice may be applied by several workers at once, in any order, and after a crash again: its row
is what they race for, and what a row leads to depends on the rows alone, not on which came first.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import Consent, Delivery, Notice, Subscriber, Suppression

# A mailbox that is full today may be read tomorrow: an issue that did not get through counts one
# point, however many servers told us, and half of it after each month. Four points are six weekly
# issues in a row; who gets a daily one has at least two weeks; a monthly one never adds up to it,
# and costs nobody anything. A single one that gets through in between lets the points fade.
POINTS = 4.0
HALVED_EVERY = timedelta(days=30)
LOOKED_BACK = timedelta(days=90)
LEAST_SPAN = timedelta(days=14)
AT_ONCE = 500


def apply_notices() -> int:
    """Apply what was told and not yet applied; how many."""
    keys = Notice.objects.waiting().order_by("pk").values_list("pk", flat=True)
    return sum(apply(key) for key in list(keys[:AT_ONCE]))


@transaction.atomic
def apply(key: int) -> bool:
    """Do what a notice leads to, and write down what that was; whether nobody had done it."""
    if not Notice.objects.waiting().filter(pk=key).update(applied_at=timezone.now()):
        return False
    related = ("delivery__subscription__subscriber", "delivery__subscription__list")
    notice = Notice.objects.select_related(*related).get(pk=key)
    outcome = (effect(notice) + f" {notice.outcome}".rstrip())[:200]
    Notice.objects.filter(pk=key).update(outcome=outcome)
    return True


def effect(notice: Notice) -> str:
    """What was done, in words."""
    delivery = notice.delivery
    subscription = delivery.subscription if delivery else None
    if delivery is None or subscription is None:
        return "The person is gone: nothing was done."
    person = subscription.subscriber
    if asked_again(person) > notice.happened_at:
        return "They have confirmed again since: nothing was done."
    match notice.kind:
        case Notice.Kind.HARD:
            Suppression.objects.suppress(digest_of(delivery.address), Suppression.Reason.BOUNCED)
            return "Suppressed."
        case Notice.Kind.SOFT:
            return effect_of_soft(delivery, person)
        case Notice.Kind.COMPLAINT:
            leave(delivery, notice, "Reported our mail as spam")
            Suppression.objects.suppress(digest_of(delivery.address), Suppression.Reason.COMPLAINED)
            return "Unsubscribed and suppressed."
        case Notice.Kind.LEFT:
            leave(delivery, notice, "Asked the provider for no more mail")
            return "Unsubscribed."
    return "Nothing was done."


def asked_again(person: Subscriber) -> datetime:
    """When this person last proved that the address is theirs and works."""
    latest = person.consents.filter(act=Consent.Act.CONFIRMED).order_by("-made_at").first()
    moments = [person.confirmed_at, latest.made_at if latest else None, person.created_at]
    return max(moment for moment in moments if moment)


def leave(delivery: Delivery, notice: Notice, words: str) -> None:
    """Take the person off the list of this delivery, and keep that it was they who wanted it."""
    subscription = delivery.subscription
    if subscription is not None and subscription.leave():
        subscription.subscriber.consents.create(
            act=Consent.Act.LEFT,
            lists=subscription.list.name,
            wording=words,
            page=f"{notice.source}, on {notice.happened_at:%d %B %Y}",
        )


def effect_of_soft(delivery: Delivery, person: Subscriber) -> str:
    moments = moments_of_soft(delivery, person, since=asked_again(person))
    points = most_points(moments)
    if points >= POINTS:
        Suppression.objects.suppress(digest_of(delivery.address), Suppression.Reason.BOUNCED)
        return f"Suppressed: {len(moments)} issues did not get through."
    return f"Counted: {points:.1f} of {POINTS:g} points."


def moments_of_soft(delivery: Delivery, person: Subscriber, since: datetime) -> list[datetime]:
    """When each issue first did not get through to this address, the oldest first. What waits
    counts too, so that the last of any order sees all."""
    sent = Delivery.objects.filter(address=delivery.address, subscription__subscriber=person)
    rows = (
        Notice.objects.filter(kind=Notice.Kind.SOFT, happened_at__gte=since, delivery__in=sent)
        .order_by("happened_at")
        .values_list("delivery__issue", "happened_at")
    )
    first: dict[int, datetime] = {}
    for issue, moment in rows:
        first.setdefault(issue, moment)
    return sorted(first.values())


def most_points(moments: list[datetime]) -> float:
    """The highest score that these moments, the oldest first, ever came to. Those within less
    than LEAST_SPAN are one trouble, and stay below the limit however many they are."""
    highest = 0.0
    for number, last in enumerate(moments):
        counted = [one for one in moments[: number + 1] if last - one <= LOOKED_BACK]
        points = sum(0.5 ** ((last - one) / HALVED_EVERY) for one in counted)
        if last - counted[0] < LEAST_SPAN:
            points = min(points, POINTS - 1)
        highest = max(highest, points)
    return highest
