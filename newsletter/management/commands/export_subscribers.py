"""All subscribers as CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter import spreadsheets
from newsletter.exporting import table, whole_table
from newsletter.models import MailingList, Subscriber


class Command(BaseCommand):
    help = (
        "Write all subscribers as CSV to standard output, or to a file that is not there yet. "
        "With everybody come the digests of those who were erased, and the secret behind them: "
        "import_subscribers on a new server then brings nobody back. Keep the file as a password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="the file; kept as it is if it exists")
        parser.add_argument("--list", help="only those on the list with this slug")

    def handle(self, *, to: Path | None, list: str | None, **options: Any) -> None:
        if list and not MailingList.objects.filter(slug=list).exists():
            raise CommandError(f"There is no list “{list}”.")
        rows = table(Subscriber.objects.on_list(list)) if list else whole_table()
        lines = spreadsheets.lines(rows)
        if to is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            with to.open("x", encoding="utf-8", newline="") as file:
                file.writelines(lines)
        except OSError as trouble:
            raise CommandError(str(trouble)) from None
