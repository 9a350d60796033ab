"""What follows from a event: once, in any order, and never for somebody else."""

import threading
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection, connections
from django.utils import timezone

from newsletter.bounces.applying import apply, apply_mail_events, most_points
from newsletter.models import Consent, Delivery, MailEvent, Subscriber, Subscription, Suppression
from newsletter.personal_data import erase
from tests.newsletter.bounced import delivery, mailing_list, reader

pytestmark = pytest.mark.django_db

Kind = MailEvent.Kind


def told(
    kind: Kind, sent: Delivery | None = None, *, days_ago: float = 0, event: str = "", **fields
) -> MailEvent:
    event = event or f"event {MailEvent.objects.count()}"
    moment = timezone.now() - timedelta(days=days_ago)
    MailEvent.objects.receive("test", event, kind=kind, happened_at=moment, delivery=sent, **fields)
    return MailEvent.objects.get(source="test", event=event)


def reason(address: str = "ada@example.org") -> str:
    person = Subscriber.objects.of_address(address)
    row = Suppression.objects.filter(digest=person.digest).first()
    return row.reason if row else ""


def test_a_hard_bounce_suppresses_at_once():
    told(Kind.HARD, delivery())
    assert apply_mail_events() == 1
    assert reason() == "bounced"
    assert not Subscription.objects.active().exists()
    assert MailEvent.objects.get().outcome == "Suppressed."
    assert Subscription.objects.get().left_at is None


def test_a_complaint_unsubscribes_and_suppresses_and_is_kept_as_what_they_want():
    person = reader()
    daily = mailing_list("Daily")
    person.join(daily)
    told(Kind.COMPLAINT, delivery(person))
    apply_mail_events()
    assert reason() == "complained"
    assert person.subscriptions.get(list=mailing_list()).left_at
    assert person.subscriptions.get(list=daily).left_at is None
    (kept,) = person.consents.all()
    assert (kept.action, kept.lists, kept.wording) == (
        "left",
        "Weekly",
        "Reported our mail as spam",
    )


def test_who_asks_the_provider_for_no_more_mail_leaves_and_is_not_suppressed():
    told(Kind.LEFT, delivery())
    apply_mail_events()
    assert reason() == ""
    assert Subscription.objects.get().left_at
    assert Consent.objects.get().action == "left"


def test_the_same_notice_is_stored_once_and_applied_once():
    sent = delivery()
    for _ in range(3):
        told(Kind.COMPLAINT, sent, event="one")
    assert MailEvent.objects.count() == 1
    assert apply_mail_events() == 1
    assert apply_mail_events() == 0
    assert not apply(MailEvent.objects.get().pk)
    assert Consent.objects.count() == 1


def test_what_belongs_to_no_mail_of_ours_is_kept_and_leads_to_nothing():
    reader()
    event = told(Kind.HARD, None, address="ada@example.org")
    assert (event.kind, event.outcome) == ("other", "Belongs to no mail of ours.")
    assert apply_mail_events() == 0
    assert reason() == ""


@pytest.mark.parametrize("kind", [Kind.HARD, Kind.SOFT, Kind.COMPLAINT, Kind.LEFT])
def test_who_confirmed_again_after_it_happened_is_left_alone(kind):
    person = reader()
    told(kind, delivery(person, days_ago=9), days_ago=8)
    person.consents.create(
        action=Consent.Action.CONFIRMED, made_at=timezone.now() - timedelta(days=7)
    )
    apply_mail_events()
    assert reason() == ""
    assert Subscription.objects.get().left_at is None
    assert "confirmed again" in MailEvent.objects.get().outcome
    told(Kind.HARD, delivery(person, days_ago=6), days_ago=5)
    apply_mail_events()
    assert reason() == "bounced"


def test_the_address_that_did_not_work_is_suppressed_not_the_one_they_moved_to():
    person = reader()
    told(Kind.HARD, delivery(person))
    person.email = "ada@elsewhere.example"
    person.save()
    apply_mail_events()
    assert reason("ada@elsewhere.example") == ""
    assert Suppression.objects.count() == 1


def test_who_was_erased_is_not_looked_for():
    person = reader()
    told(Kind.HARD, delivery(person), raw="ada@example.org")
    erase(person)
    event = MailEvent.objects.get()
    assert (event.address, event.raw) == ("", "")
    apply_mail_events()
    assert Suppression.objects.get().reason == "erased"
    assert "gone" in MailEvent.objects.get().outcome


