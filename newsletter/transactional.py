"""Mails to one person, by the templates in `templates/newsletter/mail/`."""

from email.headerregistry import Address
from email.utils import make_msgid, parseaddr
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from articles.models import Publication

from .addresses import ascii_of
from .models.letterhead import Letterhead

# Styles stand where every mail program looks for them; what a dark screen wants stays in the head.
INLINER = CSSInliner(keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)


def absolute(view: str, *arguments: str) -> str:
    """The full address of a page, under the one that readers use."""
    return settings.SITE_URL + reverse(view, args=arguments)


def letter(name: str, to: str, *, letterhead: Letterhead, **context: Any) -> EmailMultiAlternatives:
    """The mail of this name in text and HTML, not sent yet. Raises ValueError for an address that
    no mail can be sent to."""
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
    """What an editor typed, fit for a header."""
    return " ".join(words.split())
