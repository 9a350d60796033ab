from typing import Any

from django.conf import settings
from django.db import models

from articles.database.prepared import Prepared

from .fields import LanguageField, LinksField, WebURLField

CURRENT = Prepared[Any](
    lambda: Publication.objects.select_related("quick_takes", "sharing_image")[:1]
)


class PublicationManager(models.Manager["Publication"]):
    def current(self) -> "Publication":
        """The magazine's settings; an unsaved row of defaults before the first migration's row."""
        return CURRENT.first() or Publication()


class Publication(models.Model):
    """The one row of site settings."""

    name = models.CharField(max_length=80, default="The Magazine")
    tagline = models.CharField(max_length=160, blank=True)
    description = models.TextField(
        blank=True, help_text="One or two sentences for search engines and shared links."
    )
    language = LanguageField(
        default=settings.LANGUAGE_CODE, help_text="Of every text that names no other."
    )
    links = LinksField(
        "social links", help_text="“Follow us on social”: one per line, name and address."
    )
    donation_url = WebURLField("donation address", blank=True)
    newsletter_blurb = models.TextField(
        blank=True,
        default="Subscribe now to our weekly round-up.",
        help_text="Stands beside the newsletter form on every page.",
    )
    footer_text = models.TextField(blank=True)
    quick_takes = models.ForeignKey(
        "Section",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The section whose newest articles fill the second rail.",
    )
    sharing_image = models.ForeignKey(
        "Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The picture of shared links to pages that have none of their own.",
    )

    objects = PublicationManager()

    class Meta:
        verbose_name_plural = "publication"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="publication_is_one_row"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)


class ContentStampManager(models.Manager["ContentStamp"]):
    def read(self) -> int:
        return self.values_list("value", flat=True).get(pk=1)


class ContentStamp(models.Model):
    """The one row with the counter.

    Every transaction that changes what readers may see raises it as it commits; one that is rolled
    back does not. A page that was rendered before the counter was raised may be out of date.
    """

    value = models.BigIntegerField(default=0)

    objects = ContentStampManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="content_stamp_is_one_row")
        ]

    def __str__(self) -> str:
        return str(self.value)
