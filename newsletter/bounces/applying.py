"""What follows from a event, once it is stored.

A event may be applied by several workers at once, in any order, and after a crash again: its row
is what they race for, and what a row leads to depends on the rows alone, not on which came first.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import Consent, Delivery, MailEvent, Subscriber, Suppression
from newsletter.refusals import BLAMELESS

# A mailbox that is full today may be read tomorrow: an issue that did not get through counts one
# point, however many servers told us, and half of it after each month. Four points are six weekly
# issues in a row; who gets a daily one has at least two weeks; a monthly one never adds up to it,
# and costs nobody anything. A single one that gets through in between lets the points fade.
POINTS = 4.0
HALVED_EVERY = timedelta(days=30)
LOOKED_BACK = timedelta(days=90)
LEAST_SPAN = timedelta(days=14)
AT_ONCE = 500


def apply_mail_events() -> int:
    keys = MailEvent.objects.waiting().order_by("pk").values_list("pk", flat=True)
    return sum(apply(key) for key in list(keys[:AT_ONCE]))


@transaction.atomic
def apply(key: int) -> bool:
    """Apply one event and record its outcome; return whether nobody had done so."""
    if not MailEvent.objects.waiting().filter(pk=key).update(applied_at=timezone.now()):
        return False
    related = ("delivery__subscription__subscriber", "delivery__subscription__list")
    event = MailEvent.objects.select_related(*related).get(pk=key)
    outcome = (effect(event) + f" {event.outcome}".rstrip())[:200]
    MailEvent.objects.filter(pk=key).update(outcome=outcome)
    return True


def effect(event: MailEvent) -> str:
    delivery = event.delivery
    subscription = delivery.subscription if delivery else None
    if delivery is None or subscription is None:
        return "The person is gone: nothing was done."
    person = subscription.subscriber
    if asked_again(person) > event.happened_at:
        return "They have confirmed again since: nothing was done."
    match event.kind:
        case MailEvent.Kind.HARD:
            Suppression.objects.suppress(digest_of(delivery.address), Suppression.Reason.BOUNCED)
            return "Suppressed."
        case MailEvent.Kind.SOFT:
            if event.cause in BLAMELESS:
                return f"Held against nobody: {event.get_cause_display()}."
            return effect_of_soft(delivery, person)
        case MailEvent.Kind.COMPLAINT:
            leave(delivery, event, "Reported our mail as spam")
            Suppression.objects.suppress(digest_of(delivery.address), Suppression.Reason.COMPLAINED)
            return "Unsubscribed and suppressed."
        case MailEvent.Kind.LEFT:
            is_by_mail = event.source == "mailbox"
            leave(
                delivery, event, f"Asked {'us' if is_by_mail else 'the provider'} for no more mail"
            )
            return "Unsubscribed."
    return "Nothing was done."


def asked_again(person: Subscriber) -> datetime:
    """Return when this person last proved that the address is theirs and works."""
    latest = person.consents.filter(action=Consent.Action.CONFIRMED).order_by("-made_at").first()
    moments = [person.confirmed_at, latest.made_at if latest else None, person.created_at]
    return max(moment for moment in moments if moment)


def leave(delivery: Delivery, event: MailEvent, words: str) -> None:
    subscription = delivery.subscription
    if subscription is not None and subscription.leave():
        subscription.subscriber.consents.create(
            action=Consent.Action.LEFT,
            lists=subscription.list.name,
            wording=words,
            page=f"{event.source}, on {event.happened_at:%d %B %Y}",
        )


def effect_of_soft(delivery: Delivery, person: Subscriber) -> str:
    moments = moments_of_soft(delivery, person, since=asked_again(person))
    points = most_points(moments)
    if points >= POINTS:
        Suppression.objects.suppress(digest_of(delivery.address), Suppression.Reason.BOUNCED)
        return f"Suppressed: {len(moments)} issues did not get through."
    return f"Counted: {points:.1f} of {POINTS:g} points."


def moments_of_soft(delivery: Delivery, person: Subscriber, since: datetime) -> list[datetime]:
    """Return when each issue first bounced at this address because of its mailbox, the oldest
    first. Events that wait count too, so that the last of any order sees all."""
    sent = Delivery.objects.filter(address=delivery.address, subscription__subscriber=person)
    events = MailEvent.objects.filter(
        kind=MailEvent.Kind.SOFT, happened_at__gte=since, delivery__in=sent
    ).exclude(cause__in=BLAMELESS)
    issues = events.order_by().values("delivery__issue").annotate(first=Min("happened_at"))
    return sorted(issues.values_list("first", flat=True))


def most_points(moments: list[datetime]) -> float:
    """Return the highest score that these moments, the oldest first, ever came to. Moments within
    less than LEAST_SPAN are one trouble, and stay below the limit however many they are."""
    highest = 0.0
    for number, last in enumerate(moments):
        counted = [one for one in moments[: number + 1] if last - one <= LOOKED_BACK]
        points = sum(0.5 ** ((last - one) / HALVED_EVERY) for one in counted)
        if last - counted[0] < LEAST_SPAN:
            points = min(points, POINTS - 1)
        highest = max(highest, points)
    return highest


@transaction.atomic
def unsuppress(subscriber: Subscriber) -> None:
    """Let mail go to a suppressed address again: a person's decision. The events that had led to
    the suppression count no more."""
    MailEvent.objects.of_person(subscriber).forgive()
    Suppression.objects.filter(digest=subscriber.digest).delete()
