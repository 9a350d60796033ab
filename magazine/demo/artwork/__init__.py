"""Editorial artwork drawn by code: the same kind, seed and size give the same pixels."""

from random import Random

from PIL import Image

from . import contours, flag, grid, halftone, routes, strata
from . import portrait as medallion
from .canvas import Sheet
from .palette import palette_of

KINDS = {
    "contours": contours.draw,
    "routes": routes.draw,
    "flag": flag.draw,
    "halftone": halftone.draw,
    "grid": grid.draw,
    "strata": strata.draw,
}


def draw(kind: str, seed: int, width: int = 2400, height: int = 1600) -> Image.Image:
    """An illustration in RGB, of one of KINDS; composed for landscape, at best 3 by 2.

    Raises KeyError for another kind.
    """
    print_on = KINDS[kind]
    rng = Random(f"{kind}:{seed}")
    palette = palette_of(seed, list(KINDS).index(kind))
    sheet = Sheet((width, height), palette.paper)
    print_on(sheet, palette, rng)
    return sheet.finish(rng)


def portrait(seed: int, size: int = 1200) -> Image.Image:
    """A square medallion in RGB that stands where an author's picture would: nobody's face."""
    rng = Random(f"portrait:{seed}")
    palette = palette_of(seed, len(KINDS))
    sheet = Sheet((size, size), palette.paper)
    medallion.draw(sheet, palette, rng)
    return sheet.finish(rng)
