"""What a message in the mailbox of bounces says. Anybody may have sent it: it is hostile input.

Delivery status notifications are those of RFC 3464, complaints those of RFC 5965 (ARF).
"""

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from newsletter.models import Delivery, Notice

from .statuses import ENHANCED, kind_of_status

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
class Told:
    """What one message says of one recipient."""

    event: str
    kind: Notice.Kind
    happened_at: datetime | None
    address: str = ""
    delivery: Delivery | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Report:
    """A recipient as a report names it, and what it says."""

    recipients: frozenset[str]
    kind: Notice.Kind
    words: str


def read(content: bytes) -> list[Told]:
    """Everything that a message tells; at least one entry, so that it can be stored.

    Never raises, whatever the message is made of.
    """
    content = content[:LONGEST]
    event = fingerprint(content)
    if content.lower().count(b"boundary") > MOST_BOUNDARIES:
        return [Told(event, Notice.Kind.OTHER, None, outcome="Too deeply nested to be read.")]
    try:
        return list(told_by(message_from_bytes(content), event))
    except Exception as error:  # parsers meet what their authors never saw
        words = f"Could not be read ({type(error).__name__})."
        return [Told(event, Notice.Kind.OTHER, None, outcome=words)]


def fingerprint(content: bytes) -> str:
    """The same for a message that is fetched again, whatever programs wrote into its header."""
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.search(rb"^message-id:.*$", head, re.IGNORECASE | re.MULTILINE)
    return sha256((found.group().strip() if found else b"") + b"\n" + body.strip()).hexdigest()


def told_by(message: Message, event: str) -> Iterator[Told]:
    happened_at = moment_of(message)
    reports = reports_in(message)
    if not reports:
        yield Told(event, Notice.Kind.OTHER, happened_at, outcome=why_not_a_report(message))
        return
    marked = delivery_by_mark(message)
    named = None if marked else deliveries_by_message_id(message)
    for number, report in enumerate(reports):
        if marked:
            delivery = marked if speaks_of(report, marked, reports) else None
        else:
            delivery = next((one for one in named or [] if is_among(one, report.recipients)), None)
        yield Told(
            event if number == 0 else f"{event}/{number}",
            report.kind,
            happened_at,
            address=min(report.recipients, default=""),
            delivery=delivery,
            outcome=report.words,
        )


# Reports


def reports_in(message: Message) -> list[Report]:
    """What the machine-readable parts say; without any, what an old mail server's words say."""
    reports: list[Report] = []
    for part in parts_of(message):
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            reports += delivery_reports(part)
        elif kind == "message/feedback-report":
            reports += complaints(part)
        if len(reports) >= MOST_RECIPIENTS:
            break
    if not reports and is_from_a_server(message):
        reports = [in_words_alone(message)]
    return reports[:MOST_RECIPIENTS]


def parts_of(message: Message) -> Iterator[Message]:
    """The parts of the message itself; not those of mail that it returns."""
    if not message.is_multipart() or message.get_content_type().startswith("message/"):
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from parts_of(part)


def fields_of(part: Message) -> Iterator[Message]:
    """The groups of fields in a report.

    Python's parser makes messages of those of a delivery-status, even where they are encoded, which
    RFC 3464 forbids and some hosts do; those of other types are still text.
    """
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
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            yield from groups(decoded)


def groups(text: bytes) -> Iterator[Message]:
    for group in re.split(rb"\n\s*\n", text.replace(b"\r\n", b"\n").strip())[: 2 * MOST_RECIPIENTS]:
        yield message_from_bytes(group + b"\n\n")


def delivery_reports(part: Message) -> Iterator[Report]:
    for fields in fields_of(part):
        recipients = addresses(fields, "Final-Recipient") | addresses(fields, "Original-Recipient")
        action = text_of(fields, "Action").strip().lower()
        if not recipients and not action:
            continue  # the group that speaks of the whole message
        status = text_of(fields, "Status")
        diagnostic = text_of(fields, "Diagnostic-Code")
        if action in ("delayed", "delivered", "relayed", "expanded"):
            yield Report(recipients, Notice.Kind.OTHER, f"Only {action}: nothing is lost.")
            continue
        words = " ".join(f"{status} {diagnostic}".split()) or "Without a status."
        yield Report(recipients, kind_of_status(status, diagnostic), words)


