"""What is understood of messages that come back, and what is not believed."""

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.bounces.applying import apply_mail_events
from newsletter.bounces.reading import read
from newsletter.management.commands.process_bounces import store
from newsletter.mime import LEAVE, mark
from newsletter.models import Delivery, Letterhead, MailEvent, Suppression
from tests.newsletter.bounced import (
    complaint,
    delivery,
    dsn,
    issue,
    mailing_list,
    marked,
    message_id,
    reader,
    recipient_group,
)

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"

pytestmark = pytest.mark.django_db

HARD, SOFT, COMPLAINT, OTHER = (
    MailEvent.Kind(name) for name in ("hard", "soft", "complaint", "other")
)


def test_a_bounce_is_known_by_its_own_address():
    """Whatever else stands in it: nobody else can make that address."""
    sent = delivery()
    (told,) = read(dsn(recipient_group("ada@example.org"), to=marked(sent)))
    assert (told.kind, told.delivery) == (HARD, sent)


def test_a_mark_that_we_did_not_make_belongs_to_nobody():
    sent = delivery()
    forged = marked(sent)[:-20] + "0" * 3 + "@magazine.example"
    for address in (forged, f"bounces+{sent.pk}-@magazine.example", "bounces+9-@x.example"):
        (told,) = read(dsn(recipient_group("ada@example.org"), to=address))
        assert told.delivery is None, address


def test_without_a_mark_it_takes_our_message_id_and_the_recipient():
    sent = delivery()
    other = delivery(reader("bo@example.org"), sent.issue)
    header = f"Message-ID: {message_id(sent)}\n"
    (told,) = read(dsn(recipient_group("ADA@Example.org"), returned=header))
    assert told.delivery == sent
    for returned, named in (
        (header, "bo@example.org"),
        (f"Message-ID: {message_id(other)}\n", "ada@example.org"),
        (f"Message-ID: <{'0' * 32}.{sent.pk}@magazine.example>\n", "ada@example.org"),
        (f"Message-ID: <{issue().number.hex}.{sent.pk}@x>\n", "ada@example.org"),
        ("", "ada@example.org"),
        (f"Message-ID: <{sent.issue.number.hex}.{'9' * 18}@x>\n", "ada@example.org"),
    ):
        (told,) = read(dsn(recipient_group(named), returned=returned))
        assert told.delivery is None, (returned, named)


def test_of_several_recipients_only_ours_is_meant():
    """And each has an entry of its own, with a name of its own."""
    sent = delivery()
    groups = [
        recipient_group("bo@example.org"),
        recipient_group("ada@example.org", "4.2.2"),
        recipient_group("cy@example.org", "5.7.1"),
    ]
    for content in (
        dsn(*groups, to=marked(sent)),
        dsn(*groups, returned=f"Message-ID: {message_id(sent)}\n"),
    ):
        found = read(content)
        assert [told.kind for told in found] == [HARD, SOFT, SOFT]
        assert [told.delivery for told in found] == [None, sent, None]
        assert len({told.event for told in found}) == 3


def test_the_host_to_which_it_was_forwarded_names_another_address():
    """Then the mark alone says whose it was; of several such nobody can tell."""
    sent = delivery()
    (told,) = read(dsn(recipient_group("ada.q@elsewhere.example"), to=marked(sent)))
    assert (told.kind, told.delivery) == (HARD, sent)
    found = read(
        dsn(recipient_group("x@y.example"), recipient_group("z@y.example"), to=marked(sent))
    )
    assert [told.delivery for told in found] == [None, None]


def test_a_delay_is_no_bounce():
    sent = delivery()
    for action in ("delayed", "delivered", "relayed", "expanded", "Delayed (will be retried)"):
        group = recipient_group("ada@example.org", "4.4.1", action)
        (told,) = read(dsn(group, to=marked(sent)))
        assert told.kind == OTHER, action


def test_a_complaint_is_read_from_a_feedback_report():
    sent = delivery()
    (told,) = read(complaint(sent))
    assert (told.kind, told.delivery) == (COMPLAINT, sent)
    (told,) = read(complaint(sent, kind="not-spam"))
    assert told.kind == OTHER
    (told,) = read(complaint(sent).replace(b"Original-Rcpt-To: <ada@", b"Original-Rcpt-To: <bo@"))
    assert told.delivery is None


ABSENT = (
    b"From: Ada <ada@example.org>\nTo: %s\nAuto-Submitted: auto-replied\n"
    b"Subject: Out of office\n\nI am away; 550 5.1.1 is a nice number.\n"
)
QMAIL = (
    b"From: MAILER-DAEMON@mx.example.org\nTo: %s\nSubject: failure notice\n\n"
    b"Hi. This is the qmail-send program.\n<ada@example.org>: Sorry, no mailbox. (#5.1.1)\n"
)


