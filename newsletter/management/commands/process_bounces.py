"""Bounces and complaints out of a mailbox."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from newsletter.bounces import apply_notices, mailboxes, reading
from newsletter.models import Notice


class Command(BaseCommand):
    help = (
        "Read what came back to the mailbox of NEWSLETTER_BOUNCE_MAILBOX, store it, put the "
        "messages away (into the folder Processed), and act on it. Safe to run twice, or cut off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--stdin",
            action="store_true",
            help="one message on standard input instead, as a mail server's pipe delivers it",
        )

    def handle(self, *, stdin: bool, **options: Any) -> None:
        counts: Counter[str] = Counter()
        if stdin:
            source = cast(BinaryIO, getattr(sys.stdin, "buffer", sys.stdin))
            store(source.read(reading.LONGEST), counts)
        else:
            empty(counts)
        applied = 0
        while done := apply_notices():
            applied += done
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
        self.stdout.write(f"New: {told or 'nothing'}. Applied: {applied}.")


def empty(counts: Counter[str]) -> None:
    """Store and put away what lies in the mailbox, one message after another."""
    try:
        parts = mailboxes.parsed(settings.NEWSLETTER_BOUNCE_MAILBOX)
        if parts is None:
            raise CommandError(
                f"NEWSLETTER_BOUNCE_MAILBOX is empty. Set it to {mailboxes.KINDS}, or use --stdin."
            )
        with mailboxes.opened(parts) as mailbox:
            for message in mailbox.messages():
                store(message.content, counts)
                mailbox.put_away(message.key)
    except mailboxes.MailboxTrouble as trouble:
        raise CommandError(f"The mailbox: {trouble}") from None


@transaction.atomic
def store(content: bytes, counts: Counter[str]) -> None:
    """Keep all that a message tells, or nothing of it."""
    raw = content.decode("utf-8", "replace")
    for told in reading.read(content):
        is_new = Notice.objects.receive(
            "mailbox",
            told.event,
            kind=told.kind,
            happened_at=told.happened_at,
            address=told.address,
            delivery=told.delivery,
            raw=raw,
            outcome=told.outcome,
        )
        counts[str(told.kind) if is_new else "known already"] += 1
