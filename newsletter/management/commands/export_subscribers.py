"""All subscribers as CSV."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter import spreadsheets
from newsletter.exporting import table
from newsletter.models import MailingList, Subscriber


class Command(BaseCommand):
    help = "Write all subscribers as CSV to standard output, or to a file that is not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="the file; kept as it is if it exists")
        parser.add_argument("--list", help="only those on the list with this slug")

    def handle(self, *, to: Path | None, list: str | None, **options: Any) -> None:
        people = Subscriber.objects.all()
        if list:
            if not MailingList.objects.filter(slug=list).exists():
                raise CommandError(f"There is no list “{list}”.")
            people = people.on_list(list)
        lines = spreadsheets.lines(table(people))
        if to is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            with to.open("x", encoding="utf-8", newline="") as file:
                file.writelines(lines)
        except OSError as trouble:
            raise CommandError(str(trouble)) from None
