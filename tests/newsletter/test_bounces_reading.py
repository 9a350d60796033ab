"""What is understood of messages that come back, and what is not believed."""

import time
from datetime import UTC, datetime

import pytest

from newsletter.bounces.reading import read
from newsletter.bounces.statuses import kind_of_status
from newsletter.models import Notice
from tests.newsletter.bounced import (
    complaint,
    delivery,
    dsn,
    issue,
    marked,
    message_id,
    reader,
    recipient_group,
)

pytestmark = pytest.mark.django_db

HARD, SOFT, COMPLAINT, OTHER = (
    Notice.Kind(name) for name in ("hard", "soft", "complaint", "other")
)


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", "", HARD),
        ("5.1.10", "", HARD),
        ("5.2.1", "", HARD),
        ("5.0.0", "smtp; 550-5.1.1 The email account does not exist", HARD),
        ("5.0.0", "smtp; 554 5.7.1 blocked", SOFT),
        ("5.0.0", "smtp; 550 rejected", SOFT),
        ("5.2.2", "", SOFT),
        ("5.7.1", "", SOFT),
        ("5.1.8", "", SOFT),
        ("4.1.1", "", SOFT),
        ("4.4.7", "smtp; 550 5.1.1 said another host", SOFT),
        ("", "", SOFT),
        ("5.1.1 (no such user)", "", HARD),
        ("2.1.5", "", OTHER),
        ("5.1.1111", "", SOFT),
    ],
)
def test_only_a_dead_address_is_a_hard_bounce(status, diagnostic, kind):
    assert kind_of_status(status, diagnostic) == kind


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
    for action in ("delayed", "delivered", "relayed", "expanded"):
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
    """A bounce of the old kind has no status that a program could trust."""
    sent = delivery()
    (told,) = read(QMAIL % marked(sent).encode())
    assert (told.kind, told.delivery) == (SOFT, sent)


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
    began = time.monotonic()
    found = read(HOSTILE[name])
    assert 1 <= len(found) <= 50
    assert {told.delivery for told in found} == {None}
    assert len({told.event for told in found}) == len(found)
    for told in found:
        Notice.objects.receive(
            "test",
            told.event,
            kind=told.kind,
            happened_at=told.happened_at,
            address=told.address,
            raw=HOSTILE[name].decode("utf-8", "replace"),
            outcome=told.outcome,
        )
    assert Notice.objects.filter(kind=OTHER).count() == len(found)
    assert time.monotonic() - began < 20


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
