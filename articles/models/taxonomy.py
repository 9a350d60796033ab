"""The groupings of articles: sections, formats and series (tags are taggit's)."""

from django.db import models
from django.db.models.functions import Lower

from articles.names import refuse_taken_name

from .redirects import HasURL


class Group(HasURL):
    """Base of the three groupings: a name, a line about it, and a page that lists articles."""

    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True, help_text="Stands at the head of its page.")

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="%(class)s_name_is_one_whatever_its_case",
                violation_error_message="Another one has this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        refuse_taken_name(self)


class SectionQuerySet(models.QuerySet["Section"]):
    def in_menu(self) -> "SectionQuerySet":
        return self.filter(in_menu=True)


class Section(Group):
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in the menu.")
    in_menu = models.BooleanField("in the menu", default=True)

    objects = SectionQuerySet.as_manager()

    class Meta(Group.Meta):
        ordering = ["position", "name"]


class Format(Group):
    pass


class Series(Group):
    class Meta(Group.Meta):
        verbose_name_plural = "series"
