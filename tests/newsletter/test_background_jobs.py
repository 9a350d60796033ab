"""What the worker does between two mails of an issue."""

import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsletter import background_jobs
from newsletter.addresses import digest_of
from newsletter.background_jobs import purge_expired, run_background_jobs, send_transactional_mails
from newsletter.models import MailEvent, SignUp, Subscriber, Suppression, TransactionalMail
from newsletter.sign_up_decision import decide
from tests.conftest import free_port
from tests.newsletter.signed import joined, mailed, sign_up, turn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house_not_kept_yet(monkeypatch):
    monkeypatch.setattr(background_jobs.purge_timer, "due", 0.0)


def asked(email="vera@example.org", purpose="confirm", **fields) -> TransactionalMail:
    subscriber, _ = Subscriber.objects.get_or_create(email=email)
    return TransactionalMail.objects.create(
        subscriber=subscriber, purpose=purpose, email=subscriber.email, **fields
    )


def no_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_one_call_does_all_that_waits_and_says_how_much(client):
    sign_up(client)
    assert run_background_jobs() == 2  # decided, and mailed
    assert len(mail.outbox) == 1
    assert run_background_jobs() == 0


def test_a_job_that_fails_keeps_no_other_from_its_turn(client, monkeypatch, caplog):
    """Nor one sign-up the others."""

    def fail(*arguments: object) -> int:
        raise RuntimeError("broken")

    for email in ("one@example.org", "two@example.org"):
        sign_up(client, email)
    first = SignUp.objects.order_by("pk")[0].pk
    monkeypatch.setattr(background_jobs, "open_due_issues", fail)
    monkeypatch.setattr(background_jobs, "decide", lambda pk: fail() if pk == first else decide(pk))
    assert run_background_jobs() == 2
    assert [one.to for one in mail.outbox] == [["two@example.org"]]
    assert caplog.text.count("broken") >= 2


def test_who_refuses_all_mail_while_one_waits_does_not_get_it(client):
    """Be it to confirm, or to become the new address of somebody else."""
    asked("vera@example.org")
    moving = asked("ada@example.org", purpose="move")
    TransactionalMail.objects.filter(pk=moving.pk).update(email="vera@example.org")
    Suppression.objects.suppress(digest_of("vera@example.org"), Suppression.Reason.REFUSED)
    assert send_transactional_mails() == 0
    assert mail.outbox == []
    assert not TransactionalMail.objects.exists()


def test_what_a_provider_told_us_is_applied():
    MailEvent.objects.create(
        source="test", event="1", kind=MailEvent.Kind.HARD, happened_at=timezone.now()
    )
    assert run_background_jobs() == 1
    assert MailEvent.objects.get().applied_at


def test_a_server_out_of_reach_keeps_the_mail_waiting_with_a_growing_pause(settings, time_machine):
    """At last it is dropped: nobody waits for it any more."""
    backend = settings.EMAIL_BACKEND
    link = asked()
    no_server(settings)
    pauses = []
    for _ in range(7):
        assert send_transactional_mails() == 0
        link.refresh_from_db()
        assert link.sent_at is None
        assert link.digest is None
        pauses.append(round((link.due_at - timezone.now()).total_seconds() / 60))
        assert send_transactional_mails() == 0
        link.refresh_from_db()
        assert link.attempts == len(pauses)
        time_machine.move_to(link.due_at + timedelta(seconds=1))
    assert pauses == [1, 5, 15, 60, 180, 180, 180]
    assert not TransactionalMail.objects.filter(purpose="refuse").exists()
    settings.EMAIL_BACKEND = backend
    assert send_transactional_mails() == 1
    assert len(mail.outbox) == 1


def test_one_mail_that_cannot_be_sent_does_not_stop_the_others(caplog):
    """This one no server takes; the others go."""
    asked("jörg@example.org")
    for number in range(3):
        asked(f"a{number}@example.org")
    assert send_transactional_mails() == 3
    assert TransactionalMail.objects.waiting().get().email == "jörg@example.org"
    assert "could not be sent" in caplog.text


def test_a_mail_older_than_a_day_is_never_sent():
    """A restored backup must not write to people."""
    asked(asked_at=timezone.now() - timedelta(days=1, minutes=1))
    assert send_transactional_mails() == 0
    assert purge_expired() >= 1
    assert not TransactionalMail.objects.exists()


class Server:
    """A mail server that answers each recipient as it is told to."""

    def __init__(self) -> None:
        self.reply = "250 OK"
        self.got: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.reply

    async def handle_DATA(self, server, session, envelope) -> str:
        self.got += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def server(settings):
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = ""
    yield server
    controller.stop()


