"""Who counts as one person, and a form that is closed to all."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from newsletter import limits
from newsletter.addresses import domain_of, mailbox_of
from newsletter.models import SignUp, Subscriber
from tests.newsletter.signed import joined, mailed, outcomes, sign_up, turn
from tests.newsroom import person

pytestmark = pytest.mark.django_db

ONE = [
    ("victim@example.org", "victim+1@example.org"),
    ("victim@example.org", "Victim+a+b@EXAMPLE.org"),
    ("victim@gmail.com", "v.i.c.t.i.m@gmail.com"),
    ("victim@gmail.com", "vic.tim+news@googlemail.com"),
    ("victim@proton.me", "vic-tim_@protonmail.com"),
    ("victim@icloud.com", "victim+1@mac.com"),
    ("vic.tim@yandex.ru", "vic-tim@ya.ru"),
    ("victim@yahoo.co.uk", "victim-offers@yahoo.co.uk"),
    ("victim@fastmail.com", "anything@victim.fastmail.com"),
    ("one@victim.fastmail.fm", "two+x@VICTIM.fastmail.fm"),
    ("victim@xn--bcher-kva.example.org", "victim+x@bücher.example.org"),
]
TWO = [
    ("vic.tim@example.org", "victim@example.org"),
    ("vic.tim@outlook.com", "victim@outlook.com"),
    ("vic-tim@gmail.com", "victim@gmail.com"),
    ("victim@yahoo.com", "victim@yahoo.co.uk"),
    ("+a@example.org", "+b@example.org"),
    ("one@victim.example.org", "two@victim.example.org"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_spellings_of_one_mailbox_are_one_person_for_the_limits(client, one, other):
    assert mailbox_of(one) == mailbox_of(other)
    sign_up(client, one)
    sign_up(client, other)
    turn()
    assert outcomes() == ["mailed", "limited"]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("one", "other"), TWO)
def test_people_whose_addresses_only_look_alike_are_two(one, other):
    assert mailbox_of(one) != mailbox_of(other)


def test_for_the_list_every_spelling_is_an_address_of_its_own(client):
    joined("vic.tim@gmail.com")
    sign_up(client, "victim+news@gmail.com")
    turn()
    assert outcomes() == ["mailed"]
    assert {one.email for one in Subscriber.objects.all()} == {
        "vic.tim@gmail.com",
        "victim+news@gmail.com",
    }
    assert mail.outbox[0].to == ["victim+news@gmail.com"]


def test_spellings_from_many_networks_open_the_breaker_of_the_mailbox(client):
    for number in range(5):
        SignUp.objects.receive(f"victim+{number}@example.org", network=f"192.0.{number}.0/24")
    turn()
    assert outcomes() == ["mailed", "limited", "limited", "limited", "limited"]
    last = SignUp.objects.latest("pk")
    SignUp.objects.update(made_at=timezone.now() - timedelta(hours=1))
    assert limits.forbidding(last) == "mailbox, breaker"


def test_a_worker_that_is_late_finds_the_same_limit_reached(client):
    """What counts is the time between two who ask, not how long ago that was."""
    for _ in range(2):
        sign_up(client, "vera@example.org")
    SignUp.objects.update(made_at=timezone.now() - timedelta(hours=2))
    turn()
    assert outcomes() == ["mailed", "limited"]


def test_one_more_for_a_host_than_its_limit_is_refused_however_it_is_spelled(client, monkeypatch):
    monkeypatch.setattr(limits, "DOMAIN", (limits.Limit(2, limits.HOUR),))
    for number in range(3):
        sign_up(client, f"a{number}@{'EXAMPLE.org' if number else 'example.org'}")
    turn()
    assert outcomes() == ["mailed", "mailed", "limited"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a1.evil.example", "a2.evil.example"),
        ("evil.example", "a.b.c.EVIL.example"),
        ("evil.de", "co.evil.de"),
        ("a.co.de", "b.co.de"),
        ("a1.evil.co.uk", "a2.evil.co.uk"),
        ("x.evil.com.br", "evil.com.br"),
        ("a.xn--bcher-kva.example", "b.bücher.example"),
        ("a.k12.ma.us", "b.k12.ma.us"),
    ],
)
def test_all_hosts_below_one_domain_are_one_for_its_limit(client, monkeypatch, one, other):
    monkeypatch.setattr(limits, "DOMAIN", (limits.Limit(1, limits.HOUR),))
    sign_up(client, f"vera@{one}")
    sign_up(client, f"anton@{other}")
    turn()
    assert outcomes() == ["mailed", "limited"]
    # Never for the list.
    joined(f"vera@{other}")
    assert Subscriber.objects.of_address(f"vera@{one}") != Subscriber.objects.of_address(
        f"vera@{other}"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("one.example", "other.example"),
        ("one.co.uk", "other.co.uk"),
        ("mail.one.ac.jp", "mail.other.ac.jp"),
        ("one.com.au", "other.com.au"),
        ("one.gov.in", "other.gov.in"),
        ("co.uk.example", "co.uk"),
    ],
)
def test_two_owners_below_one_public_suffix_are_two(one, other):
    assert domain_of(f"vera@{one}") != domain_of(f"vera@{other}")


def test_crowds_below_one_domain_open_its_breaker(monkeypatch):
    monkeypatch.setattr(limits, "DOMAIN_NETWORKS", limits.Limit(2, limits.HOUR))
    for number in range(4):
        SignUp.objects.receive(f"v@a{number}.evil.example", network=f"192.0.{number}.0/24")
    turn()
    assert outcomes() == ["mailed", "mailed", "limited", "limited"]


def status() -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("newsletter_status", stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


CLOSED = [
    ("ALL_ASKED", limits.Limit(2, timedelta(minutes=10)), "2 addresses came in within 10 minutes."),
    ("ALL", (limits.Limit(2, limits.HOUR),), "2 confirmations went out within an hour."),
    ("ROWS", 1, "50000 addresses came in within a day."),
]


@pytest.mark.parametrize(("name", "value", "words"), CLOSED)
def test_a_form_that_is_closed_says_so_wherever_somebody_looks(
    client, monkeypatch, settings, name, value, words
):
    """Readers by the page, operators by the command, editors by the newsroom's first page."""
    for number in range(2):
        assert sign_up(client, f"reader{number}@example.org").status_code == 303
    turn()
    assert status()[1] == 0
    monkeypatch.setattr(limits, name, value)
    answer = sign_up(client, "vera@example.org")
    assert answer.status_code == 503
    assert "try again in an hour" in answer.content.decode()
    assert "That address did not work" not in answer.content.decode()
    out, code = status()
    assert (code, f"! The sign-up form is closed: {words}" in out) == (1, True)
    client.force_login(person("Newsletter"))
    page = client.get("/admin/").content.decode()
    assert "The sign-up form is closed" in page
    assert words in page
    monkeypatch.undo()
    assert status()[1] == 0
    assert "The sign-up form is closed" not in client.get("/admin/").content.decode()


def test_the_other_ways_to_be_written_to_say_so_too(client, monkeypatch, time_machine):
    subscription = joined()
    sign_up(client, "new@example.org")
    turn()
    link = mailed("confirm")
    time_machine.move_to(timezone.now() + timedelta(days=8))
    monkeypatch.setattr(limits, "ALL_ASKED", limits.Limit(0, timedelta(minutes=10)))
    page = client.post(link, {"act": "again"})
    assert "try again in an hour" in page.content.decode()
    assert "on its way" not in page.content.decode()
    page = client.post(
        f"/newsletter/preferences/{subscription.key}/",
        {"act": "address", "email": "another@example.org"},
    )
    assert "try again in an hour" in page.content.decode()
