"""The artwork as files, for processes that do nothing else: no model is imported here."""

import io

from PIL import Image

from . import artwork


def illustration(art: str, seed: int) -> bytes:
    return jpeg(artwork.draw(art, seed))


def portrait(seed: int) -> bytes:
    return jpeg(artwork.portrait(seed))


def jpeg(picture: Image.Image) -> bytes:
    """Encode so finely that the encodings for readers, which are made from it, lose nothing by
    it."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()
