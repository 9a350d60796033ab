"""What somebody agreed to is not rewritten."""

import pytest
from django.db import DatabaseError, connection, transaction

from articles.models.corrections import AppendOnly
from newsletter.models import Consent
from newsletter.personal_data import erase
from tests.newsletter.signed import joined

pytestmark = pytest.mark.django_db


def test_a_record_never_changes_and_never_goes():
    """Not by its row, not by its rows together, and not by SQL: the trigger is still there after
    every migration."""
    subscriber = joined().subscriber
    subscriber.record("asked", wording="Words", page="/one/", network="192.0.2.0/24")
    made = Consent.objects.get()
    made.wording = "Other words"
    for attempt in (
        made.save,
        made.delete,
        Consent.objects.all().delete,
        lambda: Consent.objects.update(wording="x"),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    columns = {"wording": "x", "action": "left", "page": "x", "network": "x", "lists": "x"}
    assert len(columns) >= 5
    for column, value in columns.items():
        with (
            pytest.raises(DatabaseError, match="not rewritten"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE newsletter_consent SET {column} = %s", [value])
    assert Consent.objects.get().wording == "Words"


def test_a_record_goes_with_its_person():
    subscriber = joined().subscriber
    subscriber.record("asked")
    erase(subscriber)
    assert not Consent.objects.exists()
