"""Articles from a JSON file, with its pictures beside it."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles import importing
from articles.importing import Verdict
from articles.management.terminal import console_on, progress_on


class Command(BaseCommand):
    help = (
        "Import articles from a JSON file. Run again, it changes only what has changed in the file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the JSON file; pictures lie in its folder")

    def handle(self, *, file: Path, **options: Any) -> None:
        console = console_on(self.stdout)
        counts: Counter[Verdict] = Counter()
        try:
            content = importing.read(file)
            with progress_on(console) as progress:
                outcomes = importing.import_entries(content)
                for outcome in progress.track(
                    outcomes, total=len(content.entries), description="Importing"
                ):
                    console.print(str(outcome))
                    counts[outcome.verdict] += 1
            console.print(f"newsletter blurb: {importing.take_blurb(content)}")
        except importing.UnreadableFile as error:
            raise CommandError(f"Nothing was imported. {error}") from None
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped after {counts.total()} articles; run it again to go on."
            ) from None
        except DatabaseError as error:
            raise CommandError(
                f"Stopped after {counts.total()} articles; run it again to go on. "
                f"The database said: {' '.join(str(error).split())}"
            ) from None
        tally = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict)
        console.print(f"{counts.total()} articles: {tally}")
        if counts[Verdict.REFUSED]:
            raise CommandError(f"{counts[Verdict.REFUSED]} of the articles were refused.")
