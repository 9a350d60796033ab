"""Estimate of the weight of an article's page on a phone.

The sizes of files are known to the storage alone, and asking it for each picture
would take longer than everything else. The benchmark of weight measures the real pages.
"""

from collections.abc import Iterable

from articles.models import Image

KILOBYTE = 1000
# Styles, type, script and what stands around a text: the limit that the benchmark holds.
FRAME = 80 * KILOBYTE
BUDGET = 1000 * KILOBYTE
# A phone of 390 pixels with two dots each takes the next wider one that is made of a picture.
PHONE = 780
# Bytes of an AVIF picture for each of its dots, at the quality of our encodings: a detailed photo.
BYTES_PER_DOT = 0.1
PACKED = 3  # Text is sent at about a third of its length.


def estimate(body: str, images: Iterable[Image]) -> int:
    """Bytes of an article with this body and these pictures, all of it read to the end."""
    return FRAME + len(body.encode()) // PACKED + sum(map(image_weight, images))


def image_weight(image: Image) -> int:
    sizes = image.sizes("full", "avif")
    wide = [size for size in sizes if size.width >= PHONE][:1] or sizes[-1:]
    width, height = wide[0][1:] if wide else (image.width, image.height)
    return int(width * height * BYTES_PER_DOT)
