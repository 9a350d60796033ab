"""What a mail server does to a mail, and what becomes of its row: real sockets, one script each."""

import socket
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from newsletter.models import Delivery, Issue, Relay, Subscriber, Suppression
from newsletter.sending import deliveries
from tests.conftest import free_port
from tests.newsletter import mailing
from tests.newsletter.mailing import FIRST, first, sent_with
from tests.newsletter.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_one_transaction")]


def test_everybody_gets_one_mail_and_the_issue_is_sent(sink):
    issue = sent_with(sink)
    assert issue.state == Issue.State.SENT
    assert issue.finished_at is not None
    assert mailing.states(issue) == {"sent": 3}
    accepted = sink.accepted()
    assert [recipient for recipient, _ in accepted] == [
        f"person-{number}@example.org" for number in (1, 2, 3)
    ]
    assert len({message_id for _, message_id in accepted}) == 3
    assert sink.connections() == 1
    row = first()
    assert (row.code, row.attempts, row.error, row.lease) == (250, 1, "", None)


def test_what_arrives_is_what_was_written(sink):
    """Byte for byte: nothing is escaped on the way, nothing is left escaped."""
    mailing.people(1)
    issue = mailing.prepared(text="One\n.\n..two\n.three", html=f"<p>{'.' * 500}</p>")
    mailing.work_once()
    (content,) = sink.mails()
    message = message_from_bytes(content, policy=policy.default)
    text, html = (part.get_content() for part in message.iter_parts())
    assert text.replace("\r\n", "\n") == issue.text
    assert html.replace("\r\n", "\n") == issue.html


@pytest.mark.parametrize(
    ("rule", "trouble"),
    [
        ({"at": "connect", "say": "421 4.3.2 not now"}, "421 4.3.2 not now"),
        ({"at": "connect", "say": "554 no service"}, "554 no service"),
        ({"at": "connect", "do": "drop"}, "Connection unexpectedly closed"),
        ({"at": "ehlo", "say": "550 5.5.0 not here"}, "550 5.5.0 not here"),
        ({"at": "mail", "say": "451 4.3.0 not now"}, "451 4.3.0 not now"),
        ({"at": "mail", "say": "550 5.7.1 not you"}, "550 5.7.1 not you"),
        ({"at": "rcpt", "say": "421 4.3.2 closing"}, "421 4.3.2 closing"),
        ({"at": "rcpt", "say": "530 5.7.0 log in first"}, "530 5.7.0 log in first"),
        ({"at": "rcpt", "say": "xyz"}, "An answer that is none"),
        ({"at": "refuse", "say": "421 4.3.2 closing"}, "421 4.3.2 closing"),
    ],
)
def test_trouble_of_the_mail_server_stops_everybody_and_blames_nobody(sink, rule, trouble):
    issue = sent_with(sink, rule)
    assert issue.state == Issue.State.SENDING
    assert mailing.states(issue) == {"pending": 3}
    assert sink.accepted() == []
    row = first()
    assert (row.attempts, row.error, row.due_at) == (0, "", None)
    relay = Relay.objects.current()
    assert relay.is_backing_off
    assert relay.troubles == 1
    assert trouble in relay.trouble
    assert not Suppression.objects.exists()
    # When it has rested, and the server is well again, all goes on.
    sink.script()
    Relay.objects.update(backs_off_until=timezone.now())
    mailing.work_once()
    assert mailing.states(issue) == {"sent": 3}
    assert Relay.objects.current().troubles == 0


def test_a_server_that_is_not_there_is_trouble_and_rests_grow(sink, settings):
    settings.EMAIL_PORT = free_port()
    issue = sent_with(sink)
    rests = []
    for _ in range(4):
        relay = Relay.objects.current()
        rests.append(round((relay.backs_off_until - timezone.now()).total_seconds() / 5))
        Relay.objects.update(backs_off_until=timezone.now())
        mailing.work_once()
    assert rests == sorted(rests)
    assert rests[0] <= 1 < 6 <= rests[3] <= 8
    assert mailing.states(issue) == {"pending": 3}
    assert "refused" in Relay.objects.current().trouble.lower()


