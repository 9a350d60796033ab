from typing import Any

from django.db import models

from .fields import LanguageField, LinksField, is_known
from .redirects import HasURL


class Author(HasURL):
    """A person or an organisation in bylines, with or without an account here."""

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANISATION = "organisation"

    name = models.CharField(max_length=160, help_text="In Latin letters, as bylines have it.")
    own_name = models.CharField(
        "name in its own script",
        max_length=160,
        blank=True,
        help_text="Where that is not Latin, such as 한서윤. It stands on the author's page, and "
        "bylines have the Latin name.",
    )
    own_name_language = LanguageField(
        "language of that name", blank=True, help_text="Screen readers speak the name by it."
    )
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
            is_known("kind", "person organisation", of="author"),
            models.CheckConstraint(condition=~models.Q(name=""), name="author_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Byline(models.Model):
    """An author's position in the byline of an article."""

    article = models.ForeignKey("Article", models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_names_an_author_once",
                violation_error_message="This author stands in the byline already.",
            ),
        ]

    def __str__(self) -> str:
        return self.author.name


def in_byline_of(article: Any) -> models.QuerySet[Author]:
    """Return the authors of the article with this key, in their order."""
    return Author.objects.filter(bylines__article=article).order_by("bylines__position", "bylines")
