"""People who agreed elsewhere, from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.management.terminal import console_on, progress_on
from newsletter import importing
from newsletter.importing.storing import report
from newsletter.models import AddressFile, AddressLine, MailingList


class Command(BaseCommand):
    help = (
        "Import subscribers from a CSV file with a column “email”, and perhaps “confirmed” (when) "
        "and “consent” (how). Cut off, it can be run again: who is on the list is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", required=True, help="the slug of the mailing list")
        parser.add_argument(
            "--consent",
            required=True,
            help="how and when these people agreed; kept with each of them",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would become of each line"
        )

    def handle(self, *, file: Path, list: str, consent: str, **options: Any) -> None:
        console = console_on(self.stdout)
        to = MailingList.objects.filter(slug=list).first()
        if to is None:
            known = ", ".join(MailingList.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no list “{list}”. Lists: {known}.")
        if not consent.strip():
            raise CommandError("Say how they agreed. Without that, nobody may be written to.")
        try:
            with file.open("rb") as content, progress_on(console) as progress:
                progress.add_task("Looking it through", total=None)
                received = importing.receive(
                    content, name=file.name, to=to, wording=consent, by=None
                )
        except (OSError, importing.UnreadableFile) as fault:
            raise CommandError(f"Nothing was imported. {fault}") from None
        try:
            if not options["dry_run"]:
                with progress_on(console) as progress:
                    total = received.lines.to_take().count()
                    task = progress.add_task("Importing", total=total)
                    while not importing.take_some(received.pk, "manage.py"):
                        left = received.lines.to_take().count()
                        progress.update(task, completed=total - left)
            lines = report(received)
            next(lines)  # the names of the columns
            for line in lines:
                if options["dry_run"] or line[2] != "imported":
                    console.print(": ".join(str(cell) for cell in line if cell != ""))
            console.print(summary(received, is_done=not options["dry_run"]))
        finally:
            received.delete()


def summary(received: AddressFile, *, is_done: bool) -> str:
    counts = received.counts()
    taken = sum(counts[outcome] for outcome in AddressLine.TAKEN)
    others = [
        f"{number} {AddressLine.Outcome(outcome).label}"
        for outcome, number in counts.items()
        if number and outcome not in AddressLine.TAKEN
    ]
    return ", ".join([f"{taken} {'imported' if is_done else 'would be imported'}", *others])