def test_a_refused_login_is_trouble(tmp_path, settings, sink):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "magazine", "wrong"
    with Sink(tmp_path / "other", login=True) as other:
        settings.EMAIL_PORT = other.port
        issue = sent_with(other, {"at": "login", "say": "535 5.7.8 wrong password"})
        assert mailing.states(issue) == {"pending": 3}
        assert "535 5.7.8 wrong password" in Relay.objects.current().trouble
        other.script()
        Relay.objects.update(backs_off_until=timezone.now())
        mailing.work_once()
        assert mailing.states(issue) == {"sent": 3}


def test_421_after_some_mails_is_no_trouble(sink):
    """A server may want a new connection after its share of mails."""
    issue = sent_with(sink, {"at": "mail", "after": 2, "say": "421 4.7.0 enough"}, recipients=7)
    assert mailing.states(issue) == {"sent": 7}
    assert sink.connections() == 4
    assert Relay.objects.current().troubles == 0


def test_a_connection_that_was_closed_while_idle_is_made_anew(sink):
    issue = sent_with(sink, {"at": "idle"}, recipients=4)
    assert mailing.states(issue) == {"sent": 4}
    assert sink.connections() == 4
    assert Relay.objects.current().troubles == 0


@pytest.mark.parametrize(
    ("at", "reply"),
    [
        ("rcpt", "450 4.2.0 greylisted"),
        ("rcpt", "452 4.2.2 full"),
        ("data", "451 4.3.0 later"),
        ("refuse", "451 4.3.0 later"),
        ("refuse", "450 4.7.1 later"),
    ],
)
def test_a_refusal_for_now_is_tried_again_later(sink, at, reply):
    issue = sent_with(sink, {"at": at, "to": FIRST, "say": reply})
    assert mailing.states(issue) == {"sent": 2, "deferred": 1}
    row = first()
    assert (row.attempts, row.error) == (1, reply[4:])
    assert row.code == int(reply[:3])
    assert 50 < (row.due_at - timezone.now()).total_seconds() <= 60
    assert Relay.objects.current().troubles == 0
    # Not before its time, and then it goes out; the message is the same.
    sink.script()
    mailing.work_once()
    assert first().state == Delivery.State.DEFERRED
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now())
    mailing.work_once()
    assert first().state == Delivery.State.SENT
    assert first().attempts == 2
    assert len(sink.accepted()) == 3


@pytest.mark.parametrize("at", ["rcpt", "data", "body"])
def test_a_connection_that_breaks_before_the_final_dot_is_tried_again(sink, at):
    """Without the dot the server cannot have taken it. After 354 the client has begun to send."""
    if at == "body":
        # More than the buffers between the two take, so that the dot is still to come.
        mailing.people(3)
        issue = mailing.prepared(kilobytes=9_000)
        sink.script({"at": at, "to": FIRST, "do": "drop"})
        mailing.work_once()
    else:
        issue = sent_with(sink, {"at": at, "to": FIRST, "do": "drop"})
    assert mailing.states(issue) == {"sent": 2, "deferred": 1}
    assert first().attempts == 1
    assert Relay.objects.current().troubles == 0


def test_a_connection_that_breaks_after_the_body_leaves_the_mail_in_doubt(sink):
    issue = sent_with(sink, {"at": "end", "to": FIRST, "do": "drop"})
    assert mailing.states(issue)["unknown"] == 1
    row = first()
    assert row.state == Delivery.State.UNKNOWN
    assert row.finished_at is not None
    relay = Relay.objects.current()
    assert relay.troubles == 1
    # Never again by itself, however often it is worked on.
    sink.script()
    Relay.objects.update(backs_off_until=timezone.now())
    mailing.work_once()
    assert mailing.states(issue) == {"unknown": 1, "sent": 2}
    assert [one for one, _ in sink.accepted()].count(row.address) == 1


