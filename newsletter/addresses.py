"""Mail addresses: what is one, when two are the same, and what stands for one in the database."""

import hashlib
import hmac

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from .models.letterhead import Letterhead


class NotAnAddress(ValueError):
    """The words say what is wrong, for the person who typed it."""


def read(typed: str) -> ValidatedEmail:
    """Its parts. Raises NotAnAddress. No look-up is made."""
    try:
        return validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError as fault:
        raise NotAnAddress(str(fault)) from None


def cleaned(typed: str) -> str:
    """An address as people are shown it: its host in lower case and, where it has letters beyond
    ASCII, spelled with them. Raises NotAnAddress."""
    return read(typed).normalized


def ascii_of(address: str) -> str | None:
    """As every mail server takes it: the host in ASCII by IDNA 2008 (RFC 5891). Django would spell
    some hosts by IDNA 2003, which is another host: `straße.de` there is `strasse.de`. None where
    the part before the @ has letters beyond ASCII, for which few servers have a way (RFC 6531)."""
    return read(address).ascii_email


def key_of(address: str) -> str:
    """The same for every spelling of one person's address: whatever its case, and whether its host
    is written with its own letters or in ASCII (RFC 5891).

    By RFC 5321 the part before the @ may differ in case alone; no provider lets it.
    """
    return key_of_parts(read(address))


def key_of_parts(parts: ValidatedEmail) -> str:
    return f"{parts.local_part.casefold()}@{parts.ascii_domain.lower()}"


def digest_of(address: str, secret: str = "") -> str:
    """What stands for an address where the address itself may not be kept: 64 hex digits, which
    nobody without the letterhead's secret can make from a list of addresses (HMAC-SHA256).

    Who has many to make fetches the secret once and hands it in.
    """
    return digest_of_key(key_of(address), secret or Letterhead.objects.current().secret)


def digest_of_key(key: str, secret: str) -> str:
    return hmac.new(bytes.fromhex(secret), key.encode(), hashlib.sha256).hexdigest()
