"""What a message in the mailbox of bounces says. Anybody may have sent it: it is hostile input.

Delivery status notifications are those of RFC 3464, complaints those of RFC 5965 (ARF).
"""

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from html import unescape

from django.utils.html import strip_tags

from newsletter.mime import BOUNCE, LEAVE, delivery_of_marked_address
from newsletter.models import Delivery, MailEvent
from newsletter.refusals import Cause, cause_of, first_enhanced, is_silent

from . import plain_text
from .plain_text import text_of

# A report stands at the beginning of a message; what comes after this is our own mail, returned.
LONGEST = 512 * 1024
# No honest report has more parts than a few; each level of nesting costs the parser a call, and
# every line is compared with every open boundary.
MOST_BOUNDARIES = 40
MOST_RECIPIENTS = 50
# Where hosts put the address to which a message came, ours for this one recipient.
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Return-Path")
MESSAGE_ID = re.compile(r"\b([0-9a-f]{32})\.([0-9]{1,18})@")


@dataclass(frozen=True)
class Report:
    """What a message reports about one recipient, by the names that it gives them."""

    kind: MailEvent.Kind
    words: str
    recipients: frozenset[str] = frozenset()
    cause: Cause | None = None
    event: str = ""
    happened_at: datetime | None = None
    delivery: Delivery | None = None


def read(content: bytes) -> list[Report]:
    """Return everything that a message reports; at least one entry, so that it can be stored. Never
    raises, whatever the message is made of."""
    content = content[:LONGEST]
    event = fingerprint(content)
    if content.lower().count(b"boundary") > MOST_BOUNDARIES:
        return [Report(MailEvent.Kind.OTHER, "Too deeply nested to be read.", event=event)]
    try:
        return list(reported_by(message_from_bytes(content), event))
    except Exception as error:  # parsers meet what their authors never saw
        words = f"Could not be read ({type(error).__name__})."
        return [Report(MailEvent.Kind.OTHER, words, event=event)]


def fingerprint(content: bytes) -> str:
    """Return the same text for a message that is fetched again, whatever programs wrote into its
    header."""
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.search(rb"^message-id:.*$", head, re.IGNORECASE | re.MULTILINE)
    return sha256((found.group().strip() if found else b"") + b"\n" + body.strip()).hexdigest()


def reported_by(message: Message, event: str) -> Iterator[Report]:
    happened_at = moment_of(message)
    if (leaving := delivery_by_mark(message, LEAVE)) and not plain_text.is_automatic(message):
        words = "Asked by mail to leave the list."
        yield Report(
            MailEvent.Kind.LEFT, words, event=event, happened_at=happened_at, delivery=leaving
        )
        return
    marked = delivery_by_mark(message)
    reports = reports_in(message, marked)
    if not reports:
        words = why_not_a_report(message)
        yield Report(MailEvent.Kind.OTHER, words, event=event, happened_at=happened_at)
        return
    named = [] if marked else deliveries_by_message_id(message)
    for number, report in enumerate(reports):
        if marked:
            delivery = marked if speaks_of(report, marked, reports) else None
        else:
            delivery = next((one for one in named if is_among(one, report.recipients)), None)
        name = f"{event}/{number}" if number else event
        yield replace(report, event=name, happened_at=happened_at, delivery=delivery)


# Reports


def reports_in(message: Message, marked: Delivery | None) -> list[Report]:
    """Read the machine-readable parts or, without any, a mail server's words."""
    reports: list[Report] = []
    for part in parts_of(message):
        kind = part.get_content_type()
        if kind == "message/disposition-notification":
            return []  # a receipt (RFC 8098)
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            reports += delivery_reports(part)
        elif kind == "message/feedback-report":
            reports += complaints(part)
        if len(reports) >= MOST_RECIPIENTS:
            break
    if not reports:
        return list(in_words_alone(message, marked))
    if len(reports) == 1 and reports[0].cause is Cause.UNCLEAR:
        return [explained(reports[0], message)]
    return reports[:MOST_RECIPIENTS]