def complaints(part: Message) -> Iterator[Report]:
    """The one group of a feedback report. `not-spam` is its reader's opposite of a complaint."""
    for fields in fields_of(part):
        feedback = text_of(fields, "Feedback-Type").strip().lower()
        if not feedback:
            continue
        recipients = addresses(fields, "Original-Rcpt-To") | addresses(fields, "Removal-Recipient")
        is_complaint = feedback in ("abuse", "fraud", "opt-out", "opt-out-list", "miscategorized")
        kind = Notice.Kind.COMPLAINT if is_complaint else Notice.Kind.OTHER
        yield Report(recipients, kind, f"Feedback of type {feedback}.")


def in_words_alone(message: Message) -> Report:
    """A bounce from before RFC 3464. Words are guessed at, so it never counts as hard."""
    text = body_of(message)
    found = ENHANCED.search(text)
    return Report(frozenset(), Notice.Kind.SOFT, found[0] if found else "Without a status.")


def is_from_a_server(message: Message) -> bool:
    """Whether a mail server sent it, and no person's absence note (RFC 3834) or robot."""
    if "auto-replied" in text_of(message, "Auto-Submitted").lower():
        return False
    if message["X-Autoreply"] or message["X-Autorespond"]:
        return False
    senders = {address.partition("@")[0] for address in addresses(message, "From")}
    return bool(senders & {"mailer-daemon", "postmaster"})


def why_not_a_report(message: Message) -> str:
    if text_of(message, "Auto-Submitted").lower().startswith("auto-replied"):
        return "An automatic reply: nothing came back."
    return "No report on a delivery."


# Whose mail it was


def speaks_of(report: Report, marked: Delivery, reports: list[Report]) -> bool:
    """Whether this one of the reports means the recipient whom the bounce address marks.

    A host that forwards names another address than ours: then it must be the only one.
    """
    if any(is_among(marked, one.recipients) for one in reports):
        return is_among(marked, report.recipients)
    return len(reports) == 1


def is_among(delivery: Delivery, addresses: frozenset[str]) -> bool:
    return delivery.address.casefold() in addresses


def delivery_by_mark(message: Message) -> Delivery | None:
    """The delivery whose own bounce address, which nobody else can make, stands in the message."""
    from newsletter.message import delivery_of_bounce_address

    for address in marked_addresses(message):
        if (key := delivery_of_bounce_address(address)) is not None:
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
    """Those whose Message-ID stands in the mail that came back. Every reader of an issue can write
    such a name, so its recipient must be named as well."""
    found: set[tuple[str, str]] = set()
    for part in parts_of(message):
        for header in returned(part):
            found |= set(MESSAGE_ID.findall(text_of(header, "Message-ID")))
    return deliveries_named(found)


def deliveries_named(found: set[tuple[str, str]]) -> list[Delivery]:
    wanted = {int(key): number for number, key in sorted(found)[:MOST_RECIPIENTS]}
    rows = Delivery.objects.filter(pk__in=wanted).select_related("issue")
    return [row for row in rows if row.issue.number.hex == wanted[row.pk]]


def returned(part: Message) -> Iterator[Message]:
    """The header of the mail that a part returns."""
    kind = part.get_content_type()
    if kind in ("message/rfc822", "message/global"):
        payload = part.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            yield payload[0]
    elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            yield message_from_bytes(decoded)


# Fields


def text_of(fields: Message, name: str) -> str:
    """A field in readable letters, all of its occurrences in a row."""
    words = []
    for value in fields.get_all(name, [])[:20]:
        try:
            for chunk, charset in decode_header(str(value)[:2_000]):
                if isinstance(chunk, str):
                    words.append(chunk)
                else:
                    words.append(chunk.decode(charset or "ascii", "replace"))
        except (LookupError, ValueError):
            words.append(str(value))
    return " ".join(words)


def addresses(fields: Message, name: str) -> frozenset[str]:
    """The addresses in a field, in lower case; of a typed one (`rfc822; ada@example.org`) too."""
    values = [
        str(value)[:2_000].rpartition(";")[2].strip() for value in fields.get_all(name, [])[:20]
    ]
    found = {address.casefold() for _, address in getaddresses(values)}
    return frozenset(address for address in found if "@" in address or name == "From")


def moment_of(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError, OverflowError):
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None


def body_of(message: Message) -> str:
    for part in parts_of(message):
        if part.get_content_type() == "text/plain":
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                return decoded[:20_000].decode("utf-8", "replace")
    return ""
