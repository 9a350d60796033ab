"""The bytes of one recipient's mail, from an issue that is frozen.

The issue is encoded once. For each recipient the marker in it is replaced by the key of their
subscription, and a few headers go in front: a mail of 70 KB costs microseconds.
"""

import hmac
import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.urls import reverse
from email_validator import validate_email

from articles.models import Publication
from articles.structured_data import absolute

from .models import Issue, Letterhead
from .models.subscribers import KEY_LENGTH
from .transactional import one_line

EOL = b"\r\n"
SOFT_BREAK = b"=\r\n"
LONGEST_LINE = 76

KEY = re.compile(rf"[A-Za-z0-9_-]{{{KEY_LENGTH}}}")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
# What comes to a marked address of ours: a mail that did not get through, or a wish to leave.
BOUNCE, LEAVE = "bounce", "leave"
PREFIXES = {BOUNCE: "", LEAVE: "leave-"}
LEAVE_ADDRESS = "{leave-address}"  # in the common headers, until the recipient is known
MARK_LENGTH = 16  # hex digits: 64 bits, for a mark that opens nothing but the count of bounces


@dataclass(frozen=True)
class WireMail:
    """A mail as it goes over the wire: lines end with CRLF and none begins with a dot, so that
    nothing is to be escaped (RFC 5321, 4.5.2)."""

    sender: str  # of the envelope: where refusals come back
    recipient: str
    content: bytes

    @property
    def needs_utf8(self) -> bool:
        """Tell whether the recipient's name has letters beyond ASCII: the server must know RFC
        6531."""
        return not self.recipient.isascii()


class IssueMessage:
    """An issue as mail. Raises ValueError if NEWSLETTER_FROM is no address."""

    def __init__(self, issue: Issue, letterhead: Letterhead) -> None:
        name, address = parseaddr(settings.NEWSLETTER_FROM)
        self.address = in_ascii(address)
        self.domain = self.address.rpartition("@")[2]
        self.bounces = in_ascii(parseaddr(settings.NEWSLETTER_BOUNCES)[1] or address)
        self.secret = letterhead.secret
        self.number = issue.number.hex
        # No encoded line holds it: after = come two hex digits or the end of the line.
        self.boundary = f"=_{self.number}"
        name = letterhead.sender_name or name or str(Publication.objects.current())
        mail = EOL.join([*self.common_headers(issue, letterhead, name), b"", self.body(issue)])
        self.pieces = mail.split(issue.marker.encode())

    def common_headers(self, issue: Issue, letterhead: Letterhead, name: str) -> list[bytes]:
        """Return the headers that all recipients share, but for the marker."""
        mailing_list = issue.list
        leave = f"<{absolute(reverse('leave', args=[issue.marker]))}>"  # RFC 8058
        if settings.NEWSLETTER_BOUNCES:
            leave += f",\r\n <mailto:{LEAVE_ADDRESS}?subject=unsubscribe>"  # RFC 2369
        feedback = f"{issue.pk}:{mailing_list.slug}:issue:{self.domain.replace('.', '-')}"
        return [
            b"From: " + mailbox(name, self.address),
            b"Reply-To: " + in_ascii(letterhead.reply_to or self.address).encode(),
            b"Subject: " + words(issue.subject, taken=len("Subject: ")),
            b"List-Id: " + mailbox(mailing_list.name, f"{mailing_list.slug}.{self.domain}"),
            f"List-Unsubscribe: {leave}".encode("ascii"),
            b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            f"List-Archive: <{absolute(reverse('issues'))}>".encode("ascii"),
            b"List-Post: NO",
            b"Precedence: bulk",
            b"X-Auto-Response-Suppress: All",
            f"Feedback-ID: {feedback}".encode("ascii"),
            b"MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{self.boundary}"'.encode("ascii"),
        ]

    def body(self, issue: Issue) -> bytes:
        lines = []
        for kind, text in (("plain", issue.text), ("html", issue.html)):
            lines += [
                f"--{self.boundary}".encode(),
                f'Content-Type: text/{kind}; charset="utf-8"'.encode(),
                b"Content-Transfer-Encoding: quoted-printable",
                b"",
                quoted_printable(text, issue.marker),
            ]
        return EOL.join([*lines, f"--{self.boundary}--".encode(), b""])

    def mail(self, delivery: int, address: str, key: str, at: datetime) -> WireMail:
        """Write the mail of one recipient. Written again, it has the same Message-ID. Raises
        ValueError for what is no address, or no key."""
        if not KEY.fullmatch(key):
            raise ValueError("The key of the subscription is none.")
        recipient = in_ascii(address)
        own = (
            f"To: {recipient}\r\nDate: {format_datetime(at)}\r\n"
            f"Message-ID: <{self.number}.{delivery}@{self.domain}>\r\n"
        )
        leave = self.marked_address(delivery, LEAVE).encode()
        content = own.encode() + key.encode().join(self.pieces)
        content = content.replace(LEAVE_ADDRESS.encode(), leave, 1)
        return WireMail(self.bounce_address(delivery), recipient, content)

    def bounce_address(self, delivery: int) -> str:
        """Return the address to which bounces of this mail come back; the plain sender if the
        operator has named no address for them, since not every mailbox takes what follows a plus
        sign."""
        if not settings.NEWSLETTER_BOUNCES:
            return self.bounces
        return self.marked_address(delivery)

    def marked_address(self, delivery: int, purpose: str = BOUNCE) -> str:
        local, _, host = self.bounces.rpartition("@")
        made = mark(delivery, self.secret, purpose)
        return f"{local}+{PREFIXES[purpose]}{delivery}-{made}@{host}"


