"""The child program that decodes an upload: the only code that looks into a stranger's file.

It is run within limits (`articles.child_process`), in a folder of its own that holds the file as
`upload`, and imports nothing of the magazine. It writes fresh encodings beside the upload, and
prints one line of JSON: what it made, or {"refused": a sentence for the editor}.
"""

import io
import json
import re
import struct
import sys
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from PIL import (
    AvifImagePlugin,  # noqa: F401 (importing a plugin is what lets Pillow read or write its format)
    GifImagePlugin,  # noqa: F401
    Image,
    ImageCms,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,
    WebPImagePlugin,  # noqa: F401
)

FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
LONGEST_MASTER_SIDE = 2880
CARD_RATIO = 3 / 2
# Behind a transparent picture: the page's paper, whatever the reader's theme.
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

# Parts of a file that say how its pixels look. The others are thrown away with the file, and a
# fault in them must not spoil good pixels: they are taken out before it is opened. The extras (its
# colours, how the camera was held, further frames) are used where they are sound.
PNG_EXTRAS = {b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT"}
PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
WEBP_PIXELS = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
WEBP_EXTRAS = {b"ICCP": 0x20, b"EXIF": 0x08}  # with their flags in VP8X
WEBP_XMP_FLAG = 0x04
JPEG_EXTRAS = (b"Exif\0\0", b"ICC_PROFILE\0", b"MPF\0")
JPEG_COLOURS = {b"JFIF\0": 14, b"Adobe": 12}  # with the lengths that they have
MOST_PROFILE = 4_000_000  # bytes of a colour profile: those of presses have two million

# [shape, file name extension, width, height] of a file that was written.
Made = tuple[str, str, int, int]


class UnreadableUpload(Exception):
    """Carries the sentence for the editor."""


def decode(path: str, pixels: int, side: int) -> tuple[Image.Image, str]:
    """Return the first frame, and the sentence that says which others are left out.

    It is tried with the extras of the file, and if they spoil it, without them.
    """
    Image.MAX_IMAGE_PIXELS = pixels
    PngImagePlugin.MAX_TEXT_CHUNK = MOST_PROFILE
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with open(path, "rb") as file:
        data = file.read()
    sift = next((sift for start, sift in SIFTS if start.match(data)), None)
    if sift is None:
        raise UnreadableUpload("This file is not a JPEG, PNG, WebP or GIF picture.")
    for with_extras in (True, False):
        write("sifted", b"".join(sift(data, with_extras)))
        try:
            return first_frame("sifted", side), left_out("sifted")
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise UnreadableUpload(
                f"The picture is too large: it may have {pixels // 1_000_000} megapixels, "
                f"and {side:,} pixels on its longer side."
            ) from None
        except MemoryError:
            raise
        except Exception as error:  # a stranger's bytes: Pillow has many words for what is wrong
            is_cut_off = "truncated" in str(error).lower()
    if is_cut_off:
        raise UnreadableUpload("The picture is damaged: it ends in the middle.")
    raise UnreadableUpload("The picture cannot be read: it is damaged, or of a rare kind.")


def first_frame(path: str, side: int) -> Image.Image:
    """Return it whole and upright, in its own colours, no larger than a master."""
    with Image.open(path, formats=FORMATS) as opened:
        if max(opened.size) > side:
            raise Image.DecompressionBombError
        opened.verify()
    with Image.open(path, formats=FORMATS) as opened:
        # A JPEG can be decoded at a half or a quarter of its size: less time, less memory.
        scale = max(1, max(opened.size) / LONGEST_MASTER_SIDE)
        opened.draft("", (int(opened.width / scale), int(opened.height / scale)))
        opened.load()
        turn = TURNS.get(orientation(opened))
        image = eight_bits(opened)
        image.thumbnail((LONGEST_MASTER_SIDE, LONGEST_MASTER_SIDE), Image.Resampling.LANCZOS)
        return image.transpose(turn) if turn is not None else image


def left_out(path: str) -> str:
    """Name the further pictures of a file. The previews and brightness maps that phones add to a
    JPEG are smaller than the picture, and not worth a word."""
    with Image.open(path, formats=FORMATS) as opened:
        count, size = getattr(opened, "n_frames", 1), opened.size
        if opened.format != "MPO":
            frames = f"Only the first of the {count} frames of the animation is kept."
            return frames if count > 1 else ""
        listed, count = min(count, 100), 1
        with suppress(Exception):  # it may list pictures that are not there
            for number in range(1, listed):
                opened.seek(number)
                count += opened.size == size
        return f"Only the first of the {count} pictures in the file is kept." if count > 1 else ""


def sift_png(data: bytes, with_extras: bool) -> Iterator[bytes]:
    yield data[:8]
    at, is_cut_off = 8, False
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + length + 12]
        at += len(chunk)
        is_critical = kind[:1].isupper()
        is_cut_off = is_critical and len(chunk) < length + 12
        is_used = kind == b"tRNS" or (with_extras and kind in PNG_EXTRAS)
        if is_critical or (is_used and is_sound(chunk)):
            yield chunk
        if kind == b"IEND":
            return
    # All pixels may be there in a file that lost its end.
    yield data[at:] if is_cut_off else PNG_END


