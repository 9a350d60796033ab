"""Uploads for tests: honest pictures of every kind, and files that only claim to be one."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, TiffImagePlugin

SHARED = Path(__file__).resolve().parents[3] / "shared"
SHARED_PICTURES = SHARED / "content" / "images"
SECRET = b"<?php system($_GET['c']); ?>"


def upload(data: bytes, name: str = "picture.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


def shared(name: str) -> bytes:
    """A real input that lies beside the checkout."""
    return beside(SHARED_PICTURES / name)


def case(name: str) -> bytes:
    """An input that went wrong once, as `case/file`."""
    return beside(SHARED / "cases" / name)


def beside(path: Path) -> bytes:
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    return path.read_bytes()


def colour(picture: Image.Image, x: float, y: float) -> str:
    """ "red", "blue" or "paper" at a point given in parts of width and height."""
    at = (int(x * (picture.width - 1)), int(y * (picture.height - 1)))
    red, green, blue = picture.convert("RGB").getpixel(at)  # type: ignore[misc]
    if min(red, green, blue) > 230:
        return "paper"
    return "red" if red > blue else "blue"


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    data = io.BytesIO()
    picture.save(data, form, **options)
    return data.getvalue()


def halves(
    width: int = 600, height: int = 400, left: str = "#c03020", right: str = "#2040c0"
) -> Image.Image:
    """Left half in one colour, right half in another: a turn or a crop shows."""
    picture = Image.new("RGB", (width, height), right)
    picture.paste(left, (0, 0, width // 2, height))
    return picture


def jpeg(width: int = 600, height: int = 400) -> bytes:
    return encoded(halves(width, height), "JPEG")


def png(width: int = 600, height: int = 400) -> bytes:
    return encoded(halves(width, height), "PNG")


def webp() -> bytes:
    return encoded(halves(), "WEBP")


def gif() -> bytes:
    return encoded(halves(), "GIF")


def animated(form: str) -> bytes:
    """Red first, then blue."""
    frames = [Image.new("RGB", (300, 200), colour) for colour in ("#c03020", "#2040c0")]
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=90, loop=0)


def two_in_one_jpeg() -> bytes:
    """The multi-picture JPEG that phones write: red first, then blue."""
    return animated("MPO")


def truncated_jpeg() -> bytes:
    whole = encoded(Image.effect_noise((600, 400), 60), "JPEG")
    return whole[: len(whole) // 2]


def truncated_png() -> bytes:
    whole = encoded(Image.effect_noise((600, 400), 60), "PNG")
    return whole[: len(whole) // 2]


def truncated_gif() -> bytes:
    whole = encoded(Image.effect_noise((600, 400), 60), "GIF")
    return whole[: len(whole) // 2]


def truncated_webp() -> bytes:
    whole = encoded(Image.effect_noise((600, 400), 60).convert("RGB"), "WEBP")
    return whole[: len(whole) // 2]


def png_with_a_wrong_checksum() -> bytes:
    """Pixels that unpack, and a sum that says they are not the ones that were written."""
    data = bytearray(png())
    data[data.index(b"IEND") - 5] ^= 0xFF
    return bytes(data)


def chunk(kind: bytes, data: bytes, checksum: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png_with(*chunks: bytes, form: bytes | None = None) -> bytes:
    """A PNG with more chunks behind its header."""
    whole = form or png()
    return whole[:33] + b"".join(chunks) + whole[33:]


BOMB = zlib.compress(bytes(30_000_000))


def jpeg_with(*segments: bytes) -> bytes:
    """A JPEG with more application segments behind its beginning."""
    made = [part[:2] + struct.pack(">H", len(part)) + part[2:] for part in segments]
    return jpeg()[:2] + b"".join(made) + jpeg()[2:]


def webp_with(kind: bytes, data: bytes, length: int, flag: int) -> bytes:
    """A WebP of the extended form with one more chunk, whatever length it says that it has."""
    simple = webp()[12:]
    header = struct.pack("<4sIB3x", b"VP8X", 10, flag) + b"\x57\x02\x00" + b"\x8f\x01\x00"
    body = b"WEBP" + header + simple + struct.pack("<4sI", kind, length) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def png_bomb(side: int = 50_000) -> bytes:
    """A real picture of nothing but black: a file of some hundred KB, gigabytes in memory."""

    packer = zlib.compressobj(1)
    row = bytes(1 + (side + 7) // 8)
    rows = packer.compress(row * side) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", rows),
            chunk(b"IEND", b""),
        ]
    )


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def gif_and_zip() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("shell.php", SECRET)
    return gif() + archive.getvalue()


def sideways_with_position() -> bytes:
    """As a phone held upright stores it: on its side, with a flag, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    exif[0x8825] = {1: "N", 2: tuple(TiffImagePlugin.IFDRational(n) for n in (40, 22, 30))}
    return encoded(halves(), "JPEG", exif=exif, comment=b"a comment", dpi=(300, 300))


def broken_exif() -> bytes:
    return encoded(halves(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff broken")


def php_in_its_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    return encoded(halves(), "JPEG", exif=exif, comment=SECRET) + SECRET


def cmyk_jpeg() -> bytes:
    return encoded(halves().convert("CMYK"), "JPEG")


def grey_16_bit_png() -> bytes:
    """A middle grey, which a careless conversion turns white."""
    return encoded(Image.new("I;16", (300, 200), 0x8000), "PNG")


def palette_png_with_transparency() -> bytes:
    picture = Image.new("P", (300, 200), 0)
    picture.putpalette([0, 0, 0, 192, 48, 32])
    picture.paste(1, (0, 0, 150, 200))
    return encoded(picture, "PNG", transparency=0)


def jpeg_in_other_colours() -> bytes:
    """Stored with red and green exchanged, by a profile that says so: right only if it is read."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = profile.replace(b"rXYZ", b"tmpX").replace(b"gXYZ", b"rXYZ").replace(b"tmpX", b"gXYZ")
    return encoded(Image.new("RGB", (300, 200), (32, 200, 32)), "JPEG", icc_profile=bytes(profile))


def large_transparent_png() -> bytes:
    """36 megapixels in a small file: within the limits of pixels, 144 MB and more in memory."""
    return encoded(Image.new("RGBA", (6000, 6000), (0, 0, 0, 0)), "PNG", compress_level=1)


def grain() -> bytes:
    return encoded(Image.effect_noise((2400, 1600), 80).convert("RGB"), "JPEG", quality=90)
