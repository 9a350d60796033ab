"""The uses of images in texts, in a table, so that no query has to read every body."""

from typing import NamedTuple, cast

from django.db import models
from django.db.models import Q

from articles import prose

from .images import Image, places


class ImageUseQuerySet(models.QuerySet["ImageUse"]):
    def update_uses_in(self, body: str, **text: models.Model) -> None:
        """Make the rows of a text (`article=` or `page=`) those of the pictures that its body
        shows. One query where nothing has changed; a key without a picture is passed over.

        To be called after the text itself was written in the same transaction: the lock on that
        row lets one save after the other come here.
        """
        rows = self.filter(**text)
        kept = set(rows.values_list("image_id", flat=True))
        shown = prose.image_keys(body)
        if kept - shown:
            rows.filter(image__in=kept - shown).delete()
        if shown - kept:
            new = Image.objects.filter(pk__in=shown - kept).order_by("pk")
            self.bulk_create([self.model(image=image, **text) for image in new.only("pk")])


class ImageUse(models.Model):
    """A picture in the body of an article or of a page. Derived: saving the text writes it.

    A picture that stands in a text cannot be deleted from under it.
    """

    image = models.ForeignKey(Image, models.PROTECT, related_name="uses_in_texts")
    article = models.ForeignKey("Article", models.CASCADE, null=True, related_name="image_uses")
    page = models.ForeignKey("Page", models.CASCADE, null=True, related_name="image_uses")

    objects = ImageUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=True) ^ Q(page__isnull=True),
                name="image_use_is_in_one_text",
            ),
            models.UniqueConstraint(fields=["image", "article"], name="image_use_in_article_once"),
            models.UniqueConstraint(fields=["image", "page"], name="image_use_in_page_once"),
        ]

    def __str__(self) -> str:
        return f"text of “{self.text}”"

    @property
    def text(self) -> models.Model:
        return cast(models.Model, self.article or self.page)


class Use(NamedTuple):
    """A row that shows a picture, and what the picture is to it."""

    role: str
    row: models.Model

    def __str__(self) -> str:
        return f"{self.row._meta.verbose_name} “{self.row}”, {self.role}"


# A picture that stands in more places is listed with so many of each kind, the newest first.
MOST_USES = 100


def uses_of(image: Image) -> list[Use]:
    """List the rows of the site that show an image: one query for each kind of row."""
    texts = image.uses_in_texts.select_related("article", "page").order_by("-pk")
    found = [
        Use("in the text", use.text)
        for use in texts.defer("article__body", "page__body")[:MOST_USES]
    ]
    for place in places():
        if place.model is not ImageUse:
            rows = place.model._base_manager.filter(**{place.name: image}).order_by("-pk")
            found += [Use(str(place.verbose_name), row) for row in rows[:MOST_USES]]
    return found
