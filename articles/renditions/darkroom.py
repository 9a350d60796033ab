"""The child program that decodes an upload: the only code that looks into a stranger's file.

It is run by path, in a folder of its own that holds the file as `upload`, and imports nothing of
the magazine. It binds itself to limits first, writes fresh encodings beside the upload, and prints
one line of JSON: what it made, or {"refused": a sentence for the editor}.
"""

import io
import json
import os
import resource
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from PIL import (
    AvifImagePlugin,  # noqa: F401 (importing a plugin is what lets Pillow read or write its format)
    GifImagePlugin,  # noqa: F401
    Image,
    ImageCms,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
LONGEST_MASTER_SIDE = 2880
CARD_RATIO = 3 / 2
# What shows through a transparent picture: the page's paper, whatever the reader's theme.
PAPER = (250, 246, 238)

AVIF = {"format": "AVIF", "speed": 8, "max_threads": 1}
JPEG = {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True}
MASTER = {"format": "JPEG", "quality": 90, "optimize": True}
# A picture full of grain is worth a lower quality rather than a phone's patience: the next quality
# is taken while a file has more than this many bytes per pixel (85 KB at 800 by 533).
AVIF_QUALITIES = [60, 50, 40, 30]
AVIF_BYTES_PER_PIXEL = 0.2

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION_TAG = 0x0112

# [shape, file name extension, width, height] of a file that was written.
Made = tuple[str, str, int, int]


class Refused(Exception):
    """Carries the sentence for the editor."""


def bind(limits: dict[str, int]) -> None:
    """Give up what decoding does not need; the kernel holds the process to it from here on."""
    os.nice(10)
    bounds = {
        resource.RLIMIT_CPU: limits["seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # macOS refuses to set this one
        bounds[resource.RLIMIT_AS] = limits["memory"]
    for kind, bound in bounds.items():
        hard = resource.getrlimit(kind)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        # One second between the two for processor time: the first ends it with a signal by name.
        ceiling = bound + 1 if kind == resource.RLIMIT_CPU and bound != hard else bound
        resource.setrlimit(kind, (bound, ceiling))


def decode(path: str, pixels: int, side: int) -> Image.Image:
    """The first frame, whole and upright, in its own colours, no larger than a master."""
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    too_large = (
        f"The picture is too large: it may have {pixels // 1_000_000} megapixels, "
        f"and {side:,} pixels on its longer side."
    )
    try:
        with Image.open(path, formats=FORMATS) as opened:
            if max(opened.size) > side:
                raise Refused(too_large)
            opened.verify()
        with Image.open(path, formats=FORMATS) as opened:
            # A JPEG can be decoded at a half or a quarter of its size: less time, less memory.
            scale = max(1, max(opened.size) / LONGEST_MASTER_SIDE)
            opened.draft("", (int(opened.width / scale), int(opened.height / scale)))
            opened.load()
            turn = TURNS.get(orientation(opened))
            picture = eight_bits(opened)
            picture.thumbnail((LONGEST_MASTER_SIDE, LONGEST_MASTER_SIDE), Image.Resampling.LANCZOS)
            return picture.transpose(turn) if turn is not None else picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(too_large) from None
    except UnidentifiedImageError:
        raise Refused("This file is not a JPEG, PNG, WebP or GIF picture.") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if "truncated" in str(error).lower():
            raise Refused("The picture is damaged: it ends in the middle.") from None
        raise Refused("The picture is damaged: it cannot be read.") from None


def orientation(picture: Image.Image) -> int:
    """How the camera was held, 1 to 8; upright where its record is missing or broken."""
    try:
        return int(picture.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # a stranger's bytes: whatever is wrong with them, the pixels are good
        return 1


def eight_bits(picture: Image.Image) -> Image.Image:
    """In grey, RGB, RGBA or CMYK: the modes that can be resized and colour-managed."""
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def srgb(picture: Image.Image) -> Image.Image:
    """The same colours in sRGB, on paper where it was transparent, with nothing else attached."""
    transparent = picture.mode == "RGBA"
    if profile := picture.info.get("icc_profile"):
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if transparent else "RGB",
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a profile that is broken, or of another kind of picture
        picture = converted or picture
    if transparent:
        paper = Image.new("RGBA", picture.size, PAPER)
        picture = Image.alpha_composite(paper, picture)
    picture = picture.convert("RGB")
    picture.info.clear()
    return picture


def tone(picture: Image.Image) -> str:
    """The most frequent colour, as one of four steps each of red, green and blue: "213"."""
    small = picture.resize((48, 48), Image.Resampling.BOX).quantize(6)
    counts = small.histogram()
    commonest = counts.index(max(counts))
    colour = (small.getpalette() or [])[commonest * 3 : commonest * 3 + 3]
    return "".join(str(value // 64) for value in colour)


def card(picture: Image.Image, focus: tuple[float, float]) -> Image.Image:
    """The largest 3:2 part of the picture that has the focal point nearest to its middle."""
    width = min(picture.width, max(1, round(picture.height * CARD_RATIO)))
    height = min(picture.height, max(1, round(picture.width / CARD_RATIO)))
    left = round(min(max(0, focus[0] * picture.width - width / 2), picture.width - width))
    top = round(min(max(0, focus[1] * picture.height - height / 2), picture.height - height))
    return picture.crop((left, top, left + width, top + height))


def print_sizes(
    shape: str, picture: Image.Image, widths: dict[str, Iterable[int]]
) -> Iterator[Made]:
    """Write the picture at these widths, none of them above its own."""
    wanted = {form: {min(width, picture.width) for width in widths[form]} for form in widths}
    qualities = list(AVIF_QUALITIES)
    smaller = picture
    # From large to small, each from the one before: cheaper than starting over from the master.
    for width in sorted(set().union(*wanted.values()), reverse=True):
        height = max(1, round(picture.height * width / picture.width))
        smaller = smaller.resize((width, height), Image.Resampling.LANCZOS)
        if width in wanted["avif"]:
            write(f"{shape}-{width}.avif", avif(smaller, qualities))
            yield shape, "avif", width, height
        if width in wanted["jpg"]:
            write(f"{shape}-{width}.jpg", encoded(smaller, JPEG))
            yield shape, "jpg", width, height


def avif(picture: Image.Image, qualities: list[int]) -> bytes:
    """Encode within the budget; qualities that were too good are dropped from the list.

    The smaller sizes of a picture are never easier to pack, so they need not try them again.
    """
    while True:
        data = encoded(picture, {**AVIF, "quality": qualities[0]})
        budget = picture.width * picture.height * AVIF_BYTES_PER_PIXEL
        # A tiny picture is mostly the format's own header.
        if len(data) <= max(budget, 4096) or len(qualities) == 1:
            return data
        del qualities[0]


def encoded(picture: Image.Image, options: dict[str, Any]) -> bytes:
    data = io.BytesIO()
    picture.save(data, **options)
    return data.getvalue()


def write(name: str, data: bytes) -> None:
    with open(name, "wb") as file:
        file.write(data)


def develop(order: dict[str, Any]) -> dict[str, Any]:
    """Decode `upload` and write the shapes that were ordered."""
    limits = order["limits"]
    picture = srgb(decode("upload", limits["pixels"], limits["side"]))
    made: list[Made] = []
    if order["master"]:
        write("master.jpg", encoded(picture, MASTER))
    for shape, widths in order["shapes"].items():
        base = card(picture, order["focus"]) if shape == "card" else picture
        made.extend(print_sizes(shape, base, widths))
    return {
        "width": picture.width,
        "height": picture.height,
        "tone": tone(picture),
        "made": made,
    }


def main() -> None:
    order = json.loads(sys.argv[1])
    bind(order["limits"])
    try:
        report = develop(order)
    except Refused as refusal:
        report = {"refused": str(refusal)}
    except MemoryError:
        report = {"refused": "The picture needs too much memory to be read."}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
