"""Which pictures readers are soon no longer shown."""

from typing import Any

from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandParser
from django.template.loader import render_to_string

from articles import policy
from articles.models import Image
from articles.models.image_uses import uses_of
from articles.models.images import LICENCE_WARNING


class Command(BaseCommand):
    help = "Lists the pictures whose licence ends soon, and where they are used."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=LICENCE_WARNING, help="How far to look ahead."
        )
        parser.add_argument(
            "--mail",
            action="store_true",
            help="Send the list to editors and chiefs, if there is anything to tell.",
        )

    def handle(self, **options: Any) -> None:
        images = Image.objects.licence_ending(options["days"])
        context = {
            "pictures": [(image, uses_of(image)) for image in images],
            "days": options["days"],
        }
        text = render_to_string("articles/mail/licences.txt", context)
        self.stdout.write(text)
        if not (options["mail"] and context["pictures"]):
            return
        people = policy.publishers().exclude(email="").order_by("pk")
        addresses = list(dict.fromkeys(people.values_list("email", flat=True)))
        subject = render_to_string("articles/mail/licences.subject.txt", context).strip()
        for address in addresses:  # a mail each: nobody need see who else was told
            send_mail(subject, text, None, [address])
        self.stdout.write(f"Sent to {len(addresses)}.")
