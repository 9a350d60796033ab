import re
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles import prose, renditions

FILE_NAME = re.compile(
    r"^\S+\.(jpe?g|png|gif|webp|avif|tiff?|heic|svg)$|^(img|dsc|dscn|image|photo|screenshot)[\s_-]*\d+$",
    re.I,
)


def refuse_file_name(alt: str) -> None:
    """Raise ValidationError where an alternative text is only the name of a file."""
    if FILE_NAME.match(alt.strip()):
        raise ValidationError(
            "Say what the picture shows; this looks like the name of a file.", code="file_name"
        )


class ImageQuerySet(models.QuerySet["Image"]):
    def for_prose(self, bodies: Iterable[str]) -> dict[int, "Image"]:
        """The pictures that these bodies show, by key: one query, or none where there are none."""
        keys = {key for body in bodies for key in prose.image_keys(body)}
        return self.in_bulk(keys) if keys else {}


class Image(models.Model):
    """A picture with its words, its credit and its rights.

    The stored file is never the uploaded one: `save()` hands an upload to `renditions`, which
    decodes it in a child process and stores a fresh encoding under a random name.
    """

    file = models.FileField(upload_to=renditions.new_name, max_length=200)
    alt = models.CharField(
        "alternative text",
        max_length=400,
        validators=[refuse_file_name],
        help_text="What is seen, for those who do not see it. Not the headline, not a file name.",
    )
    caption = models.TextField(blank=True, help_text="An article may show another one.")
    credit = models.CharField(
        max_length=600, blank=True, help_text="Who made it and through whom: Name/AGENCY via OTHER."
    )
    credit_label = models.CharField(max_length=40, default="Top photo credit", blank=True)
    licence = models.CharField(max_length=160, blank=True)
    licence_expires = models.DateField(null=True, blank=True)
    # The point that a crop keeps in view, as parts of width and height from the top left corner.
    focal_x = models.FloatField(default=0.5)
    focal_y = models.FloatField(default=0.5)

    # Known from decoding.
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    tone = models.CharField(
        max_length=3, editable=False, help_text="Dominant colour, 4 steps each."
    )
    renditions = models.JSONField(default=dict, editable=False)
    # Of the file as it was uploaded: the same file is recognised when it comes again.
    digest = models.CharField(max_length=64, editable=False, db_index=True)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(alt=""), name="image_has_alternative_text"),
            models.CheckConstraint(
                condition=Q(focal_x__gte=0, focal_x__lte=1, focal_y__gte=0, focal_y__lte=1),
                name="image_focal_point_is_inside",
            ),
        ]

    def __str__(self) -> str:
        return self.alt
