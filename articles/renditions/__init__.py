"""Pictures as readers get them: fixed shapes, fixed widths, fresh encodings under random names.

An upload is decoded by a child process (see `worker.py`) that the kernel holds to limits; what it
wrote is taken up here and stored through Django's default storage. No size is ever made on request.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from articles import child_process
from articles.child_process import ChildDied, Limits

logger = logging.getLogger(__name__)

# "full" keeps the picture's proportions, "card" is cut to 3:2 around the focal point. A picture
# that is narrower than a width is made as wide as it is instead, never enlarged. JPEG is for old
# browsers, mail, feeds and the sites that show shared links: two widths are enough.
SHAPES: dict[str, dict[str, list[int]]] = {
    "full": {"avif": [320, 480, 640, 800, 1080, 1440, 1920], "jpg": [640, 1440]},
    "card": {"avif": [240, 360, 480, 720, 960], "jpg": [480, 960]},
}
# Limits of the child. A transparent WebP of the largest size allowed just fits into its memory.
LIMITS = Limits(memory=1_500_000_000, seconds=20, file_bytes=64_000_000, files=32)
PIXELS, SIDE = 60_000_000, 16_384
PATIENCE = 60  # seconds on the clock, on a busy machine
WORKER = Path(__file__).with_name("worker.py")
# The names that `store()` gives: no other file of the storage is shown to anybody.
STORED_NAME = re.compile(
    r"pictures/[0-9a-f]{2}/[0-9a-f]{16}-(master\.jpg|(full|card)-[1-9][0-9]*\.(avif|jpg))"
)

Focus = tuple[float, float]
# So much on the left, above, on the right and below, in parts of the whole.
Crop = tuple[float, float, float, float]
UNCUT: Crop = (0.0, 0.0, 0.0, 0.0)
# The column of an image: shape -> format -> [width, height, name], narrowest first.
Renditions = dict[str, dict[str, list[list[Any]]]]


class ImageRefused(ValidationError):
    """Carries one sentence that tells an editor what is wrong with the file."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="picture")


@dataclass(frozen=True)
class Encoding:
    """One encoding of a picture, not stored yet; the master has the shape "master"."""

    shape: str
    format: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class ProcessedImage:
    """The encodings of an image, in memory; `width` and `height` are the master's, `left_out` is
    a sentence for the editor where the file holds more than one picture."""

    width: int
    height: int
    tone: str
    left_out: str
    encodings: list[Encoding]


def process(upload: File, focus: Focus) -> ProcessedImage:
    """Decode an upload and make its master and every rendition; nothing is stored yet.

    Raises ImageRefused where it is not a whole JPEG, PNG, WebP or GIF within the limits.
    """
    if not upload.size:
        raise ImageRefused("The file is empty.")
    if upload.size > settings.PICTURE_MAX_MB * 1_000_000:
        raise ImageRefused(
            f"The file has {upload.size / 1_000_000:.0f} MB; "
            f"the most is {settings.PICTURE_MAX_MB} MB."
        )
    return _run_worker(upload, SHAPES, focus, master=True)


def crop(upload: File, cut: Crop) -> tuple[File, str]:
    """Return a picture without what is cut off of it, and the sentence that says which of its
    frames are left out. Raises ImageRefused, like `process`."""
    made = _run_worker(upload, (), (0.5, 0.5), master=True, cut=cut)
    return ContentFile(made.encodings[0].data, upload.name), made.left_out


def remake(master: str, shapes: Iterable[str], focus: Focus) -> list[Encoding]:
    """Make these shapes anew from a stored master. Raises OSError where the master is gone."""
    with default_storage.open(master) as file:
        return _run_worker(file, shapes, focus, master=False).encodings


def digest(upload: File) -> str:
    hashed = hashlib.sha256()
    for chunk in upload.chunks():
        hashed.update(chunk)
    return hashed.hexdigest()


def store(encodings: Iterable[Encoding]) -> tuple[str, Renditions]:
    """Store encodings under a new random stem; return the name of the master ("" without one)
    and theirs.

    A name is never used for other bytes, so browsers may keep it for ever. If storage fails, what
    was stored before is taken away again, and the half of a file too. Raises ImageRefused where the
    disk takes no more.
    """
    token = secrets.token_hex(9)
    stem = f"pictures/{token[:2]}/{token[2:]}"
    master = ""
    renditions: Renditions = {}
    stored: list[str] = []
    try:
        for made in sorted(encodings, key=lambda made: made.width):
            size = "" if made.shape == "master" else f"-{made.width}"
            name = f"{stem}-{made.shape}{size}.{made.format}"
            stored.append(name)  # before it is whole
            name = stored[-1] = default_storage.save(name, ContentFile(made.data))
            if made.shape == "master":
                master = name
            else:
                formats = renditions.setdefault(made.shape, {})
                formats.setdefault(made.format, []).append([made.width, made.height, name])
    except OSError as error:
        remove(stored)
        raise ImageRefused(
            f"The server could not store the picture ({error.strerror or error}). Nothing was "
            "kept of it; tell whoever looks after the server."
        ) from error
    except BaseException:
        remove(stored)
        raise
    return master, renditions


def names(renditions: Renditions) -> set[str]:
    return {
        name
        for formats in renditions.values()
        for sizes in formats.values()
        for _width, _height, name in sizes
    }


def remove(stored: Iterable[str]) -> None:
    """Delete files. One that cannot be deleted is only logged: no row names it any more."""
    for name in stored:
        try:
            default_storage.delete(name)
        except Exception:  # whatever a storage may raise
            logger.exception("The picture file %s could not be deleted", name)


def _run_worker(
    source: File, shapes: Iterable[str], focus: Focus, *, master: bool, cut: Crop = UNCUT
) -> ProcessedImage:
    order = {
        "shapes": {shape: SHAPES[shape] for shape in shapes},
        "focus": focus,
        "master": master,
        "crop": cut,
        "pixels": PIXELS,
        "side": SIDE,
    }
    with TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        room = Path(folder)
        with (room / "upload").open("wb") as copy:
            for chunk in source.chunks():
                copy.write(chunk)
        try:
            report = child_process.run(WORKER, order, room, LIMITS, PATIENCE)
        except ChildDied as death:
            raise ImageRefused(
                "The picture took too long to read."
                if death.took_too_long
                else "The picture could not be read: decoding it failed."
            ) from None
        if "refused" in report:
            raise ImageRefused(report["refused"])
        encodings = [
            Encoding(shape, form, width, height, (room / f"{shape}-{width}.{form}").read_bytes())
            for shape, form, width, height in report["made"]
        ]
    facts = {name: report[name] for name in ("width", "height", "tone", "left_out")}
    return ProcessedImage(encodings=encodings, **facts)
