from django.db import models

from .addresses import Addressed, address_of
from .fields import LinksField


class Author(Addressed):
    """Who signs an article: a person or an organisation, with or without an account here."""

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANISATION = "organisation"

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    role = models.CharField(max_length=120, blank=True, help_text="For instance: staff writer.")
    affiliation = models.CharField(max_length=200, blank=True)
    bio = models.TextField("short bio", blank=True)
    portrait = models.ForeignKey(
        "Image", models.SET_NULL, null=True, blank=True, related_name="portraits"
    )
    links = LinksField(help_text="One per line, name and address.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["person", "organisation"]), name="author_kind_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="author_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("author", self.slug)
