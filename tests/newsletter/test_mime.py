"""The bytes of one recipient's mail, read back with the standard library."""

import email
import re
from email import policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from django.utils import timezone

from newsletter.mime import (
    LEAVE,
    IssueMessage,
    WireMail,
    delivery_of_marked_address,
    in_ascii,
    quoted_printable,
)
from newsletter.models import Letterhead
from newsletter.models.subscribers import new_key
from tests.newsletter import mailing

pytestmark = pytest.mark.django_db

KEY = "k" * 16 + "-_" + "7" * 14
EVIL = "x\r\nBcc: everybody@evil.example\r\n\r\n<b>"
HEADERS = [
    *("To", "Date", "Message-ID", "From", "Reply-To", "Subject", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "List-Archive", "List-Post", "Precedence"),
    *("X-Auto-Response-Suppress", "Feedback-ID", "MIME-Version", "Content-Type"),
]


@pytest.fixture(autouse=True)
def _senders(settings):
    settings.SITE_URL = "https://magazine.example"
    settings.NEWSLETTER_FROM = "news@magazine.example"
    settings.NEWSLETTER_BOUNCES = "bounces@magazine.example"


def letterhead(**fields) -> Letterhead:
    made = Letterhead.objects.current()
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def written(issue=None, address="vera@example.org", key=KEY, delivery=42, **fields) -> WireMail:
    edition = IssueMessage(issue or mailing.issue(), letterhead(**fields))
    return edition.mail(delivery, address, key, timezone.now())


def read(mail: WireMail) -> email.message.EmailMessage:
    return email.message_from_bytes(mail.content, policy=policy.default)


def test_every_header_that_a_newsletter_needs():
    """RFC 5322, 2369, 2919, 8058, and what large providers ask for."""
    issue = mailing.issue(list=mailing.mailing_list("own", name="Weekly digest"))
    mail = written(issue, sender_name="The Magazine", reply_to="editors@magazine.example")
    message = read(mail)
    assert message.keys() == HEADERS
    assert message["To"] == "vera@example.org"
    assert message["From"].addresses == (Address("The Magazine", "news", "magazine.example"),)
    assert message["Reply-To"] == "editors@magazine.example"
    assert abs(parsedate_to_datetime(message["Date"]) - timezone.now()).total_seconds() < 60
    assert message["Message-ID"] == f"<{issue.number.hex}.42@magazine.example>"
    assert message["List-Id"] == '"Weekly digest" <own.magazine.example>'
    link, mailto = message["List-Unsubscribe"].split(", ")
    assert link == f"<https://magazine.example/newsletter/leave/{KEY}/>"
    found = re.fullmatch(r"<mailto:(bounces\+leave-42-\w+@magazine.example)\?.*>", mailto)
    assert delivery_of_marked_address(found[1], LEAVE) == 42
    assert delivery_of_marked_address(found[1]) is None
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Archive"] == "<https://magazine.example/newsletter/>"
    assert (message["List-Post"], message["Precedence"]) == ("NO", "bulk")
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Feedback-ID"] == f"{issue.pk}:own:issue:magazine-example"
    assert not message.defects
    assert not any(message[name].defects for name in HEADERS)


def test_text_and_html_come_back_as_they_were_with_the_key_in_place():
    issue = mailing.issue(kilobytes=5)
    issue.text = f"Ünïcode…\n.\n..dots\nFrom here\n{issue.marker}\n {issue.marker}{issue.marker} \n"
    issue.html = f"<p>{'long ' * 300}</p><a href='/{issue.marker}/'>🕊</a>{'.' * 300}{issue.marker}"
    message = read(written(issue))
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    texts = [part.get_content().replace("\r\n", "\n") for part in parts]
    assert texts == [one.replace(issue.marker, KEY) for one in (issue.text, issue.html)]
    assert not any(part.defects for part in parts)


@pytest.mark.parametrize("before", range(70, 80))
def test_every_line_is_short_and_ascii_and_needs_no_stuffing(before):
    """Wherever the marker stands in a line, and however it is encoded (RFC 2045, 6.7)."""
    issue = mailing.issue()
    issue.text = f"{'ü' * before}{issue.marker}{'.' * 200}\n{'x' * before}{issue.marker} \n.\n. x\n"
    lines = written(issue).content.split(b"\r\n")
    body = lines[lines.index(b"") :]
    assert len(body) > 20
    assert max(map(len, body)) <= 76
    assert not any(line.startswith(b".") for line in lines)
    assert all(line.isascii() and b"\n" not in line and b"\r" not in line for line in lines)
    assert issue.marker.encode() not in b"".join(lines)


def test_a_mail_holds_no_key_but_its_own():
    keys = [new_key() for _ in range(20)]
    edition = IssueMessage(mailing.issue(), letterhead())
    mails = [
        edition.mail(n, f"p{n}@example.org", key, timezone.now()) for n, key in enumerate(keys)
    ]
    for key, mail in zip(keys, mails, strict=True):
        assert mail.content.count(key.encode()) == 3  # the header, the text, the HTML
        assert not any(other.encode() in mail.content for other in keys if other != key)
        assert mail.content.count(b"@example.org") == 1


def test_written_again_a_mail_keeps_its_message_id():
    issue = mailing.issue()
    one, again, other = written(issue), written(issue), written(issue, delivery=43)
    assert read(one)["Message-ID"] == read(again)["Message-ID"] != read(other)["Message-ID"]