def test_who_is_away_has_not_bounced():
    """Notes of absence go to the bounce address as well, since it is the sender."""
    sent = delivery()
    for content in (
        ABSENT,
        ABSENT.replace(b"Auto-Submitted: auto-replied\n", b""),
        ABSENT.replace(b"Ada <ada@", b"<postmaster@"),
        QMAIL.replace(b"Subject", b"X-Autoreply: yes\nSubject"),
    ):
        (told,) = read(content % marked(sent).encode())
        assert (told.kind, told.delivery) == (OTHER, None), content


def test_words_alone_count_for_little():
    """Without a code they are a guess; with one a bounce of the old kind is as good as a report."""
    sent = delivery()
    (told,) = read(QMAIL % marked(sent).encode())
    assert (told.kind, told.delivery) == (HARD, sent)
    (told,) = read((QMAIL % marked(sent).encode()).replace(b" (#5.1.1)", b""))
    assert (told.kind, told.delivery) == (SOFT, sent)


def test_the_frame_of_a_report_outweighs_no_words_that_are_not_understood():
    sent = delivery()
    group = recipient_group("ada@example.org").replace("5.1.1 no", "5.1.1 go away")
    content = dsn(group, to=marked(sent)).replace(b"I could not", b"550 5.1.1 Address not found")
    (told,) = read(content)
    assert (told.kind, told.delivery) == (SOFT, sent)


def test_of_a_notice_about_several_only_the_words_about_ours_count():
    """An address that is forwarded to two mailboxes is not gone with one of them."""
    sent = delivery()
    others = b"<bo@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n<ada@"
    content = (QMAIL % marked(sent).encode()).replace(b"<ada@", others)
    (told,) = read(content.replace(b"Sorry, no mailbox. (#5.1.1)", b"Go away. (#5.1.1)"))
    assert (told.kind, told.delivery) == (SOFT, sent)
    (told,) = read(content)
    assert (told.kind, told.delivery) == (HARD, sent)


def leaving(sent: Delivery, to: str = "", *more: str) -> bytes:
    secret = Letterhead.objects.current().secret
    to = to or f"bounces+leave-{sent.pk}-{mark(sent.pk, secret, LEAVE)}@magazine.example"
    head = ["From: Ada <ada@example.org>", f"To: {to}", "Subject: unsubscribe", *more]
    return ("\n".join(head) + "\n\n\n").encode()


def test_a_mail_to_the_address_for_leaving_leaves_the_list_and_no_other():
    person = reader()
    person.join(mailing_list("Daily"))
    sent = delivery(person)
    store(leaving(sent), Counter())
    apply_mail_events()
    assert [one.list.name for one in person.subscriptions.wanted()] == ["Daily"]
    assert not Suppression.objects.exists()
    (consent,) = person.consents.all()
    assert (consent.action, consent.wording) == ("left", "Asked us for no more mail")


def test_nobody_leaves_by_a_program_or_by_a_mark_of_another_kind():
    sent = delivery()
    for content in (
        leaving(sent, marked(sent)),
        leaving(sent, marked(sent).replace("+", "+leave-")),
        leaving(sent, "", "Auto-Submitted: auto-replied"),
        leaving(sent, "", "Return-Path: <>"),
    ):
        (told,) = read(content)
        assert (told.kind, told.delivery) == (OTHER, None), content


def case(name: str, file: str, sent: Delivery) -> bytes:
    """A mail of the shared cases, with the address that marks this delivery."""
    path = CASES / name / file
    if not path.exists():
        pytest.skip(f"{path} is missing")
    return path.read_bytes().replace(b"To: bounces@news.example", f"To: {marked(sent)}".encode())


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("bounce-auto-replied", "in.eml", HARD),
        ("bounce-hard-code-for-rate", "in.eml", SOFT),
        ("bounce-other-senders", "no-address.eml", HARD),
        ("bounce-other-senders", "other-name.eml", HARD),
    ],
)
def test_the_shared_cases_count_as_mail_that_did_not_get_through(name, file, kind):
    sent = delivery()
    (told,) = read(case(name, file, sent))
    assert (told.kind, told.delivery) == (kind, sent)


