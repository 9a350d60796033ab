"""Bounces and complaints out of a mailbox."""

import sys
from argparse import ArgumentParser
from collections import Counter
from contextlib import closing
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from newsletter.bounces import mailboxes, reading
from newsletter.bounces.applying import apply_mail_events
from newsletter.models import MailEvent


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
        while done := apply_mail_events():
            applied += done
        report = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
        self.stdout.write(f"New: {report or 'nothing'}. Applied: {applied}.")


def empty(counts: Counter[str]) -> None:
    try:
        with closing(mailboxes.messages(settings.NEWSLETTER_BOUNCE_MAILBOX)) as messages:
            for content in messages:
                store(content, counts)
    except mailboxes.MailboxTrouble as trouble:
        raise CommandError(f"The mailbox: {trouble}") from None


@transaction.atomic
def store(content: bytes, counts: Counter[str]) -> None:
    raw = content.decode("utf-8", "replace")
    for report in reading.read(content):
        is_new = MailEvent.objects.receive(
            "mailbox",
            report.event,
            kind=report.kind,
            cause=report.cause or "",
            happened_at=report.happened_at,
            address=min(report.recipients, default=""),
            delivery=report.delivery,
            raw=raw,
            outcome=report.words,
        )
        counts[str(report.kind) if is_new else "known already"] += 1
