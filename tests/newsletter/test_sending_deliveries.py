"""Rows change hands, and who no longer wants a mail gets none."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber, Suppression
from newsletter.personal_data import erase
from newsletter.sending import deliveries
from tests.newsletter import mailing

pytestmark = pytest.mark.django_db

State = Delivery.State
MINE, THEIRS = uuid4(), uuid4()


@pytest.fixture
def issue() -> Issue:
    mailing.people(4)
    return mailing.prepared()


def by_address(number: int) -> Delivery:
    return Delivery.objects.get(address=f"person-{number}@example.org")


def test_what_one_has_claimed_another_does_not_get(issue):
    mine = deliveries.claim(MINE, issue.pk, 3)
    others = deliveries.claim(THEIRS, issue.pk, 3)
    assert (len(mine), len(others)) == (3, 1)
    assert deliveries.claim(MINE, issue.pk, 3) == []
    assert not {one.pk for one in mine} & {one.pk for one in others}
    assert Delivery.objects.get(pk=others[0].pk).lease == THEIRS


@pytest.mark.parametrize("state", [State.PENDING, State.DEFERRED])
def test_a_claim_sorts_nothing_whatever_the_statistics(issue, state):
    """Of 60,000 who wait, none but the first few are looked at."""
    if state == State.DEFERRED:
        Delivery.objects.update(state=state, due_at=timezone.now() - timedelta(minutes=1))
    with CaptureQueriesContext(connection) as queries:
        assert len(deliveries.claim(MINE, issue.pk, 3)) == 3
    (select,) = [
        one["sql"]
        for one in queries
        if one["sql"].startswith("SELECT") and f"= '{state}'" in one["sql"]
    ]
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + select)
        plan = str(cursor.fetchall())
    assert {State.PENDING: "delivery_by_state", State.DEFERRED: "delivery_to_try_again"}[
        state
    ] in plan
    assert "Sort" not in plan
    assert "B-TREE" not in plan


def test_a_mail_goes_from_claimed_to_sending_to_sent(issue):
    claims = deliveries.claim(MINE, issue.pk, 4)
    assert deliveries.advance(MINE, [], claims[:2], slots=4) == claims[:2]
    assert mailing.states(issue) == {"sending": 2, "claimed": 2}
    assert deliveries.advance(MINE, claims[:2], claims[2:], slots=4) == claims[2:]
    assert mailing.states(issue) == {"sent": 2, "sending": 2}
    row = by_address(1)
    assert (row.code, row.attempts, row.lease, row.lease_until) == (250, 1, None, None)
    assert row.finished_at is not None


def test_with_another_lease_nothing_is_moved(issue):
    claims = deliveries.claim(MINE, issue.pk, 4)
    assert deliveries.advance(THEIRS, [], claims, slots=4) == []
    assert mailing.states(issue) == {"claimed": 4}
    deliveries.advance(MINE, [], claims, slots=4)
    deliveries.advance(THEIRS, claims, [], slots=4)
    deliveries.release(THEIRS)
    assert mailing.states(issue) == {"sending": 4}


def test_what_a_thread_has_is_neither_released_nor_claimed_again(issue):
    claims = deliveries.claim(MINE, issue.pk, 4)
    deliveries.advance(MINE, [], claims[:2], slots=4)
    deliveries.release(MINE, besides=[claims[0].pk])
    assert mailing.states(issue) == {"sending": 1, "pending": 3}
    Delivery.objects.update(state=State.PENDING, lease=None, lease_until=None)
    found = deliveries.claim(MINE, issue.pk, 4, besides=[claims[0].pk])
    assert [one.pk for one in found] == [one.pk for one in claims[1:]]


@pytest.mark.parametrize("change", ["left", "suppressed", "moved", "erased", "unconfirmed"])
def test_who_no_longer_wants_it_is_skipped(issue, change):
    """Asked in the statement that would put the mail on its way."""
    claims = deliveries.claim(MINE, issue.pk, 4)
    person = Subscriber.objects.get(email="person-2@example.org")
    row = by_address(2)
    if change == "left":
        person.subscriptions.get().leave()
    elif change == "suppressed":
        Suppression.objects.suppress(person.digest, Suppression.Reason.COMPLAINED)
    elif change == "moved":
        person.email = "another@example.org"
        person.save()
    elif change == "erased":
        erase(person)
    else:
        Subscriber.objects.filter(pk=person.pk).update(confirmed_at=None)
    begun = deliveries.advance(MINE, [], claims, slots=4)
    assert len(begun) == 3
    assert row.pk not in {one.pk for one in begun}
    row.refresh_from_db()
    assert (row.state, row.error, row.lease) == (State.SKIPPED, deliveries.NOT_WANTED, None)
    assert row.finished_at is not None


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_of_an_issue_that_was_stopped_nothing_is_begun(issue, verb):
    claims = deliveries.claim(MINE, issue.pk, 4)
    deliveries.advance(MINE, [], claims[:1], slots=4)
    issue.pause("Stop!") if verb == "pause" else issue.cancel()
    # What is in flight is recorded, and the rest waits.
    assert deliveries.advance(MINE, claims[:1], claims[1:], slots=4) == []
    assert mailing.states(issue) == {"sent": 1, "pending": 3}
    deliveries.skip_cancelled()
    left = {"sent": 1, "pending": 3} if verb == "pause" else {"sent": 1, "skipped": 3}
    assert mailing.states(issue) == left


def test_a_lease_that_ran_out_gives_back_what_was_claimed_and_doubts_what_was_sent(issue):
    claims = deliveries.claim(MINE, issue.pk, 2)
    deliveries.claim(THEIRS, issue.pk, 4)
    deliveries.advance(MINE, [], claims[:1], slots=4)
    assert deliveries.expire() == 0
    assert mailing.states(issue) == {"sending": 1, "claimed": 3}
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliveries.renew(THEIRS)
    assert deliveries.expire() == 1
    assert mailing.states(issue) == {"unknown": 1, "pending": 1, "claimed": 2}
    # Its worker comes back, too late.
    deliveries.advance(MINE, claims[:1], [], slots=4)
    assert by_address(1).state == State.UNKNOWN


def test_who_is_alone_need_not_wait_for_leases(issue):
    claims = deliveries.claim(MINE, issue.pk, 4)
    deliveries.advance(MINE, [], claims[:3], slots=4)
    assert deliveries.expire(all_of_them=True) == 3
    assert mailing.states(issue) == {"unknown": 3, "pending": 1}


def test_what_was_deferred_waits_again_as_such(issue):
    soon = timezone.now() - timedelta(minutes=1)
    Delivery.objects.update(state=State.DEFERRED, due_at=soon, attempts=2)
    claims = deliveries.claim(MINE, issue.pk, 4)
    assert len(claims) == 4
    deliveries.release(MINE)
    assert mailing.states(issue) == {"deferred": 4}
    assert by_address(1).due_at == soon


def test_the_hot_statement_is_one(issue, django_assert_max_num_queries):
    claims = deliveries.claim(MINE, issue.pk, 4)
    deliveries.advance(MINE, [], claims[:2], slots=4)
    with django_assert_max_num_queries(1):
        deliveries.advance(MINE, claims[:2], claims[2:], slots=4)


def test_a_doubt_is_ended_by_hand_one_row_at_a_time(issue):
    claims = deliveries.claim(MINE, issue.pk, 4)
    deliveries.advance(MINE, [], claims[:2], slots=4)
    deliveries.advance(MINE, [], claims[2:], slots=4)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliveries.expire()
    issue.move(Issue.State.SENDING, to=Issue.State.SENT)
    again, left = by_address(1), by_address(2)
    assert again.send_again() is True
    assert again.send_again() is False
    assert (again.state, again.attempts, again.finished_at) == (State.PENDING, 1, None)
    assert left.leave_it() is True
    assert left.leave_it() is False
    assert left.send_again() is False
    assert left.state == State.SKIPPED
    # A worker takes it up again.
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert [one.pk for one in deliveries.claim(MINE, issue.pk, 4)] == [again.pk]