RELAY = b"Return-Path: <>\nFrom: Relay <relay@relay.example>\nTo: %s\nSubject: Undeliverable\n\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"From: MAILER-DAEMON <>\nTo: %s\n\n550 5.1.1 No such user\n", HARD),
        (RELAY + b"Nobody here is called READER.\n", SOFT),
        (RELAY + b"550 5.1.1 No such user\n", HARD),
    ],
)
def test_one_sign_of_a_mail_server_is_enough(content, kind):
    """Its name, even without an address; or an empty return path, and the reader's address or a
    code."""
    sent = delivery()
    content = content.replace(b"READER", sent.address.encode())
    (told,) = read(content % marked(sent).encode())
    assert (told.kind, told.delivery) == (kind, sent)


def test_a_bounce_that_holds_the_mail_in_its_text_is_known_by_our_message_id():
    sent = delivery()
    content = QMAIL % b"news@magazine.example"
    content += f"--- Below this line is a copy.\n\nMessage-ID: {message_id(sent)}\n".encode()
    (told,) = read(content)
    assert (told.kind, told.delivery) == (HARD, sent)
    (told,) = read(content.replace(b"<ada@", b"<bo@"))
    assert told.delivery is None


def test_a_report_is_read_whatever_its_encoding():
    sent = delivery()
    from base64 import encodebytes

    plain = dsn(recipient_group("ada@example.org"), to=marked(sent))
    head, _, rest = plain.partition(b"message/delivery-status\n\n")
    status, _, tail = rest.partition(b"\n--edge")
    encoded = (
        head
        + b"message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + encodebytes(status)
        + b"\n--edge"
        + tail
    )
    for content in (encoded, plain.replace(b"\n", b"\r\n")):
        (told,) = read(content)
        assert (told.kind, told.delivery) == (HARD, sent)


def nested(depth: int) -> bytes:
    parts = [b"Content-Type: multipart/mixed; boundary=b0\n\n"]
    for number in range(1, depth):
        parts.append(
            b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (number - 1, number)
        )
    return b"".join(parts) + b"x\n" * 100_000


HOSTILE = {
    "empty": b"",
    "no header": b"\n\n\n",
    "zeros": b"\0" * 1_000_000,
    "noise": bytes(range(256)) * 3_000,
    "deep": nested(3_000),
    "as deep as may be": nested(39),
    "many lines": b"From: mailer-daemon@x\n\n" + b"\n" * 2_000_000,
    "unknown charset": b"From: =?nonsense?b?////?= <a@b>\nSubject: =?utf-8?q?=ff?=\n\nx",
    "bad base64": dsn("").replace(b"text/plain", b"text/plain\nContent-Transfer-Encoding: base64"),
    "date beyond years": dsn("").replace(b"Date: ", b"Date: Mon, 1 Jan 99999 00:00:00 +9999\nX: "),
    "many groups": dsn(*["Final-Recipient: rfc822; a@b.c\nAction: failed\n"] * 30_000),
    "many recipients": dsn("Final-Recipient: rfc822; " + "a@b.c, " * 50_000 + "\nAction: failed\n"),
    "comments": dsn("Final-Recipient: rfc822; " + "(" * 50_000 + "\nAction: failed\n"),
    "report within itself": dsn("").replace(b"text/rfc822-headers", b"message/delivery-status"),
    "no end": dsn(recipient_group("ada@example.org")).partition(b"Status")[0],
    "header without end": b"To: " + b"a" * 900_000,
    "encoded words": b"Auto-Submitted: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_kept_and_lead_to_nothing(name):
    """Each is told within seconds as one or more entries that belong to nobody."""
    began = time.process_time()
    found = read(HOSTILE[name])
    assert 1 <= len(found) <= 50
    assert {told.delivery for told in found} == {None}
    assert len({told.event for told in found}) == len(found)
    for told in found:
        MailEvent.objects.receive(
            "test",
            told.event,
            kind=told.kind,
            happened_at=told.happened_at,
            address=min(told.recipients, default=""),
            raw=HOSTILE[name].decode("utf-8", "replace"),
            outcome=told.words,
        )
    assert MailEvent.objects.filter(kind=OTHER).count() == len(found)
    assert time.process_time() - began < 20


def test_the_same_message_has_the_same_name_whatever_programs_wrote_into_its_header():
    content = dsn(recipient_group("ada@example.org"))
    again = b"Status: RO\nReceived: from here\n" + content.replace(b"\n", b"\r\n")
    assert read(content)[0].event == read(again)[0].event
    other = content.replace(b"ada@", b"bo@")
    assert read(content)[0].event != read(other)[0].event


def test_the_moment_is_the_one_in_the_message():
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    (told,) = read(dsn(recipient_group("ada@example.org"), at=moment))
    assert told.happened_at == moment
