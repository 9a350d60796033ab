"""Addresses that came in before there was a newsletter."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import MailLink, Subscriber
from tests.newsletter.signed import turn

OLD = [
    ("pending@example.org", "pending"),
    ("confirmed@example.org", "confirmed"),
    ("gone@example.org", "gone"),
    ("twice@xn--bcher-kva.example.org", "pending"),
    ("twice@bücher.example.org", "confirmed"),
    ("once@bücher.example.org", "pending"),
    ("once@xn--bcher-kva.example.org", "pending"),
    ("no address", "pending"),
]


def migrate(name: str):
    executor = MigrationExecutor(connection)
    executor.migrate([("newsletter", name)])
    return MigrationExecutor(connection).loader.project_state([("newsletter", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_who_had_signed_up_is_one_person_each_and_is_written_to_once(mailoutbox):
    """Back to the first table, with rows of every kind in it, and forward again."""
    newest = max(
        name
        for app, name in MigrationExecutor(connection).loader.graph.nodes
        if app == "newsletter"
    )
    joined_at = timezone.now() - timedelta(days=20)
    try:
        Old = migrate("0001_initial").get_model("newsletter", "Subscriber")
        for email, state in OLD:
            Old.objects.create(email=email, state=state)
        Old.objects.update(created_at=joined_at)
    finally:
        migrate(newest)
    people = {one.email: one for one in Subscriber.objects.all()}
    assert set(people) == {
        "pending@example.org",
        "confirmed@example.org",
        "gone@example.org",
        "twice@bücher.example.org",
        "once@bücher.example.org",
    }
    assert all(one.digest == digest_of(email) for email, one in people.items())
    on = {one.email for one in people.values() if one.subscriptions.active().exists()}
    assert on == {"confirmed@example.org", "twice@bücher.example.org"}
    assert people["confirmed@example.org"].subscriptions.get().joined_at == joined_at
    waiting = {link.email for link in MailLink.objects.waiting()}
    assert waiting == {"pending@example.org", "once@bücher.example.org"}
    turn()
    assert len(mailoutbox) == 2
