"""Rows change hands, and who no longer wants a mail gets none."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber, Suppression
from newsletter.sending import claiming
from tests.newsletter import mailing

pytestmark = pytest.mark.django_db

State = Delivery.State


@pytest.fixture
def issue() -> Issue:
    mailing.people(4)
    return mailing.prepared()


def by_address(number: int) -> Delivery:
    return Delivery.objects.get(address=f"person-{number}@example.org")


def test_what_one_has_claimed_another_does_not_get(issue):
    mine = claiming.claim(issue.pk, 3)
    others = claiming.claim(issue.pk, 3)
    assert (len(mine), len(others)) == (3, 1)
    assert claiming.claim(issue.pk, 3) == []
    assert not {one.delivery for one in mine} & {one.delivery for one in others}
    assert len({mine[0].lease, others[0].lease}) == 2


def test_a_mail_goes_from_claimed_to_sending_to_sent(issue):
    claims = claiming.claim(issue.pk, 4)
    assert claiming.swap([], claims[:2], slots=4) == claims[:2]
    assert mailing.states(issue) == {"sending": 2, "claimed": 2}
    assert claiming.swap(claims[:2], claims[2:], slots=4) == claims[2:]
    assert mailing.states(issue) == {"sent": 2, "sending": 2}
    row = by_address(1)
    assert (row.code, row.attempts, row.lease, row.lease_until) == (250, 1, None, None)
    assert row.finished_at is not None


def test_with_another_lease_nothing_is_moved(issue):
    claims = claiming.claim(issue.pk, 4)
    stolen = [replace(one, lease=uuid.uuid4()) for one in claims]
    assert claiming.swap([], stolen, slots=4) == []
    assert mailing.states(issue) == {"claimed": 4}
    claiming.swap([], claims, slots=4)
    claiming.swap(stolen, [], slots=4)
    assert mailing.states(issue) == {"sending": 4}


@pytest.mark.parametrize("change", ["left", "suppressed", "moved", "erased", "unconfirmed"])
def test_who_no_longer_wants_it_is_skipped(issue, change):
    """Asked in the statement that would put the mail on its way."""
    claims = claiming.claim(issue.pk, 4)
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
        person.erase()
    else:
        Subscriber.objects.filter(pk=person.pk).update(confirmed_at=None)
    begun = claiming.swap([], claims, slots=4)
    assert len(begun) == 3
    assert row.pk not in {one.delivery for one in begun}
    row.refresh_from_db()
    assert (row.state, row.error, row.lease) == (State.SKIPPED, claiming.NOT_WANTED, None)
    assert row.finished_at is not None


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_of_an_issue_that_was_stopped_nothing_is_begun(issue, verb):
    claims = claiming.claim(issue.pk, 4)
    claiming.swap([], claims[:1], slots=4)
    issue.pause("Stop!") if verb == "pause" else issue.cancel()
    # What is in flight is recorded, and the rest waits.
    assert claiming.swap(claims[:1], claims[1:], slots=4) == []
    assert mailing.states(issue) == {"sent": 1, "pending": 3}
    claiming.call_off()
    left = {"sent": 1, "pending": 3} if verb == "pause" else {"sent": 1, "skipped": 3}
    assert mailing.states(issue) == left


def test_a_lease_that_ran_out_gives_back_what_was_claimed_and_doubts_what_was_sent(issue):
    claims = claiming.claim(issue.pk, 4)
    claiming.swap([], claims[:1], slots=4)
    assert claiming.expire() == 0
    assert mailing.states(issue) == {"sending": 1, "claimed": 3}
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claiming.renew(claims[2:])
    assert claiming.expire() == 1
    assert mailing.states(issue) == {"unknown": 1, "pending": 1, "claimed": 2}
    # Its worker comes back, too late.
    claiming.swap(claims[:1], [], slots=4)
    assert by_address(1).state == State.UNKNOWN


def test_who_is_alone_need_not_wait_for_leases(issue):
    claims = claiming.claim(issue.pk, 4)
    claiming.swap([], claims[:3], slots=4)
    assert claiming.expire(all_of_them=True) == 3
    assert mailing.states(issue) == {"unknown": 3, "pending": 1}


def test_what_was_deferred_waits_again_as_such(issue):
    soon = timezone.now() - timedelta(minutes=1)
    Delivery.objects.update(state=State.DEFERRED, due_at=soon, attempts=2)
    claims = claiming.claim(issue.pk, 4)
    assert len(claims) == 4
    claiming.release(claims)
    assert mailing.states(issue) == {"deferred": 4}
    assert by_address(1).due_at == soon


def test_the_hot_statement_is_one(issue, django_assert_max_num_queries):
    claims = claiming.claim(issue.pk, 4)
    claiming.swap([], claims[:2], slots=4)
    with django_assert_max_num_queries(1):
        claiming.swap(claims[:2], claims[2:], slots=4)


def test_a_doubt_is_ended_by_hand_one_row_at_a_time(issue):
    claims = claiming.claim(issue.pk, 4)
    claiming.swap([], claims[:2], slots=4)
    claiming.swap([], claims[2:], slots=4)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claiming.expire()
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
    assert [one.delivery for one in claiming.claim(issue.pk, 4)] == [again.pk]