def mark(delivery: int, secret: str, purpose: str = BOUNCE) -> str:
    made = hmac.digest(bytes.fromhex(secret), f"{purpose} of {delivery}".encode(), "sha256")
    return made.hex()[:MARK_LENGTH]


def delivery_of_marked_address(address: str, purpose: str = BOUNCE) -> int | None:
    """Return the key of the delivery that this address marks; None if the mark is not ours. Mail
    servers may have changed its case."""
    pattern = rf"\+{PREFIXES[purpose]}(\d{{1,18}})-([0-9a-f]{{{MARK_LENGTH}}})@"
    found = re.search(pattern, address.lower())
    if not found:
        return None
    delivery = int(found[1])
    expected = mark(delivery, Letterhead.objects.current().secret, purpose)
    return delivery if hmac.compare_digest(found[2], expected) else None


def words(text: str, taken: int = 0) -> bytes:
    """Encode the value of a header (RFC 5322, 2.2.3), in encoded words if it needs them (RFC 2047).
    `taken` characters of the first line are used already."""
    text = one_line(text)
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    header = Header(text, charset, maxlinelen=LONGEST_LINE, header_name="x" * max(0, taken - 2))
    return header.encode(linesep="\r\n").encode("ascii")


def mailbox(name: str, address: str) -> bytes:
    """Join a name and an address; the name in quotes if it is ASCII."""
    name = one_line(name)
    if name.isascii() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'.encode("ascii")
    return words(name, taken=12) + EOL + f" <{address}>".encode("ascii")


def in_ascii(address: str) -> str:
    """Return the address as the envelope wants it: its host in ASCII (RFC 5891). Only the part
    before the @ may keep letters of its own. Raises ValueError for what is no address."""
    if not address.isascii():
        found = validate_email(address, check_deliverability=False, test_environment=True)
        return f"{found.local_part}@{found.ascii_domain}"
    if not re.fullmatch(r"[^@\s<>()\[\],;:\\\"\x00-\x1f\x7f]+@[A-Za-z0-9.-]+", address):
        raise ValueError("This is no address to which mail can be sent.")
    return address


def quoted_printable(text: str, marker: str) -> bytes:
    """Encode in lines of at most 76 ASCII characters (RFC 2045, 6.7), none beginning with a dot.
    The marker is never broken: it stands on a line of its own, and so will the key, which is as
    long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    pieces = [encoded_piece(piece) for piece in text.split(marker)]
    encoded = (SOFT_BREAK + marker.encode() + SOFT_BREAK).join(pieces)
    while LEADING_DOT.search(encoded):
        encoded = LEADING_DOT.sub(b"=2E=\r\n", encoded)
    return encoded


def encoded_piece(text: str) -> bytes:
    """Encode a piece whose last line leaves room for the soft break that may follow it."""
    encoded = b2a_qp(text.encode(), istext=True).replace(b"\n", EOL)
    if len(encoded.rpartition(EOL)[2]) < LONGEST_LINE:
        return encoded
    cut = -3 if encoded[-3:-2] == b"=" else -1
    return encoded[:cut] + SOFT_BREAK + encoded[cut:]
