"""What a mail server's code says of an address."""

import re

from newsletter.models import Notice

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# Of “addressing” (X.1.Y in RFC 3463) these speak of our own address.
OF_THE_SENDER = {"7", "8", "9"}


def kind_of_status(status: str, diagnostic: str = "") -> Notice.Kind:
    """Whether the address itself is dead, or only this mail was not taken.

    `status` is an enhanced code (RFC 3463) such as 5.1.1; the words of the server that refused,
    `diagnostic`, often hold one that says more than 5.0.0, and then it counts.

    Only what says that there is no such mailbox is hard: a host that dislikes us, our content or
    our speed (5.7.1), or is full (5.2.2), refuses thousands at once who still want their mail.
    """
    code = ENHANCED.search(status)
    if (code is None or code.group(2, 3) == ("0", "0")) and (exact := ENHANCED.search(diagnostic)):
        code = exact
    if code is None:
        return Notice.Kind.SOFT
    status_class, subject, detail = code.groups()
    if status_class == "2":
        return Notice.Kind.OTHER
    is_addressing = subject == "1" and detail not in OF_THE_SENDER
    is_disabled = (subject, detail) == ("2", "1")
    if status_class == "5" and (is_addressing or is_disabled):
        return Notice.Kind.HARD
    return Notice.Kind.SOFT
