from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from articles import renditions
from articles.models import Image


class Command(BaseCommand):
    help = "Makes the sizes of pictures that are missing, from the stored masters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="Make the others anew as well: after the widths or qualities were changed.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = lost = 0
        images = Image.objects.order_by("pk")
        for image in track(images.iterator(), "Pictures", total=images.count()):
            shapes = list(renditions.SHAPES) if options["all"] else image.missing_shapes
            if not shapes:
                continue
            try:
                image.remake(shapes)
                made += 1
            except (OSError, renditions.ImageRefused) as error:
                lost += 1
                self.stderr.write(f"Picture {image.pk} ({image}): {error}")
        self.stdout.write(
            f"{made} pictures made, {images.count() - made - lost} left as they were."
        )
        if lost:
            raise CommandError(f"{lost} pictures have no master that can be read.")