def test_an_address_that_its_server_does_not_know_is_not_tried_again(server):
    """By its reply: 5yz is for good, 4yz for now."""
    server.reply = "450 later"
    link = asked("vera@bücher.example.org")
    assert send_transactional_mails() == 0
    TransactionalMail.objects.update(due_at=timezone.now())
    server.reply = "250 OK"
    assert send_transactional_mails() == 1
    assert server.got == ["vera@xn--bcher-kva.example.org"]
    TransactionalMail.objects.ask(link.subscriber, "confirm", link.email)
    server.reply = "550 no such user"
    assert send_transactional_mails() == 0
    assert not TransactionalMail.objects.waiting().exists()
    assert not TransactionalMail.objects.filter(purpose="confirm").exists()


def test_a_mail_that_is_asked_for_again_replaces_the_link(client, time_machine):
    """The old one is unknown then; its refusal still works."""
    sign_up(client)
    turn()
    first, refusal = mailed("confirm"), mailed("refuse")
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    sign_up(client)
    turn()
    assert client.get(first).status_code == 404
    assert client.get(mailed("confirm")).status_code == 200
    assert client.get(refusal).status_code == 200


def test_the_house_is_kept_once_an_hour(monkeypatch):
    kept = []
    monkeypatch.setattr(background_jobs, "purge_expired", lambda: kept.append(1) or 0)
    now = [1000.0]
    monkeypatch.setattr(background_jobs.time, "monotonic", lambda: now[0])
    for seconds in (0, 10, 3500, 200, 10):
        now[0] += seconds
        run_background_jobs()
    assert len(kept) == 2


def test_housekeeping_forgets_who_never_confirmed_and_what_nothing_counts(client, time_machine):
    """Nobody who confirmed, and no refusal of theirs."""
    sign_up(client, "vera@example.org")
    sign_up(client, "mia@example.org")
    turn()
    client.post(mailed("confirm", "mia@example.org"), {"act": "confirm"})
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    purge_expired()
    assert not SignUp.objects.exists()
    assert Subscriber.objects.count() == 2
    time_machine.move_to(timezone.now() + timedelta(days=30))
    purge_expired()
    (kept,) = Subscriber.objects.all()
    assert kept.email == "mia@example.org"
    assert [link.purpose for link in TransactionalMail.objects.all()] == ["refuse"]
    assert kept.consents.count() == 2
    assert purge_expired() == 0


def test_housekeeping_spares_whoever_asked_again_lately(client, time_machine):
    sign_up(client)
    turn()
    time_machine.move_to(timezone.now() + timedelta(days=29))
    sign_up(client)
    turn()
    time_machine.move_to(timezone.now() + timedelta(days=2))
    purge_expired()
    assert Subscriber.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_workers_send_each_mail_once():
    for number in range(12):
        asked(f"a{number}@example.org")
    start = threading.Barrier(3)
    sent: list[int] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            start.wait(timeout=60)
            sent.append(send_transactional_mails())
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    assert sum(sent) == 12
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 12


def test_what_is_mailed_names_the_magazine_and_where_it_lives(client):
    """And asks no machine to answer."""
    from newsletter.models import Letterhead

    letterhead = Letterhead.objects.current()
    letterhead.sender_name = "The Envoy,\r\nBcc: all@example.org"
    letterhead.postal_address = "The Envoy\n12 Harbour Row"
    letterhead.reply_to = "desk@example.org"
    letterhead.save()
    sign_up(client)
    turn()
    message = mail.outbox[0].message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["From"] == '"The Envoy, Bcc: all@example.org" <newsroom@localhost>'
    assert message["Reply-To"] == "desk@example.org"
    assert message["Bcc"] is None
    assert message["Message-ID"].endswith("@localhost>")
    text, html = (part.get_payload(decode=True).decode() for part in message.get_payload())
    assert "12 Harbour Row" in text
    assert "The Envoy<br>12 Harbour Row" in html
    assert "<style>@media" in html


@pytest.mark.parametrize("purpose", ["confirm", "move", "known", "moved"])
def test_every_mail_has_its_words_in_both_parts(purpose):
    """Nothing in a name is markup, and nothing in the text part is escaped."""
    from articles.models import Publication

    publication = Publication.objects.current()
    publication.name = "Peace & War <weekly>"
    publication.save()
    subscriber = joined().subscriber
    TransactionalMail.objects.ask(subscriber, purpose, subscriber.email)
    assert send_transactional_mails() == 1
    (message,) = mail.outbox
    (html,) = message.alternatives
    assert "Peace & War <weekly>" in message.subject
    assert "Peace & War <weekly>" in message.body
    assert "Peace &amp; War &lt;weekly&gt;" in html.content
    assert "<weekly>" not in html.content
    assert "http://localhost:8000/" in message.body
    assert Client().get("/").status_code == 200
