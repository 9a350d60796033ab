"""How articles are grouped: by section, format and series (tags are taggit's)."""

from django.db import models

from .addresses import Addressed, address_of


class Group(Addressed):
    """What the three groupings share: a name, a line about it, and a page that lists articles."""

    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True, help_text="Stands at the head of its page.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SectionQuerySet(models.QuerySet["Section"]):
    def in_menu(self) -> "SectionQuerySet":
        return self.filter(in_menu=True)


class Section(Group):
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in the menu.")
    in_menu = models.BooleanField("in the menu", default=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def get_absolute_url(self) -> str:
        return address_of("section", self.slug)


class Format(Group):
    class Meta:
        ordering = ["name"]

    def get_absolute_url(self) -> str:
        return address_of("format", self.slug)


class Series(Group):
    class Meta:
        ordering = ["name"]
        verbose_name_plural = "series"

    def get_absolute_url(self) -> str:
        return address_of("series", self.slug)
