"""What becomes of an address that came in by the form."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import sign_up_decision
from newsletter.addresses import digest_of, mailbox_of
from newsletter.limits import DAY, forbidding
from newsletter.models import (
    Consent,
    MailingList,
    SignUp,
    Subscriber,
    Suppression,
    TransactionalMail,
)
from newsletter.sign_up_decision import decide
from tests.newsletter.signed import (
    breaking,
    joined,
    links,
    mailed,
    outcomes,
    sign_up,
    turn,
)

pytestmark = pytest.mark.django_db


def received(email="vera@example.org", network="192.0.2.0/24", ago=timedelta(0), **fields):
    return SignUp.objects.create(
        **{
            "email": email,
            "digest": digest_of(email),
            "mailbox": digest_of(mailbox_of(email)),
            "domain": email.rpartition("@")[2],
            "network": network,
            "made_at": timezone.now() - ago,
            **fields,
        }
    )


def test_a_new_address_is_asked_whether_it_is_its_owners(client):
    """In text and in HTML, with what was agreed to on record, and no list joined yet."""
    sign_up(client)
    turn()
    assert outcomes() == ["mailed"]
    (message,) = mail.outbox
    assert message.to == ["vera@example.org"]
    assert set(links(message)) == {"confirm", "refuse"}
    subscriber = Subscriber.objects.get()
    assert not subscriber.is_confirmed
    assert not subscriber.subscriptions.exists()
    consent = subscriber.consents.get()
    assert (consent.action, consent.lists) == (Consent.Action.ASKED, "Weekly round-up")
    assert "[Subscribe]" in consent.wording
    assert consent.network == "127.0.0.0/24"


def test_a_known_subscriber_is_told_so_once_a_day_by_a_link_of_their_own(client, time_machine):
    """Nobody but the mailbox's owner learns it."""
    key = joined().key
    sign_up(client)
    turn()
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    sign_up(client, "VERA@example.org")
    turn()
    assert outcomes() == ["known", "known"]
    (message,) = mail.outbox
    assert message.subject == "You are on the list of The Magazine already"
    assert links(message) == {"preferences": f"/newsletter/preferences/{key}/"}
    time_machine.move_to(timezone.now() + DAY)
    sign_up(client)
    turn()
    assert len(mail.outbox) == 2
    assert not Consent.objects.exists()


@pytest.mark.parametrize("typed", ["VERA@Example.org", "vera@EXAMPLE.ORG"])
def test_whoever_signs_up_twice_by_case_is_one_person(client, typed):
    sign_up(client)
    sign_up(client, typed)
    turn()
    assert Subscriber.objects.count() == 1
    assert len(mail.outbox) == 1


def test_whoever_signs_up_twice_by_the_spelling_of_the_host_is_one_person(client):
    joined("vera@bücher.example.org")
    sign_up(client, "vera@xn--bcher-kva.example.org")
    turn()
    assert outcomes() == ["known"]
    assert Subscriber.objects.count() == 1
    assert mail.outbox[0].to == ["vera@xn--bcher-kva.example.org"]


def test_whoever_left_and_signs_up_again_confirms_again_and_keeps_the_key(client):
    subscription = joined()
    subscription.leave()
    sign_up(client)
    turn()
    assert outcomes() == ["mailed"]
    client.post(mailed("confirm"), {"act": "confirm"})
    again = Subscriber.objects.get().subscriptions.get()
    assert again.key == subscription.key
    assert again.left_at is None
    assert again.joined_at > subscription.joined_at


def test_whoever_is_on_another_list_alone_is_asked(client):
    """The form on every page speaks of the first one."""
    joined("vera@example.org", breaking())
    sign_up(client)
    turn()
    assert outcomes() == ["mailed"]


@pytest.mark.parametrize("reason", ["bounced", "complained", "erased"])
def test_a_suppressed_address_may_ask_again_and_confirming_lifts_it(client, reason):
    digest = digest_of("vera@example.org")
    Suppression.objects.suppress(digest, Suppression.Reason(reason))
    sign_up(client)
    turn()
    assert outcomes() == ["mailed"]
    assert Suppression.objects.exists()
    client.post(mailed("confirm"), {"act": "confirm"})
    assert not Suppression.objects.exists()
    (subscription,) = Subscriber.objects.get().subscriptions.active()
    assert subscription.list == MailingList.objects.first()


def test_a_suppressed_subscriber_who_asks_again_is_not_taken_for_known(client):
    """They get nothing, and would wait for ever."""
    subscription = joined()
    Suppression.objects.suppress(subscription.subscriber.digest, Suppression.Reason.BOUNCED)
    sign_up(client)
    turn()
    assert outcomes() == ["mailed"]


def test_who_refused_for_good_gets_nothing_whoever_asks(client):
    Suppression.objects.suppress(digest_of("vera@example.org"), Suppression.Reason.REFUSED)
    for typed in ("vera@example.org", "VERA@example.org"):
        sign_up(client, typed)
    turn()
    assert outcomes() == ["suppressed", "suppressed"]
    assert not mail.outbox
    assert not Subscriber.objects.exists()


# Limits. Each test fills up to the limit, sees one more refused, and sees it end by itself.


def decided(sign_up):
    turn()
    sign_up.refresh_from_db()
    return sign_up.outcome