def is_sound(chunk: bytes) -> bool:
    """Return False for a chunk that browsers pass over, and a profile that unpacks to too much."""
    if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
        return False
    if chunk[4:8] != b"iCCP":
        return True
    packed = chunk[8:-4].partition(b"\0")[2][1:]
    try:
        return len(zlib.decompressobj().decompress(packed, MOST_PROFILE)) < MOST_PROFILE
    except zlib.error:
        return False


def sift_jpeg(data: bytes, with_extras: bool) -> Iterator[bytes]:
    """Make comments of the segments that are not used: a multiple picture counts its bytes."""
    yield data[:2]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        marker, length = struct.unpack_from(">xBH", data, at)
        if not 0xC0 <= marker <= 0xFE or 0xD0 <= marker <= 0xD9:
            break
        segment = data[at : at + 2 + length]
        at += len(segment)
        if 0xE0 <= marker <= 0xEF and not is_used(segment[4:], with_extras):
            segment = b"\xff\xfe" + segment[2:4] + bytes(len(segment) - 4)
        yield segment
    yield data[at:]


def is_used(content: bytes, with_extras: bool) -> bool:
    if with_extras and content.startswith(JPEG_EXTRAS):
        return True
    return any(
        content.startswith(name) and len(content) >= length for name, length in JPEG_COLOURS.items()
    )


def sift_webp(data: bytes, with_extras: bool) -> Iterator[bytes]:
    chunks = bytearray()
    flags = WEBP_XMP_FLAG | sum(WEBP_EXTRAS.values())
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        chunk = data[at : at + 8 + length + length % 2]
        at += len(chunk)
        if with_extras and kind in WEBP_EXTRAS and len(chunk) >= 8 + length:
            flags &= ~WEBP_EXTRAS[kind]
        elif kind not in WEBP_PIXELS:
            continue
        elif kind == b"ANMF" and len(chunk) < 8 + length and b"ANMF" in chunks:
            break  # the file ends within a further frame
        chunks += chunk
    if chunks[:4] == b"VP8X" and len(chunks) > 8:
        chunks[8] &= ~flags  # those of the parts that are gone
    yield b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP"
    yield bytes(chunks)


def sift_gif(data: bytes, with_extras: bool) -> Iterator[bytes]:
    yield data


# By its first bytes, what is taken; SVG and all other formats are refused.
SIFTS: list[tuple[re.Pattern[bytes], Callable[[bytes, bool], Iterator[bytes]]]] = [
    (re.compile(rb"\xff\xd8\xff"), sift_jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), sift_png),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), sift_webp),
    (re.compile(rb"GIF8"), sift_gif),
]


def orientation(image: Image.Image) -> int:
    """Return how the camera was held, 1 to 8; upright where its record is missing or broken."""
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # a stranger's bytes: whatever is wrong with them, the pixels are good
        return 1


def eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB, on paper where it was transparent, with no metadata attached."""
    transparent = image.mode == "RGBA"
    if profile := image.info.get("icc_profile"):
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if transparent else "RGB",
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a profile that is broken, or of another kind of picture
        image = converted or image
    if transparent:
        paper = Image.new("RGBA", image.size, PAPER)
        image = Image.alpha_composite(paper, image)
    image = image.convert("RGB")
    image.info.clear()
    return image


def tone(image: Image.Image) -> str:
    """The most frequent colour, as one of four steps each of red, green and blue: "213"."""
    small = image.resize((48, 48), Image.Resampling.BOX).quantize(6)
    counts = small.histogram()
    commonest = counts.index(max(counts))
    colour = (small.getpalette() or [])[commonest * 3 : commonest * 3 + 3]
    return "".join(str(value // 64) for value in colour)


def card(image: Image.Image, focus: tuple[float, float]) -> Image.Image:
    """Crop to the largest 3:2 part that has the focal point nearest to its middle."""
    width = min(image.width, max(1, round(image.height * CARD_RATIO)))
    height = min(image.height, max(1, round(image.width / CARD_RATIO)))
    left = round(min(max(0, focus[0] * image.width - width / 2), image.width - width))
    top = round(min(max(0, focus[1] * image.height - height / 2), image.height - height))
    return image.crop((left, top, left + width, top + height))


def without(
    image: Image.Image, left: float, top: float, right: float, bottom: float
) -> Image.Image:
    """Cut off so much on each side, in parts of the whole, but leave a pixel at least."""
    width, height = image.size
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    box = (x, y, max(width - int(right * width), x + 1), max(height - int(bottom * height), y + 1))
    return image.crop(box)


def encode_sizes(
    shape: str, image: Image.Image, widths: dict[str, Iterable[int]]
) -> Iterator[Made]:
    wanted = {form: {min(width, image.width) for width in widths[form]} for form in widths}
    qualities = list(AVIF_QUALITIES)
    smaller = image
    # From large to small, each from the one before: cheaper than starting over from the master.
    for width in sorted(set().union(*wanted.values()), reverse=True):
        height = max(1, round(image.height * width / image.width))
        smaller = smaller.resize((width, height), Image.Resampling.LANCZOS)
        if width in wanted["avif"]:
            write(f"{shape}-{width}.avif", avif(smaller, qualities))
            yield shape, "avif", width, height
        if width in wanted["jpg"]:
            write(f"{shape}-{width}.jpg", encoded(smaller, JPEG))
            yield shape, "jpg", width, height


def avif(image: Image.Image, qualities: list[int]) -> bytes:
    """Encode within the budget; qualities that were too good are dropped from the list.

    The smaller sizes of a picture are never easier to pack, so they need not try them again.
    """
    while True:
        data = encoded(image, {**AVIF, "quality": qualities[0]})
        budget = image.width * image.height * AVIF_BYTES_PER_PIXEL
        # A tiny picture is mostly the format's own header.
        if len(data) <= max(budget, 4096) or len(qualities) == 1:
            return data
        del qualities[0]


def encoded(image: Image.Image, options: dict[str, Any]) -> bytes:
    data = io.BytesIO()
    image.save(data, **options)
    return data.getvalue()


def write(name: str, data: bytes) -> None:
    with open(name, "wb") as file:
        file.write(data)


def process(order: dict[str, Any]) -> dict[str, Any]:
    first, others = decode("upload", order["pixels"], order["side"])
    image = without(srgb(first), *order["crop"])
    made: list[Made] = []
    if order["master"]:
        write(f"master-{image.width}.jpg", encoded(image, MASTER))
        made.append(("master", "jpg", image.width, image.height))
    for shape, widths in order["shapes"].items():
        base = card(image, order["focus"]) if shape == "card" else image
        made.extend(encode_sizes(shape, base, widths))
    return {
        "width": image.width,
        "height": image.height,
        "tone": tone(image),
        "left_out": others,
        "made": made,
    }


def main() -> None:
    order = json.loads(sys.argv[1])
    try:
        report = process(order)
    except UnreadableUpload as refusal:
        report = {"refused": str(refusal)}
    except MemoryError:
        report = {"refused": "The picture needs too much memory to be read."}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
