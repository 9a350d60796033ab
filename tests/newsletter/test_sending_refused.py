"""What a mail server refuses for good, and who is blamed: the reader, us, the mail, or nobody."""

import pytest
from django.utils import timezone

from newsletter.bounces.applying import apply_mail_events
from newsletter.models import Issue, MailEvent, Relay, Suppression
from tests.newsletter import mailing
from tests.newsletter.mailing import FIRST, first, sent_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_one_transaction")]


@pytest.mark.parametrize(
    ("at", "reply", "blame"),
    [
        ("rcpt", "550 5.1.1 nobody of this name", "address"),
        ("rcpt", "553 5.1.3 no such syntax", "address"),
        ("refuse", "554 5.1.1 nobody of this name", "address"),
        ("rcpt", "550 no such user", "address"),
        ("rcpt", "550 rejected", "doubt"),
        ("rcpt", "550 5.2.1 this user gets mail at a rate that is too high", "doubt"),
        ("rcpt", "550 5.1.1 mailbox over quota", "doubt"),
        ("rcpt", "552 5.2.2 full", "doubt"),
        ("rcpt", "550 5.4.4 no route", "doubt"),
        ("data", "554 no valid recipients", "nobody"),
    ],
)
def test_a_refusal_for_good_fails_and_blames_whom_it_speaks_of(sink, at, reply, blame):
    issue = sent_with(sink, {"at": at, "to": FIRST, "say": reply})
    assert mailing.states(issue) == {"sent": 2, "failed": 1}
    assert issue.state == Issue.State.SENT
    row = first()
    assert (row.code, row.error, row.attempts) == (int(reply[:3]), reply[4:], 1)
    assert Suppression.objects.count() == (blame == "address")
    assert MailEvent.objects.count() == (blame == "doubt")
    if blame == "address":
        assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED
        assert not issue.list.subscriptions.active().filter(subscriber__email=row.address).exists()
    if blame == "doubt":
        event = MailEvent.objects.get()
        assert (event.kind, event.delivery) == (MailEvent.Kind.SOFT, row)
        assert event.applied_at is None


REFUSALS_OF_US = [
    ("rcpt", "554 5.7.1 Relay access denied"),
    ("rcpt", "550 relay not permitted"),
    ("rcpt", "550 5.7.1 policy"),
    ("rcpt", "550 5.1.1 sender rejected"),
    ("rcpt", "554 5.7.1 Client host blocked using zen.spamhaus.org"),
    ("refuse", "550 5.7.1 blocked because of the reputation of your host"),
    ("mail", "553 5.7.1 sender address rejected: not logged in"),
    ("connect", "554 5.7.1 you are blocked"),
]


def go_on() -> None:
    Relay.objects.update(backs_off_until=timezone.now())
    mailing.work_once()


@pytest.mark.parametrize(("at", "reply"), REFUSALS_OF_US)
def test_where_we_are_refused_nobody_is_blamed_and_the_issue_pauses_before_the_third(
    sink, at, reply
):
    issue = sent_with(sink, {"at": at, "say": reply}, recipients=5)
    assert issue.state == Issue.State.SENDING
    relay = Relay.objects.current()
    assert relay.is_backing_off
    assert reply in relay.trouble
    for _ in range(3):
        go_on()
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED
    assert f"We are refused: {reply}" in issue.pause_reason
    assert mailing.states(issue).get("failed", 0) <= 2
    assert mailing.states(issue)["pending"] >= 3
    assert MailEvent.objects.count() == 2
    apply_mail_events()
    assert not Suppression.objects.exists()
    assert set(MailEvent.objects.values_list("cause", flat=True)) == {"sender"}


@pytest.mark.parametrize(
    ("at", "reply", "rounds"),
    [*((at, reply, 2) for at, reply in REFUSALS_OF_US), ("refuse", "550 looks like spam", 1)],
)
def test_of_four_threads_one_asks_until_the_mail_server_has_taken_a_mail(sink, at, reply, rounds):
    mailing.people(8)
    issue = mailing.prepared()
    sink.script({"at": at, "say": reply})
    for number in range(1, rounds + 1):
        Relay.objects.update(backs_off_until=timezone.now())
        mailing.work_once(threads=4)
        assert MailEvent.objects.count() == number
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED
    assert mailing.states(issue).get("failed", 0) <= rounds
    assert mailing.states(issue)["pending"] >= 8 - rounds


def test_once_it_has_taken_a_mail_all_threads_send_and_after_a_refusal_one_again(sink):
    mailing.people(12)
    issue = mailing.prepared()
    # So slow that no thread takes the mails of another.
    sink.script(
        {"at": "rcpt", "to": "person-9@", "say": "554 5.7.1 blocked"}, {"at": "end", "wait": 0.5}
    )
    mailing.work_once(threads=4)
    assert sink.connections() == 4
    taken = mailing.states(issue)["sent"]
    sink.script({"at": "rcpt", "say": "554 5.7.1 blocked"})
    Relay.objects.update(backs_off_until=timezone.now())
    mailing.work_once(threads=4)
    assert mailing.states(issue)["failed"] == 2
    assert mailing.states(issue)["sent"] == taken


def test_who_resumes_it_knows_that_some_hosts_refuse_us(sink):
    """Then two refusals in a row pause it again, and no two with a mail between them."""
    issue = sent_with(sink, {"at": "rcpt", "say": "554 5.7.1 blocked"}, recipients=8)
    go_on()
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED
    for address in ("person-3@", "person-5@"):
        sink.script({"at": "rcpt", "to": address, "say": "554 5.7.1 blocked"})
        issue.resume()
        go_on()
        go_on()
    issue.refresh_from_db()
    assert mailing.states(issue) == {"failed": 3, "sent": 5}
    assert issue.state == Issue.State.SENT


@pytest.mark.parametrize(
    ("at", "reply"),
    [
        ("refuse", "550 looks like spam"),
        ("refuse", "552 5.3.4 too big"),
        ("refuse", "554 5.6.0 rejected"),
        ("refuse", "554 transaction failed"),
        ("mail", "552 5.3.4 message size exceeds the limit"),
    ],
)
def test_where_the_mail_itself_is_refused_the_issue_pauses_at_once(sink, at, reply):
    issue = sent_with(sink, {"at": at, "say": reply}, recipients=5)
    assert issue.state == Issue.State.PAUSED
    assert f"The mail itself is refused: {reply}" in issue.pause_reason
    assert mailing.states(issue)["pending"] >= 4
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("reply", "troubles"),
    [
        ("450 4.7.1 Error: too much mail from 192.0.2.1", 1),
        ("450 4.7.1 Client host blocked using zen.spamhaus.org", 1),
        ("550 5.4.5 Daily sending quota exceeded", 1),
        ("452 4.2.1 this user gets too much mail at the moment", 0),
    ],
)
def test_a_limit_of_ours_makes_everybody_rest_and_one_of_a_mailbox_does_not(sink, reply, troubles):
    issue = sent_with(sink, {"at": "rcpt", "to": FIRST, "say": reply})
    assert Relay.objects.current().troubles == troubles
    assert issue.state == Issue.State.SENDING
    apply_mail_events()
    assert not Suppression.objects.exists()


def test_after_a_refusal_the_connection_serves_the_next_recipient(sink):
    sent_with(sink, {"at": "rcpt", "to": FIRST, "say": "550 5.1.1 nobody"})
    assert sink.connections() == 1
