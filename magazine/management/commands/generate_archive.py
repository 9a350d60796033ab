"""Synthetic articles in bulk, for measuring."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.management.terminal import console_on
from magazine.demo import archive


class Command(BaseCommand):
    help = (
        "Bring the synthetic articles of a seed to N, over the last twenty years. Killed at any "
        "moment and run again, it goes on; with a larger N it adds what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "count",
            metavar="N",
            type=int,
            help="how many articles of the seed there are afterwards",
        )
        parser.add_argument("--seed", type=int, default=1, help="default: 1")

    def handle(self, *, count: int, seed: int, **options: Any) -> None:
        if not 1 <= count <= archive.MOST:
            raise CommandError(f"N is a number from 1 to {archive.MOST}, not {count}.")
        archive.generate(count, seed, console_on(self.stdout))
