"""What becomes of an address that came in by a form.

| the address | what is mailed to it |
|---|---|
| said “never write to me again” | nothing, ever |
| is above a limit, or a breaker is open | nothing |
| is on the list already | that it is, at most once a day |
| anything else, also bounced, complained or erased | the confirmation |

Who is on the list already is told so, because the page after the form sent them to their mailbox;
nobody but the mailbox's owner reads it, and the stranger who typed the address learns nothing.
"""

from django.db import transaction

from .limits import DAY, forbidding
from .models import Letterhead, MailingList, SignUp, Subscriber, Suppression, TransactionalMail


@transaction.atomic
def decide(pk: int) -> bool:
    """Decide the sign-up with this key; return whether it still waited. All processes decide one at
    a time, so that two at once do not slip under one limit."""
    Letterhead.objects.select_for_update().get_or_create(pk=1)
    sign_up = SignUp.objects.waiting().select_related("mover").filter(pk=pk).first()
    if sign_up is None:
        return False
    sign_up.outcome = outcome_of(sign_up)
    sign_up.save(update_fields=["outcome"])
    return True


def outcome_of(sign_up: SignUp) -> SignUp.Outcome:
    """Queue the mail that is due, and return the outcome of the sign-up."""
    suppression = Suppression.objects.filter(digest=sign_up.digest).first()
    if suppression and suppression.is_final:
        return SignUp.Outcome.SUPPRESSED
    if forbidding(sign_up):
        return SignUp.Outcome.LIMITED
    if sign_up.mover:
        ask(sign_up.mover, TransactionalMail.Purpose.MOVE, sign_up)
        return SignUp.Outcome.MAILED
    subscriber, _ = Subscriber.objects.get_or_create(
        digest=sign_up.digest, defaults={"email": sign_up.email}
    )
    if not suppression and is_on_the_list(subscriber):
        if not was_mailed_lately(sign_up):
            ask(subscriber, TransactionalMail.Purpose.KNOWN, sign_up)
        return SignUp.Outcome.KNOWN
    subscriber.asked_at = sign_up.made_at
    subscriber.save(update_fields=["asked_at"])
    subscriber.record(
        "asked",
        MailingList.objects.for_sign_up(),
        wording=sign_up.wording,
        page=sign_up.page,
        network=sign_up.network,
    )
    ask(subscriber, TransactionalMail.Purpose.CONFIRM, sign_up)
    return SignUp.Outcome.MAILED


def is_on_the_list(subscriber: Subscriber) -> bool:
    """Tell whether the subscriber is on each list that the form on every page means."""
    on = subscriber.subscriptions.wanted().values_list("list", flat=True)
    meant = MailingList.objects.for_sign_up().values_list("pk", flat=True)
    return subscriber.is_confirmed and set(meant) <= set(on)


def was_mailed_lately(sign_up: SignUp) -> bool:
    return SignUp.objects.filter(
        digest=sign_up.digest,
        outcome=SignUp.Outcome.KNOWN,
        made_at__gt=sign_up.made_at - DAY,
    ).exists()


def ask(subscriber: Subscriber, purpose: TransactionalMail.Purpose, sign_up: SignUp) -> None:
    TransactionalMail.objects.ask(subscriber, purpose, sign_up.email, sign_up.made_at)
