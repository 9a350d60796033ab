"""Prose that was stored under an older policy."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles import prose
from articles.management.terminal import console_on, progress_on
from articles.models import Article, Page


class Command(BaseCommand):
    help = (
        "Save again all prose that was stored under an older policy. It can be stopped at any "
        "moment and run again; with nothing to do it changes nothing."
    )

    def handle(self, **options: Any) -> None:
        console = console_on(self.stdout)
        models: list[type[Article] | type[Page]] = [Article, Page]
        for model in models:
            older = model._base_manager.filter(prose_policy__lt=prose.POLICY_VERSION)
            keys = list(older.order_by("pk").values_list("pk", flat=True))
            name = str(model._meta.verbose_name_plural)
            with progress_on(console) as progress:
                for key in progress.track(keys, description=name):
                    # Locked, so that what an editor saves at this moment is not overwritten.
                    with transaction.atomic():
                        if row := older.select_for_update().filter(pk=key).first():
                            row.save(update_fields=model.body_columns)
            console.print(f"{name}: {len(keys)} saved again")