def test_soft_bounces_of_six_weekly_issues_suppress():
    person = reader()
    for week in range(6):
        assert reason() == ""
        told(Kind.SOFT, delivery(person, days_ago=70 - 7 * week), days_ago=70 - 7 * week)
        apply_mail_events()
    assert reason() == "bounced"
    assert MailEvent.objects.latest("happened_at").outcome == (
        "Suppressed: 6 issues did not get through."
    )


def test_what_many_servers_say_of_one_issue_counts_once():
    sent = delivery(days_ago=50)
    for day in range(40):
        told(Kind.SOFT, sent, days_ago=50 - day)
    apply_mail_events()
    assert reason() == ""


def test_two_weeks_of_daily_issues_in_a_full_mailbox_are_one_holiday():
    person = reader()
    for day in range(14):
        told(Kind.SOFT, delivery(person, days_ago=40 - day), days_ago=40 - day)
    apply_mail_events()
    assert reason() == ""
    told(Kind.SOFT, delivery(person, days_ago=20), days_ago=20)
    apply_mail_events()
    assert reason() == "bounced"


def test_a_monthly_issue_never_adds_up():
    now = timezone.now()
    assert most_points([now - timedelta(days=30 * back) for back in range(40, 0, -1)]) < 2


def test_soft_bounces_lead_to_the_same_in_any_order():
    """As long as all are stored: the last that is applied sees the others."""
    moments = (5, 12, 19, 26, 33, 40)
    found = set()
    for number, order in enumerate(list(permutations(moments))[::80]):
        person = reader(f"{number}@example.org")
        for day in order:
            told(Kind.SOFT, delivery(person, days_ago=day), days_ago=day)
            apply_mail_events()
        found.add(reason(person.email))
    assert number == 8
    assert found == {"bounced"}


def test_reasons_come_out_the_same_in_any_order():
    for number, order in enumerate(permutations([Kind.HARD, Kind.COMPLAINT, Kind.LEFT])):
        person = reader(f"{number}@example.org")
        sent = delivery(person)
        for kind in order:
            told(kind, sent)
            apply_mail_events()
        assert reason(person.email) == "complained"
        assert person.consents.count() == 1
    assert number == 5


def test_a_moment_that_cannot_be_is_moved_to_where_it_can():
    """A clock that is wrong must neither hide a bounce nor let it outlast a confirmation."""
    sent = delivery(days_ago=2)
    early = told(Kind.HARD, sent, days_ago=20_000)
    assert early.happened_at == sent.first_tried_at
    late = told(Kind.HARD, sent, days_ago=-20_000)
    assert late.happened_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_apply_each_notice_once():
    for number in range(20):
        person = reader(f"{number}@example.org")
        told(Kind.COMPLAINT, delivery(person))
    done = []

    def work() -> None:
        try:
            done.append(apply_mail_events())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sum(done) == 20
    assert Consent.objects.count() == Suppression.objects.count() == 20


def test_many_events_are_fetched_by_their_index(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert apply_mail_events() == 0
    plan = MailEvent.objects.waiting().order_by("pk").values_list("pk")[:500].explain()
    assert connection.vendor != "sqlite" or "mail_event_to_apply" in plan


def test_text_that_no_database_takes_is_stored_without_it():
    event = told(Kind.OTHER, raw="a\0b\ud800c" * 20_000, address="x\0@y", outcome="\0" * 900)
    assert event.raw.startswith("ab?cab?c")
    assert len(event.raw) == 20_000
    assert event.address == "x@y"


@pytest.mark.parametrize("cause", ["busy", "sender", "message"])
def test_what_is_not_the_readers_fault_never_suppresses_however_often_it_comes(cause):
    person = reader()
    for week in range(12):
        told(Kind.SOFT, delivery(person, days_ago=7 * week), days_ago=7 * week, cause=cause)
    apply_mail_events()
    assert reason() == ""
    assert not MailEvent.objects.waiting().exists()
    told(Kind.SOFT, delivery(person), cause="full")
    apply_mail_events()
    assert "1.0 of 4 points" in MailEvent.objects.get(cause="full").outcome