def test_an_answer_that_comes_late_is_waited_for(sink, settings):
    """The patience for the final answer is another than for the rest of the talk."""
    settings.EMAIL_TIMEOUT = 0.5
    issue = sent_with(sink, {"at": "end", "to": FIRST, "wait": 1.5})
    assert mailing.states(issue) == {"sent": 3}


def test_an_answer_that_never_comes_leaves_the_mail_in_doubt(sink, settings):
    settings.EMAIL_DATA_TIMEOUT = 0.5
    sent_with(sink, {"at": "end", "to": FIRST, "wait": 3})
    assert first().state == Delivery.State.UNKNOWN
    assert Relay.objects.current().troubles == 1


@pytest.mark.parametrize("at", ["connect", "mail"])
def test_a_server_that_says_nothing_is_trouble(sink, settings, at):
    settings.EMAIL_TIMEOUT = 0.5
    issue = sent_with(sink, {"at": at, "wait": 3})
    assert mailing.states(issue) == {"pending": 3}
    assert "timed out" in Relay.objects.current().trouble


def test_refusals_for_now_end_after_two_days(sink):
    """1, 5 and 30 minutes, 2 hours, 6 hours, and every 6 hours."""
    issue = sent_with(
        sink, {"at": "rcpt", "to": FIRST, "say": "450 4.2.0 greylisted"}, recipients=1
    )
    waits = []
    for _ in range(20):
        row = first()
        if row.state != Delivery.State.DEFERRED:
            break
        wait = row.due_at - timezone.now()
        waits.append(round(wait.total_seconds() / 60))
        Delivery.objects.filter(pk=row.pk).update(
            due_at=timezone.now(), first_tried_at=row.first_tried_at - wait
        )
        mailing.work_once()
    assert waits == [1, 5, 30, 120, 360, 360, 360, 360, 360, 360, 360, 360]
    assert sum(waits) >= deliveries.GIVEN_UP_AFTER / timedelta(minutes=1) > sum(waits[:-1])
    issue.refresh_from_db()
    assert (first().state, issue.state) == (Delivery.State.FAILED, Issue.State.SENT)


def test_a_name_beyond_ascii_is_sent_where_the_server_knows_how(sink):
    mailing.people(1)
    issue = mailing.prepared()
    Delivery.objects.update(address="véra@example.org")
    Subscriber.objects.update(email="véra@example.org")
    mailing.work_once()
    assert mailing.states(issue) == {"sent": 1}
    assert [one for one, _ in sink.accepted()] == ["véra@example.org"]


def test_no_thread_of_a_worker_that_ended_keeps_a_connection(sink):
    sent_with(sink)
    with socket.create_connection(("127.0.0.1", sink.port)) as probe:
        assert probe.recv(100).startswith(b"220")
    assert not [one for one in threading.enumerate() if one.name.startswith("sender")]


def test_mail_by_another_backend_has_the_same_headers_and_bytes(settings):
    """Files in var/outbox, where there is no mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.NEWSLETTER_SENDING = True
    mailing.people(2)
    issue = mailing.prepared(subject="The week & שלום")
    mailing.work_once()
    assert mailing.states(issue) == {"sent": 2}
    files = list(settings.EMAIL_FILE_PATH.iterdir())
    written = b"".join(file.read_bytes() for file in files)
    for subscription in issue.list.subscriptions.select_related("subscriber"):
        assert f"To: {subscription.subscriber.email}\n".encode() in written
        assert f"/newsletter/leave/{subscription.key}/>".encode() in written
    assert written.count(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click") == 2


def test_a_folder_that_cannot_be_written_is_trouble_and_loses_nobody(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "file" / "outbox"
    (tmp_path / "file").write_text("in the way")
    settings.NEWSLETTER_SENDING = True
    mailing.people(2)
    issue = mailing.prepared()
    mailing.work_once()
    assert mailing.states(issue) == {"pending": 2}
    assert Relay.objects.current().is_backing_off
