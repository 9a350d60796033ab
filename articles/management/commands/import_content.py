"""Articles from a JSON file, with its pictures beside it."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles import importing
from articles.importing import ImportStatus
from articles.management.terminal import console_on, progress_on


class Command(BaseCommand):
    help = (
        "Import articles from a JSON file. Run again, it changes only what has changed in the file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the JSON file; pictures lie in its folder")

    def handle(self, *, file: Path, **options: Any) -> None:
        console = console_on(self.stdout)
        counts: Counter[ImportStatus] = Counter()
        try:
            content = importing.read(file)
            with progress_on(console) as progress:
                results = importing.import_entries(content)
                for result in progress.track(
                    results, total=len(content.entries), description="Importing"
                ):
                    console.print(str(result))
                    counts[result.status] += 1
            console.print(f"newsletter blurb: {importing.take_blurb(content)}")
        except importing.UnreadableFile as error:
            raise CommandError(f"Nothing was imported. {error}") from None
        except (KeyboardInterrupt, DatabaseError) as error:
            stopped = f"Stopped after {counts.total()} articles; run it again to go on."
            said = " ".join(str(error).split())
            raise CommandError(
                f"{stopped} The database said: {said}" if said else stopped
            ) from None
        tally = ", ".join(f"{counts[status]} {status}" for status in ImportStatus)
        console.print(f"{counts.total()} articles: {tally}")
        if counts[ImportStatus.REFUSED]:
            raise CommandError(f"{counts[ImportStatus.REFUSED]} of the articles were refused.")
