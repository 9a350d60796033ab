"""A stand-in until the mails themselves are made here."""

import hmac
from hashlib import sha256

from .models import Letterhead


def bounce_mark(key: int) -> str:
    secret = bytes.fromhex(Letterhead.objects.current().secret)
    return hmac.new(secret, str(key).encode(), sha256).hexdigest()[:16]


def delivery_of_bounce_address(address: str) -> int | None:
    """The key of the delivery whose bounce address this is; None for any other."""
    key, _, mark = address.partition("@")[0].rpartition("+")[2].partition("-")
    if key.isdecimal() and len(key) < 19 and hmac.compare_digest(mark, bounce_mark(int(key))):
        return int(key)
    return None