def explained(report: Report, message: Message) -> Report:
    """Read in the words for people what the fields of a report leave unsaid."""
    text = plain_text.own_words(body_of(message))
    if not plain_text.says_why(text) or first_enhanced(report.words).startswith("4."):
        return report
    cause = plain_text.cause_in(text)
    if cause is Cause.GONE and not is_silent(report.words):
        return report  # what the frame makes of words that are not understood
    return replace(report, kind=MailEvent.Kind.of_bounce(cause), cause=cause)


def parts_of(message: Message) -> Iterator[Message]:
    """Yield the parts of the message itself, without those of mail that it returns."""
    if not message.is_multipart() or message.get_content_type().startswith("message/"):
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from parts_of(part)


def fields_of(part: Message) -> Iterator[Message]:
    """Return the groups of fields in a report. Python's parser makes messages of those of a
    delivery-status, even if they are encoded, which RFC 3464 forbids and some hosts do; those of
    other types are still text."""
    payload = part.get_payload()
    encoding = text_of(part, "Content-Transfer-Encoding").strip().lower()
    if isinstance(payload, list) and encoding in ("base64", "quoted-printable"):
        bodies = [one.get_payload() for one in payload if isinstance(one, Message)]
        text = "".join(body for body in bodies if isinstance(body, str))
        decode = a2b_base64 if encoding == "base64" else a2b_qp
        yield from groups(decode(text.encode()))
    elif isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
    else:
        yield from groups(decoded(part))


def groups(text: bytes) -> Iterator[Message]:
    for group in re.split(rb"\n\s*\n", text.replace(b"\r\n", b"\n").strip())[: 2 * MOST_RECIPIENTS]:
        yield message_from_bytes(group + b"\n\n")


def delivery_reports(part: Message) -> Iterator[Report]:
    for fields in fields_of(part):
        recipients = addresses(fields, "Final-Recipient") | addresses(fields, "Original-Recipient")
        action = text_of(fields, "Action").lower().partition("(")[0].strip()
        if not recipients and not action:
            continue  # the group that speaks of the whole message
        status = text_of(fields, "Status")
        diagnostic = text_of(fields, "Diagnostic-Code")
        if action in ("delayed", "delivered", "relayed", "expanded"):
            yield Report(MailEvent.Kind.OTHER, f"Only {action}: nothing is lost.", recipients)
            continue
        words = " ".join(f"{status} {diagnostic}".split()) or "Without a status."
        if status.strip().startswith("2."):
            yield Report(MailEvent.Kind.OTHER, words, recipients)
            continue
        cause = cause_of(diagnostic, status=status)
        yield Report(MailEvent.Kind.of_bounce(cause), words, recipients, cause)


def complaints(part: Message) -> Iterator[Report]:
    """Read the one group of a feedback report. `not-spam` is its reader's opposite of a
    complaint."""
    for fields in fields_of(part):
        feedback = text_of(fields, "Feedback-Type").strip().lower()
        if not feedback:
            continue
        recipients = addresses(fields, "Original-Rcpt-To") | addresses(fields, "Removal-Recipient")
        is_complaint = feedback in ("abuse", "fraud", "opt-out", "opt-out-list", "miscategorized")
        kind = MailEvent.Kind.COMPLAINT if is_complaint else MailEvent.Kind.OTHER
        yield Report(kind, f"Feedback of type {feedback}.", recipients)


def in_words_alone(message: Message, marked: Delivery | None) -> Iterator[Report]:
    text = plain_text.own_words(body_of(message))
    reader = marked.address.casefold() if marked else ""
    if not plain_text.is_bounce(message, text, reader=reader, is_marked=marked is not None):
        return
    found = plain_text.ADDRESS.findall(text)[:MOST_RECIPIENTS]
    recipients = addresses(message, "X-Failed-Recipients") | {one.casefold() for one in found}
    if plain_text.is_late_only(text_of(message, "Subject"), text):
        yield Report(MailEvent.Kind.OTHER, "Only delayed: nothing is lost.", recipients)
        return
    text = plain_text.about(reader, text)
    cause = plain_text.cause_in(text)
    words = plain_text.line_with_code(text)
    yield Report(MailEvent.Kind.of_bounce(cause), words, recipients, cause)