LIMITS = {
    "address, ten minutes": (
        lambda n: ("vera@example.org", "192.0.2.0/24"),
        1,
        timedelta(minutes=10),
    ),
    "network, hour": (lambda n: (f"a@h{n}.example", "192.0.2.0/24"), 10, timedelta(hours=1)),
    "domain, hour": (
        lambda n: (f"a{n}@example.org", f"10.0.{n % 14}.0/24"),
        20,
        timedelta(hours=1),
    ),
    "provider, hour": (lambda n: (f"a{n}@gmail.com", f"10.0.{n}.0/24"), 200, timedelta(hours=1)),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_refuses_what_is_above_it_and_ends_by_itself(name, time_machine):
    who, most, within = LIMITS[name]
    for number in range(most):
        email, network = who(number)
        received(email, network, ago=within / 2, outcome=SignUp.Outcome.MAILED)
    email, network = who(most)
    assert decided(received(email, network)) == SignUp.Outcome.LIMITED
    assert decided(received("other@elsewhere.example", "203.0.113.0/24")) == SignUp.Outcome.MAILED
    time_machine.move_to(timezone.now() + within)
    assert decided(received(email, network)) == SignUp.Outcome.MAILED


def test_one_below_the_limit_is_let_through():
    for number in range(9):
        received(f"a@h{number}.example", outcome=SignUp.Outcome.MAILED)
    assert decided(received("a@last.example")) == SignUp.Outcome.MAILED
    assert decided(received("a@above.example")) == SignUp.Outcome.LIMITED


def test_an_address_gets_three_mails_a_day(time_machine):
    for hour in range(3):
        assert decided(received()) == SignUp.Outcome.MAILED, hour
        time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert decided(received()) == SignUp.Outcome.LIMITED
    time_machine.move_to(timezone.now() + DAY)
    assert decided(received()) == SignUp.Outcome.MAILED


def test_what_a_limit_refused_is_not_counted_by_it():
    """Else a stranger who presses for ever would keep the address out for ever."""
    received(ago=timedelta(minutes=11), outcome=SignUp.Outcome.MAILED)
    for minutes in range(1, 10):
        received(ago=timedelta(minutes=minutes), outcome=SignUp.Outcome.LIMITED)
    assert decided(received()) == SignUp.Outcome.MAILED


BREAKERS = {
    "one address from many networks": (
        lambda n: ("vera@example.org", f"10.0.{n}.0/24"),
        3,
        DAY,
    ),
    "one small host from many networks": (
        lambda n: (f"a{n}@victim.example", f"10.0.{n}.0/24"),
        15,
        timedelta(hours=1),
    ),
    "the whole site": (
        lambda n: (f"a@h{n}.example", f"10.{n // 250}.{n % 250}.0/24"),
        300,
        timedelta(minutes=10),
    ),
}


@pytest.mark.parametrize("name", BREAKERS)
def test_a_breaker_stops_a_bombing_while_it_goes_on_and_closes_by_itself(name, time_machine):
    """It counts who asks, mailed or not: as long as the attack goes on it stays open."""
    who, most, within = BREAKERS[name]
    for number in range(most):
        email, network = who(number)
        received(email, network, ago=within / 2, outcome=SignUp.Outcome.LIMITED)
    email, network = who(most)
    assert decided(received(email, network)) == SignUp.Outcome.LIMITED
    assert not mail.outbox
    time_machine.move_to(timezone.now() + within)
    assert decided(received(email, network)) == SignUp.Outcome.MAILED


def test_the_breaker_of_hosts_does_not_watch_the_large_providers():
    for number in range(40):
        received(f"a{number}@gmail.com", f"10.0.{number}.0/24", outcome=SignUp.Outcome.LIMITED)
    assert decided(received("vera@gmail.com", "10.9.9.0/24")) == SignUp.Outcome.MAILED


def test_deciding_asks_the_database_as_often_in_a_flood():
    """And each count stops at its limit."""
    queries = []
    for email, others in (("vera@example.org", 0), ("mia@example.com", 200)):
        for number in range(others):
            received(f"a@h{number}.example", f"10.0.{number}.0/24", outcome=SignUp.Outcome.LIMITED)
        row = received(email)
        with CaptureQueriesContext(connection) as captured:
            assert decided(row) == SignUp.Outcome.MAILED
        queries.append(captured.captured_queries)
    assert len(queries[0]) == len(queries[1])
    counts = [query["sql"] for query in queries[1] if "COUNT(" in query["sql"]]
    assert len(counts) == 11
    assert all("LIMIT" in sql for sql in counts)


def test_a_sign_up_of_a_restored_backup_is_not_answered():
    row = received(ago=DAY + timedelta(minutes=1))
    assert decided(row) == SignUp.Outcome.WAITING
    assert not TransactionalMail.objects.exists()


def test_limits_hold_in_whatever_order_two_workers_decide():
    earlier, later = received(), received()
    decide(later.pk)
    decide(earlier.pk)
    assert outcomes() == ["limited", "mailed"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_decide_at_once(monkeypatch):
    """Else both would find room under one limit. The first waits in vain for the second to come."""
    rows = [received(), received()]
    inside: list[int] = []
    most: list[int] = []
    company = threading.Event()
    failures: list[BaseException] = []

    def watched(sign_up: SignUp) -> str:
        inside.append(sign_up.pk)
        most.append(len(inside))
        if len(inside) > 1:
            company.set()
        company.wait(timeout=2)
        inside.remove(sign_up.pk)
        return forbidding(sign_up)

    def work(row: SignUp) -> None:
        try:
            decide(row.pk)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    monkeypatch.setattr(sign_up_decision, "forbidding", watched)
    threads = [threading.Thread(target=work, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    assert most == [1, 1]
    assert sorted(outcomes()) == ["limited", "mailed"]
