"""The demo magazine “The Envoy”."""

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console

from articles.management.terminal import console_on
from magazine.demo import letterhead, loading


class Command(BaseCommand):
    help = (
        "Fill the magazine with the demo. Run again, it adds what is missing and changes nothing."
    )

    def handle(self, **options: Any) -> None:
        load(console_on(self.stdout))


def load(console: Console) -> None:
    """Load articles, and what the newsletter needs. Raises CommandError as `loading.load()`
    does."""
    loading.load(console)
    letterhead.fill_in()
