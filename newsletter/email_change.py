"""A subscriber's change to another address."""

from django.db import transaction

from .addresses import key_of
from .models import Subscriber, TransactionalMail


@transaction.atomic
def accept(mail: TransactionalMail, **where: str) -> None:
    """Change the subscriber's address to the one that this mail went to, once."""
    if mail.use():
        change_email(mail.subscriber, mail.email, **where)


@transaction.atomic
def change_email(subscriber: Subscriber, email: str, **where: str) -> Subscriber:
    """Send mail to this address, which was verified to be the subscriber's, and no more to the old
    one; return the person who has it now.

    If the address is another subscriber's already, that one takes over the lists, and the keys in
    old mail still lead to this one.
    """
    lists = [one.list for one in subscriber.subscriptions.wanted().select_related("list")]
    found = Subscriber.objects.of_address(email)
    if found and found != subscriber and not found.is_confirmed:
        found.delete()  # Asked for and never confirmed: it is confirmed by this.
        found = None
    old = subscriber.email
    subscriber.record("moved", lists, **where)
    if found and found != subscriber:
        subscriber.set_lists([])
        found.join(*lists)
        found.record("moved", lists, **where)
        found.verify()
        TransactionalMail.objects.ask(subscriber, TransactionalMail.Purpose.MOVED, old)
        return found
    subscriber.email = email
    subscriber.save(update_fields=["email", "digest"])
    subscriber.verify()
    if key_of(old) != key_of(email):
        TransactionalMail.objects.ask(subscriber, TransactionalMail.Purpose.MOVED, old)
    return subscriber
