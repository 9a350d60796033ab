"""The `<picture>` element of an image."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.models import Image
from articles.models.images import Rendition, shown

register = template.Library()

register.filter("shown", shown)

SOURCE = '<source type="image/avif" srcset="{}" sizes="{}">'
# The class with the tone fills the space until the picture is there.
PICTURE = (
    '<picture class="picture tone-{}">{}'
    '<img src="{}"{} width="{}" height="{}" alt="{}" decoding="async" {}="{}"></picture>'
)


@register.simple_tag
def responsive_image(
    image: Image, shape: str, sizes: str, priority: bool = False, alt: str | None = None
) -> SafeString | str:
    """Render a `<picture>` in the given shape; empty when the image's licence has ended.

    A template that puts something around it asks the filter `shown` first. `sizes` is HTML's.
    Set `priority` for the first image in view only: it is fetched before all others, which load
    lazily. `alt` replaces the image's own; `alt=""` is for an image beside words that say the same.
    """
    if not image.may_be_shown():
        return ""
    avif, jpeg = image.sizes(shape, "avif"), image.sizes(shape, "jpg")
    largest = jpeg[-1] if jpeg else Rendition(image.file.url, image.width, image.height)
    return format_html(
        PICTURE,
        image.tone,
        format_html(SOURCE, srcset(avif), sizes) if avif else "",
        largest.url,
        format_html(' srcset="{}" sizes="{}"', srcset(jpeg), sizes) if jpeg else "",
        largest.width,
        largest.height,
        image.alt if alt is None else alt,
        *(("fetchpriority", "high") if priority else ("loading", "lazy")),
    )


def srcset(renditions: Iterable[Rendition]) -> str:
    return ", ".join(f"{made.url} {made.width}w" for made in renditions)
