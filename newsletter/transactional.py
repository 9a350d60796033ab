"""Mails to one person, by the templates in `templates/newsletter/mail/`."""

import re
from email.headerregistry import Address
from email.utils import make_msgid, parseaddr
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from articles.models import Publication

from .addresses import ascii_of
from .models.letterhead import Letterhead

# Styles must stand on the elements: programs throw away the sheet, or prefix its selectors. What a
# dark screen wants stays in the head.
INLINER = CSSInliner(
    keep_at_rules=True,
    minify_css=True,
    remove_inlined_selectors=True,
    load_remote_stylesheets=False,
)

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def build_email(
    name: str, to: str, *, letterhead: Letterhead, **context: Any
) -> EmailMultiAlternatives:
    """Render the mail of this name in text and HTML, without sending it. Raises ValueError for an
    address that no mail can be sent to."""
    recipient = ascii_of(to)
    if recipient is None:
        raise ValueError(f"no mail server takes {to!r}")
    publication = Publication.objects.current()
    sender = letterhead.sender_name or publication.name
    context |= {"publication": publication, "letterhead": letterhead, "to": to}
    subject, text, html = (
        render_to_string(f"newsletter/mail/{name}.{part}", context)
        for part in ("subject.txt", "txt", "html")
    )
    _, address = parseaddr(settings.NEWSLETTER_FROM)
    message = EmailMultiAlternatives(
        one_line(subject),
        text.strip() + "\n",
        str(Address(one_line(sender), addr_spec=address)),
        [recipient],
        reply_to=[letterhead.reply_to] if letterhead.reply_to else None,
        headers={
            "Message-ID": make_msgid(domain=address.rpartition("@")[2]),
            # RFC 3834: nobody's holiday note is to answer.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(INLINER.inline(html), "text/html")
    return message


def one_line(words: str) -> str:
    """Put what an editor typed on one line, without control characters: it cannot end a header."""
    return " ".join(CONTROLS.sub(" ", words).split())
