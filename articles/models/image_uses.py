"""Which pictures stand in which texts, kept beside the texts so that nobody has to read them all."""

from django.db import models
from django.db.models import Q

from articles import prose

from .images import Image


class ImageUseQuerySet(models.QuerySet["ImageUse"]):
    def follow(self, body: str, **text: models.Model) -> None:
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
            self.bulk_create([ImageUse(image=image, **text) for image in new.only("pk")])


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
        return f"text of “{self.article or self.page}”"
