"""The one place that makes a <picture>."""

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
def picture(
    image: Image, shape: str, sizes: str, priority: bool = False, alt: str | None = None
) -> SafeString | str:
    """An image in a shape, at the width that the reader's screen needs of it; nothing where its
    licence has ended. What is to go with it asks the filter `shown` first.

    `sizes` says how wide it stands, as in HTML. `priority` is for the one picture that is seen
    first: it is fetched before anything else, all others when they come near. `alt` is for a use
    that describes it in other words; `alt=""` for a picture beside words that say the same.
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
