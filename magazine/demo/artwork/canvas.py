"""The sheet that a picture is printed on, and the plates that carry its inks."""

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .palette import Colour

Point = tuple[float, float]
OVERSAMPLING = 2


class Sheet:
    """A sheet of paper; all measures are in `unit`s, pixels of a drawing of 2400 by 1600."""

    def __init__(self, size: tuple[int, int], paper: Colour) -> None:
        self.size = size
        self.image = Image.new("RGB", size, paper)
        self.unit = math.sqrt(size[0] * size[1] / (2400 * 1600))

    @property
    def small(self) -> tuple[int, int]:
        """A third of the sheet: fine enough for fields, which are drawn large smoothly."""
        return max(8, self.size[0] // 3), max(8, self.size[1] // 3)

    def cover(self, ink: Colour, mask: Image.Image) -> None:
        """Lay an opaque ink where the mask is white."""
        box = mask.getbbox()
        if box:
            self.image.paste(ink, box, mask.crop(box))

    def press(self, ink: Colour, mask: Image.Image) -> None:
        """Print a transparent ink: it darkens what lies under it, as on a real press."""
        box = mask.getbbox()
        if box:
            under = self.image.crop(box)
            printed = ImageChops.multiply(under, Image.new("RGB", under.size, ink))
            self.image.paste(printed, box, mask.crop(box))

    def shade(self, tone: Image.Image) -> None:
        """Darken by a greyscale image of any size, where white leaves the sheet alone."""
        full = ImageChops.invert(tone).resize(self.size, Image.Resampling.BICUBIC)
        self.cover((0, 0, 0), full)

    def finish(self, rng: Random) -> Image.Image:
        """Give the sheet its tooth: a grain so faint and soft that it costs a JPEG little."""
        width, height = self.size
        fine_size = (max(2, width // 4), max(2, height // 4))
        fine = Image.frombytes("L", fine_size, rng.randbytes(fine_size[0] * fine_size[1]))
        coarse_size = (max(2, width // 60), max(2, height // 60))
        coarse = Image.frombytes("L", coarse_size, rng.randbytes(coarse_size[0] * coarse_size[1]))
        fine = fine.filter(ImageFilter.GaussianBlur(0.7))
        coarse = coarse.resize(fine_size, Image.Resampling.BICUBIC)
        grain = Image.blend(fine, coarse, 0.35).point(lambda value: 248 + (value - 128) * 0.085)
        self.shade(grain)
        return self.image


class Plate:
    """A mask that is drawn with strokes and shapes, in pixels of the sheet, and then smoothed."""

    def __init__(self, sheet: Sheet) -> None:
        self.unit = sheet.unit
        self.image = Image.new("L", (sheet.size[0] * OVERSAMPLING, sheet.size[1] * OVERSAMPLING))
        self.draw = ImageDraw.Draw(self.image)

    def line(self, points: Sequence[Point], width: float, tone: int = 255) -> None:
        stroke = max(1, round(width * self.unit * OVERSAMPLING))
        joint = "curve" if stroke > 3 and len(points) > 2 else None
        self.draw.line(_scaled(points), fill=tone, width=stroke, joint=joint)

    def dashes(self, points: Sequence[Point], width: float, dash: float, gap: float) -> None:
        period = (dash + gap) * self.unit
        for piece in _pieces(points, dash * self.unit, period):
            self.line(piece, width)

    def polygon(self, points: Sequence[Point], tone: int = 255) -> None:
        self.draw.polygon(_scaled(points), fill=tone)

    def disc(self, centre: Point, radius: float, tone: int = 255) -> None:
        self.draw.ellipse(_box(centre, radius), fill=tone)

    def ring(self, centre: Point, radius: float, width: float, tone: int = 255) -> None:
        stroke = max(1, round(width * self.unit * OVERSAMPLING))
        self.draw.ellipse(_box(centre, radius), outline=tone, width=stroke)

    @property
    def mask(self) -> Image.Image:
        return self.image.reduce(OVERSAMPLING)


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]


def _box(centre: Point, radius: float) -> tuple[float, float, float, float]:
    x, y = centre[0] * OVERSAMPLING, centre[1] * OVERSAMPLING
    reach = radius * OVERSAMPLING
    return x - reach, y - reach, x + reach, y + reach


def _pieces(points: Sequence[Point], dash: float, period: float) -> list[list[Point]]:
    pieces: list[list[Point]] = []
    travelled = 0.0
    for start, end in pairwise(points):
        length = math.dist(start, end)
        if not length:
            continue
        position = 0.0
        while position < length:
            phase = (travelled + position) % period
            step = min(length - position, (dash - phase) if phase < dash else (period - phase))
            step = max(step, 0.01)
            if phase < dash:
                a, b = position / length, (position + step) / length
                pieces.append([along(start, end, a), along(start, end, b)])
            position += step
        travelled += length
    return pieces


def around(centre: Point, angle: float, distance: float) -> Point:
    """The point at a distance from the centre, the angle in radians from the right, clockwise."""
    return centre[0] + math.cos(angle) * distance, centre[1] + math.sin(angle) * distance


def along(start: Point, end: Point, share: float) -> Point:
    """The point at a share of the way from start to end."""
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