@pytest.mark.parametrize(
    "subject",
    [
        "The week: Hormuz & the strait",
        "🕊️ Peace 👩‍👩‍👧 & <b>quiet</b>",
        "שלום עולם — السلام عليكم",
        "Ein sehr langer Betreff über Außenpolitik, der gewiß nicht auf eine Zeile paßt " * 2,
        "A rather long plain subject that goes on and on about foreign policy and its makers",
        "=?utf-8?q?not_encoded?=",
        "“Quoted”, with commas, (parentheses) and a \\",
    ],
)
def test_a_subject_in_any_script_comes_back(subject):
    mail = written(mailing.issue(subject=subject.strip()[:150]))
    assert read(mail)["Subject"] == subject.strip()[:150]
    head = mail.content.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 100


@pytest.mark.parametrize("name", ["Żółty “Magazine”", 'The "M", Inc.', "杂志" * 20, "=?x?=", EVIL])
def test_a_sender_and_a_list_of_any_name(name):
    mailing_list = mailing.mailing_list("odd", name=" ".join(name.split())[:80])
    mail = written(mailing.issue(list=mailing_list), sender_name=name[:80])
    plain = " ".join(name.split())[:80]
    # The older reader: the newer one puts spaces between two encoded words (bpo-35547).
    message = email.message_from_bytes(mail.content)
    shown, address = parseaddr(message["From"])
    assert str(make_header(decode_header(shown))) == plain
    assert address == "news@magazine.example"
    shown, address = parseaddr(message["List-Id"])
    assert str(make_header(decode_header(shown))) == plain
    assert address == "odd.magazine.example"
    assert message.keys() == HEADERS


@pytest.mark.parametrize("field", ["subject", "sender_name", "list", "reply_to", "address", "key"])
def test_nothing_that_is_written_into_a_field_becomes_a_header(field):
    """It is put on one line, or refused where only an address or a key may stand."""
    issue = mailing.issue()
    if field == "subject":
        issue.subject = EVIL
    if field == "list":
        issue.list.name = EVIL
    fields = {field: EVIL} if field in ("sender_name", "reply_to", "address", "key") else {}
    if field == "reply_to":
        fields = {field: f"a@b.example{EVIL}"}
    if field in ("reply_to", "address", "key"):
        with pytest.raises(ValueError, match=r"no address|is none"):
            written_unsaved(issue, **fields)
        return
    message = read(written_unsaved(issue, **fields))
    assert message.keys() == HEADERS
    assert "evil.example" not in str(message["To"])
    assert "Bcc" not in message


def written_unsaved(issue, address="vera@example.org", key=KEY, **fields) -> WireMail:
    head = Letterhead.objects.current()
    for name, value in fields.items():
        setattr(head, name, value)
    return IssueMessage(issue, head).mail(1, address, key, timezone.now())


@pytest.mark.parametrize(
    "address",
    [
        "vera@example.org\nBcc: x@y.example",
        "vera@example.org\r\n",
        "vera @example.org",
        "vera",
        "@example.org",
        "vera@",
        "<vera@example.org>",
        "a@b@c.example",
        "véra@\nexample.org",
        "vera@exämple.org\n.",
    ],
)
def test_what_is_no_address_gets_no_mail(address):
    with pytest.raises(ValueError, match=r".+"):
        in_ascii(address)


def test_a_host_with_letters_of_its_own_is_written_in_ascii():
    assert written(address="vera@münchen.example").recipient == "vera@xn--mnchen-3ya.example"
    assert written(address="vera@straße.example").recipient == "vera@xn--strae-oqa.example"
    assert not written(address="vera@münchen.example").needs_utf8
    named = written(address="véra@example.org")
    assert named.needs_utf8
    assert named.content.startswith("To: véra@example.org\r\n".encode())


def test_a_sender_with_a_name_and_a_host_of_its_own_letters(settings):
    settings.NEWSLETTER_FROM = "The Magazine <news@münchen.example>"
    message = read(written())
    (sender,) = message["From"].addresses
    assert sender == Address("The Magazine", "news", "xn--mnchen-3ya.example")
    assert message["Reply-To"] == "news@xn--mnchen-3ya.example"
    assert message["Message-ID"].endswith("@xn--mnchen-3ya.example>")


def test_refusals_come_back_to_an_address_that_names_the_delivery():
    sender = written(delivery=1234).sender
    assert re.fullmatch(r"bounces\+1234-[0-9a-f]{16}@magazine\.example", sender)
    assert delivery_of_marked_address(sender) == 1234
    assert delivery_of_marked_address(sender.upper()) == 1234


def test_a_bounce_address_that_we_did_not_make_names_nothing():
    sender = written(delivery=1234).sender
    for other in (
        sender.replace("1234", "1235"),
        sender.replace("-", "-0"),
        "bounces@magazine.example",
        "bounces+1234@magazine.example",
        f"bounces+{'9' * 30}-{'0' * 16}@magazine.example",
        "",
    ):
        assert delivery_of_marked_address(other) is None


def test_without_an_address_for_refusals_they_come_to_the_sender(settings):
    settings.NEWSLETTER_BOUNCES = ""
    assert written().sender == "news@magazine.example"


def test_line_ends_of_every_kind_are_one_kind():
    assert quoted_printable("a\r\nb\rc\n", "m" * 32) == b"a\r\nb\r\nc\r\n"
