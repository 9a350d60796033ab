import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    ProtectedError,
    Q,
    Subquery,
    Value,
)
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles import prose, renditions
from articles.renditions import Focus

FILE_NAME = re.compile(
    r"""
    .+\.(jpe?g|jfif|png|gif|webp|avif|tiff?|bmp|hei[cf]|svg|psd|raw|cr2|nef)
    | (img|dscn?|dscf|pxl|mvi|image|photo|picture|screen\s?shot|whatsapp\ image|unnamed|untitled)
      [\W_]*\d[\d\W_a-z]{0,40}
    # One word of a machine's making: an underscore, or a long number in it.
    | [!-~]*(_|\d{3})[!-~]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Columns that only decoding can fill; no person types them.
KNOWN_FROM_DECODING = ("width", "height", "tone", "renditions", "digest")
SHARED_WIDTH = 1200
# So many days before a licence ends the newsroom is told.
LICENCE_WARNING = 30


def refuse_file_name(alt: str) -> None:
    if FILE_NAME.fullmatch(alt.strip()):
        raise ValidationError(
            "Say what the picture shows; this looks like the name of a file.", code="file_name"
        )


def refuse_headline(alt: str, headline: str) -> None:
    """Raise ValidationError where an alternative text only repeats the article's headline.

    A screen reader would say the same words twice. For the forms that bring the two together.
    """
    if re.findall(r"\w+", alt.casefold()) == re.findall(r"\w+", headline.casefold()):
        raise ValidationError(
            "Say what the picture shows; this repeats the headline.", code="headline"
        )


class UploadedImageFile(FieldFile):
    """An upload on its way to becoming a stored picture, and the master afterwards.

    Whatever way a file comes in (form, `Image.save()`, `bulk_create()`, `file.save()`), Django
    stores it by calling `save()` here, so the bytes that were uploaded are never stored.
    """

    instance: "Image"
    _processed: tuple[File, Focus, renditions.ProcessedImage] | None = None

    def process(self, upload: File) -> renditions.ProcessedImage:
        """Decode, once for the same upload and focal point. Raises ImageRefused."""
        focus = self.instance.focus
        if self._processed is None or self._processed[:2] != (upload, focus):
            self._processed = (upload, focus, renditions.process(upload, focus))
        return self._processed[2]

    def save(self, name: str | None, content: File, save: bool = True) -> None:
        image, processed = self.instance, self.process(content)
        self.name, image.renditions = renditions.store(processed.encodings)
        setattr(image, self.field.attname, self.name)
        self._committed = True
        image.width, image.height, image.tone = processed.width, processed.height, processed.tone
        image.left_out = processed.left_out
        image.digest = renditions.digest(content)
        if save:
            image.save()

    @property
    def is_upload(self) -> bool:
        return not self._committed


class UploadedImageField(models.FileField):
    attr_class = UploadedImageFile

    if TYPE_CHECKING:  # what Django's descriptor answers

        def __get__(self, instance: Any, owner: Any) -> UploadedImageFile: ...  # type: ignore[override]


class ImageQuerySet(models.QuerySet["Image"]):
    def for_prose(self, bodies: Iterable[str]) -> dict[int, "Image"]:
        """The pictures that these bodies show, by key: one query, or none where there are none."""
        keys = {key for body in bodies for key in prose.image_keys(body)}
        return dict(self.in_bulk(keys))

    def search(self, words: str) -> "ImageQuerySet":
        """Find images with each of these words (ten at most) in alternative text, caption or
        credit."""
        found = self
        # PostgreSQL raises DataError over a NUL.
        for word in words.replace("\0", "").split()[:10]:
            found = found.filter(
                Q(alt__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word)
            )
        return found

    def licence_ended(self) -> "ImageQuerySet":
        return self.filter(licence_expires__lt=timezone.localdate())

    def licence_ending(self, days: int = LICENCE_WARNING) -> "ImageQuerySet":
        today = timezone.localdate()
        last = today + timedelta(days=days)
        return self.filter(licence_expires__range=(today, last)).order_by("licence_expires", "pk")

    def without_alt(self) -> "ImageQuerySet":
        return self.filter(alt="")

    def unused(self) -> "ImageQuerySet":
        unused = self
        for place in places():
            rows = place.model._base_manager.filter(**{place.name: OuterRef("pk")})
            unused = unused.filter(~Exists(rows))
        return unused

    def with_use_count(self) -> "ImageQuerySet":
        """`use_count`: how many rows of the site name the picture, in the same query."""
        total: Any = Value(0)
        for place in places():
            rows = place.model._base_manager.filter(**{place.name: OuterRef("pk")}).order_by()
            number = rows.values(place.name).annotate(number=Count("pk")).values("number")
            total = total + Coalesce(Subquery(number), 0, output_field=IntegerField())
        return self.annotate(use_count=total)

    def delete(self) -> tuple[int, dict[str, int]]:
        with deletion_of(list(self)):
            return super().delete()

    # As Django's own: no manager offers it, so that nobody deletes every image by a slip.
    delete.__dict__["queryset_only"] = True

    def ingest(self, file: File, *, alt: str | None, **fields: Any) -> tuple["Image", bool]:
        """The picture made of `file`, and whether it is new.

        A file that was uploaded before is recognised by its bytes: its row is returned as it
        stands, for the newsroom may have changed its words since. `alt=None` is for files that
        come in many at once, whose words are written afterwards. Raises ValidationError, and its
        kind ImageRefused.
        """
        known = self.filter(digest=renditions.digest(file)).first()
        if known:
            return known, False
        image = self.model(file=file, alt=alt or "", **fields)
        unknown = KNOWN_FROM_DECODING if alt is not None else (*KNOWN_FROM_DECODING, "alt")
        image.full_clean(exclude=unknown)
        image.save(using=self.db)
        return image, True


def places() -> list["models.ForeignKey[Any, Any]"]:
    """Every column of the site that names a picture, those of later models included."""
    relations = Image._meta.get_fields(include_hidden=True)
    return [relation.field for relation in relations if isinstance(relation, models.ManyToOneRel)]


def shown(image: "Image | None") -> "Image | None":
    """The picture where readers may see it today, else None: every public surface asks this."""
    return image if image and image.may_be_shown() else None


@contextmanager
def deletion_of(images: Iterable["Image"]) -> Iterator[None]:
    """Delete the files of `images` with the rows, once that is committed.

    Raises ProtectedError, as for a picture in a public text, where one stands in a working copy or
    a scheduled revision.
    """
    articles: Any = apps.get_model("articles", "Article")
    with transaction.atomic():
        if uses := articles.objects.unpublished_image_uses(image.pk for image in images):
            places = "; ".join(map(str, uses))
            raise ProtectedError(f"The picture stands in {places}.", {use.row for use in uses})
        names = {name for image in images for name in image.file_names}
        yield
        transaction.on_commit(partial(renditions.remove, names), robust=True)


@lru_cache(maxsize=20_000)
def public_url(name: str) -> str:
    """The address of a stored file. Others keep the pages that it stands in, so a storage must not
    sign it for a time; then it never changes, and need not be put together a hundred times a page.
    """
    return default_storage.url(name)


class Rendition(NamedTuple):
    url: str
    width: int
    height: int


class Image(models.Model):
    """A picture with its words, its credit and its rights.

    The stored file is never the uploaded one: `renditions` decodes an upload in a child process
    and stores fresh encodings under a random name.
    """

    file = UploadedImageField(max_length=200)
    # Empty only until somebody has written the words of files that came in many at once. Every
    # form demands it, and no form lets a picture without it into an article.
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
    licence_expires = models.DateField(
        "licence ends",
        null=True,
        blank=True,
        help_text="The last day on which readers may see it.",
    )
    # The point that a crop keeps in view, as parts of width and height from the top left corner.
    focal_x = models.FloatField(
        default=0.5, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )
    focal_y = models.FloatField(
        default=0.5, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )

    # Known from decoding.
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    tone = models.CharField(
        max_length=3, editable=False, help_text="Dominant colour, 4 steps each."
    )
    renditions = models.JSONField(default=dict, editable=False)
    # Hash of the file as it was uploaded: the same file is recognised when it comes again.
    digest = models.CharField(max_length=64, editable=False, db_index=True)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    # No column: after an upload, the sentence that says which of its frames were left out.
    left_out = ""

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "picture"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__gte=0, focal_x__lte=1, focal_y__gte=0, focal_y__lte=1),
                name="image_focal_point_is_inside",
            ),
        ]

    def __str__(self) -> str:
        return self.alt or f"Picture {self.pk}, without alternative text"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep files and row together: a new upload is made into a picture, a new focal point into
        new crops, and what the row no longer names is deleted when the change is committed.

        Raises ImageRefused for an upload that is not a picture; then nothing has been stored.
        """
        stored = type(self).objects.filter(pk=self.pk).first()
        before = stored.file_names if stored else set()
        if self.file.is_upload:
            self.file.save("", self.file.file, save=False)
        elif stored and stored.file.name == self.file.name:
            # Crops may have been made again since this object was fetched.
            self.renditions = stored.renditions
            if stored.focus != self.focus:
                self._remake(["card"])
        now = self.file_names
        if update_fields is not None and now != before:
            update_fields = {*update_fields, "file", *KNOWN_FROM_DECODING}
        try:
            super().save(*args, update_fields=update_fields, **kwargs)
        except BaseException:
            renditions.remove(now - before)
            raise
        transaction.on_commit(partial(renditions.remove, before - now), robust=True)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with deletion_of([self]):
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Decode an upload while its faults can still be shown beside the field."""
        if self.file.is_upload:
            try:
                self.file.process(self.file.file)
            except renditions.ImageRefused as refusal:
                raise ValidationError({"file": refusal}) from None

    def remake(self, shapes: Iterable[str]) -> None:
        """Make these shapes anew from the master and keep them instead of the old ones.

        Raises OSError where the master is gone.
        """
        before = self.file_names
        self._remake(shapes)
        super().save(update_fields=["renditions"])
        transaction.on_commit(partial(renditions.remove, before - self.file_names), robust=True)

    def _remake(self, shapes: Iterable[str]) -> None:
        made = renditions.remake(str(self.file), shapes, self.focus)
        self.renditions = {**self.renditions, **renditions.store(made)[1]}

    @property
    def missing_shapes(self) -> list[str]:
        return [
            shape
            for shape, widths in renditions.SHAPES.items()
            if not widths.keys() <= self.renditions.get(shape, {}).keys()
            or not all(
                map(default_storage.exists, renditions.names({shape: self.renditions[shape]}))
            )
        ]

    @property
    def focus(self) -> Focus:
        return self.focal_x, self.focal_y

    @property
    def file_names(self) -> set[str]:
        master = {str(self.file)} if self.file and not self.file.is_upload else set()
        return master | renditions.names(self.renditions)

    @property
    def credit_line(self) -> str:
        """ "Top photo credit: Name/AGENCY via OTHER"; either half may be missing."""
        label = self.credit_label.strip().rstrip(":").rstrip()
        credit = self.credit.strip()
        return f"{label}: {credit}" if label and credit else credit

    def may_be_shown(self, on: date | None = None) -> bool:
        """Return True where readers may see it `on` that day (today in the magazine's time).

        The day on which a licence ends is the last on which they may. From the next day on a card
        stands without picture; a lead goes with its caption and credit; a figure in a text keeps
        its caption, with the sentence that `public_line` gives instead of the credit.
        """
        return self.licence_expires is None or (on or timezone.localdate()) <= self.licence_expires

    @property
    def public_line(self) -> str:
        """Return the line under the image: its credit, or the reason why it is not shown."""
        if self.may_be_shown():
            return self.credit_line
        return "This picture is no longer shown: its licence has ended."

    def sizes(self, shape: str, form: str) -> list[Rendition]:
        return [
            Rendition(public_url(name), width, height)
            for width, height, name in self.renditions.get(shape, {}).get(form, [])
        ]

    def jpeg(self, at_least: int) -> Rendition:
        """The narrowest uncropped JPEG of this width or more, else the widest; a full address.

        For mail, feeds and metadata, which are read on other sites and by old programs.
        """
        sizes = self.sizes("full", "jpg") or [Rendition(self.file.url, self.width, self.height)]
        best = next((size for size in sizes if size.width >= at_least), sizes[-1])
        return best._replace(url=urljoin(settings.SITE_URL, best.url))

    @property
    def sharing_url(self) -> str:
        return self.jpeg(SHARED_WIDTH).url