def why_not_a_report(message: Message) -> str:
    if text_of(message, "Auto-Submitted").lower().startswith("auto-replied"):
        return "An automatic reply: nothing came back."
    return "No report on a delivery."


# Whose mail it was


def speaks_of(report: Report, marked: Delivery, reports: list[Report]) -> bool:
    """Tell whether this one of the reports means the recipient whom the bounce address marks. A
    host that forwards names another address than ours: then it must be the only one."""
    if any(is_among(marked, one.recipients) for one in reports):
        return is_among(marked, report.recipients)
    return len(reports) == 1


def is_among(delivery: Delivery, addresses: frozenset[str]) -> bool:
    return delivery.address.casefold() in addresses


def delivery_by_mark(message: Message, purpose: str = BOUNCE) -> Delivery | None:
    """Return the delivery whose own address for this purpose, which nobody else can make, stands in
    the message."""
    for address in marked_addresses(message):
        if (key := delivery_of_marked_address(address, purpose)) is not None:
            return Delivery.objects.filter(pk=key).first()
    return None


def marked_addresses(message: Message) -> Iterator[str]:
    for name in ADDRESSED:
        yield from sorted(addresses(message, name))
    for part in parts_of(message):
        if part.get_content_type() == "message/feedback-report":
            for fields in fields_of(part):
                yield from sorted(addresses(fields, "Original-Mail-From"))
        for header in returned(part):
            yield from sorted(addresses(header, "Return-Path"))


def deliveries_by_message_id(message: Message) -> list[Delivery]:
    """Return the deliveries whose Message-ID stands in the returned mail. Every reader of an issue
    can write such a name, so its recipient must be named as well."""
    found: set[tuple[str, str]] = set()
    for part in parts_of(message):
        for header in returned(part):
            found |= set(MESSAGE_ID.findall(text_of(header, "Message-ID")))
    found |= set(MESSAGE_ID.findall(body_of(message)))  # of a copy within the text
    return deliveries_named(found)


def deliveries_named(found: set[tuple[str, str]]) -> list[Delivery]:
    wanted = {int(key): number for number, key in sorted(found)[:MOST_RECIPIENTS]}
    rows = Delivery.objects.filter(pk__in=wanted).select_related("issue")
    return [row for row in rows if row.issue.number.hex == wanted[row.pk]]


def returned(part: Message) -> Iterator[Message]:
    kind = part.get_content_type()
    if kind in ("message/rfc822", "message/global"):
        payload = part.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            yield payload[0]
    elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        yield message_from_bytes(decoded(part))


# Fields


def addresses(fields: Message, name: str) -> frozenset[str]:
    """Return the e-mail addresses in a field, in lower case; of a typed one (`rfc822;
    ada@example.org`) too."""
    values = [
        str(value)[:2_000].rpartition(";")[2].strip() for value in fields.get_all(name, [])[:20]
    ]
    found = {address.casefold() for _, address in getaddresses(values)}
    return frozenset(address for address in found if "@" in address or name == "From")


def moment_of(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message["Date"]))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def body_of(message: Message) -> str:
    texts = {one.get_content_type(): one for one in reversed(list(parts_of(message)))}
    for kind, readable in (("text/plain", str), ("text/html", without_tags)):
        if kind in texts:
            content = decoded(texts[kind])[:20_000]
            return readable(plain_text.in_letters(content, texts[kind].get_content_charset()))
    return ""


def without_tags(html: str) -> str:
    return unescape(strip_tags(html.replace("<", " <")))


def decoded(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
