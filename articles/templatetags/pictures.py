"""The one place that makes a <picture>."""

from collections.abc import Iterable
from typing import Any

from django import template

from articles.models import Image
from articles.models.images import Rendition

register = template.Library()


@register.inclusion_tag("articles/_picture.html")
def picture(
    image: Image, shape: str, sizes: str, priority: bool = False, alt: str | None = None
) -> dict[str, Any]:
    """An image in a shape, at the width that the reader's screen needs of it.

    `sizes` says how wide it stands, as in HTML. `priority` is for the one picture that is seen
    first: it is fetched before anything else, all others when they come near. `alt=""` is for a
    picture beside words that say the same.
    """
    jpeg = image.sizes(shape, "jpg")
    largest = jpeg[-1] if jpeg else Rendition(image.file.url, image.width, image.height)
    return {
        "image": image,
        "avif": srcset(image.sizes(shape, "avif")),
        "jpeg": srcset(jpeg),
        "largest": largest,
        "sizes": sizes,
        "priority": priority,
        "alt": image.alt if alt is None else alt,
    }


def srcset(renditions: Iterable[Rendition]) -> str:
    return ", ".join(f"{made.url} {made.width}w" for made in renditions)
