"""The demo magazine “The Envoy”."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.demo.loading import load
from articles.management.terminal import console_on


class Command(BaseCommand):
    help = (
        "Fill the magazine with the demo. Run again, it adds what is missing and changes nothing."
    )

    def handle(self, **options: Any) -> None:
        load(console_on(self.stdout))
