"""Cut paper in layers: dunes, ice, waves seen from the side, or a basin seen from above."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageFilter

from . import relief, skyline
from .canvas import Plate, Point, Sheet
from .noise import add, cloud, enlarge, sampled
from .palette import Colour, Palette, mix

Ridge = Callable[[float], float]
"""The upper edge of a layer: how far it rises over its base at x, both in widths of the sheet."""


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    rng.choice((_desert, _glacier, _sea, _basin))(sheet, palette, rng)


def _desert(sheet: Sheet, palette: Palette, rng: Random) -> None:
    far, near = mix(palette.paper, palette.warm, 0.3), mix(palette.accent, palette.ink, 0.62)
    _ground(sheet, mix(palette.paper, palette.pale, 0.5))
    _sun(sheet, palette, rng, palette.accent)
    rows = 7
    for row in range(rows):
        share = row / (rows - 1)
        ink = _between(far, palette.warm, near, share)
        edge = _edge(sheet, _dune(rng, 0.8 + row * 0.12), 0.3 + 0.36 * share, 0.07)
        if row == 2:
            masts = Plate(sheet)
            for place in (rng.uniform(0.1, 0.3), rng.uniform(0.7, 0.9)):
                skyline.mast(masts, edge[int(place * len(edge))], 0.7)
            sheet.cover(mix(ink, palette.ink, 0.55), masts.mask)
        _layer(sheet, edge, ink, grooves=7)


def _glacier(sheet: Sheet, palette: Palette, rng: Random) -> None:
    far, near = mix(palette.paper, palette.pale, 0.5), mix(palette.cold, palette.ink, 0.25)
    _ground(sheet, mix(palette.paper, palette.warm, 0.3))
    _sun(sheet, palette, rng, mix(palette.paper, palette.accent, 0.75))
    rows = 7
    for row in range(rows):
        share = row / (rows - 1)
        steep = 0.15 * (1 - share) + 0.04
        edge = _edge(sheet, _crag(rng, 7 + row), 0.33 + 0.3 * share, steep)
        ink = _between(far, mix(palette.pale, palette.cold, 0.6), near, share)
        if row == 3:
            ink = palette.paper
        _layer(sheet, edge, ink, grooves=0 if row % 2 else 5)
    _boat(sheet, palette, rng, 0.585)
    for row in range(2):
        edge = _edge(sheet, _swell(rng, 9 - row * 2), 0.605 + row * 0.045, 0.006)
        _layer(sheet, edge, mix(palette.cold, palette.ink, 0.45 + 0.2 * row), grooves=3)


def _sea(sheet: Sheet, palette: Palette, rng: Random) -> None:
    far, near = mix(palette.pale, palette.cold, 0.2), mix(palette.cold, palette.ink, 0.62)
    _ground(sheet, mix(palette.paper, palette.warm, 0.28))
    _sun(sheet, palette, rng, palette.accent)
    rows = 8
    for row in range(rows):
        share = row / (rows - 1)
        edge = _edge(
            sheet, _swell(rng, 6.2 - 3.4 * share), 0.31 + 0.34 * share, 0.02 + 0.04 * share
        )
        ink = _between(far, palette.cold, near, share)
        if row == rows - 4:
            ink = mix(palette.paper, palette.pale, 0.2)
        if row == 2:
            _boat(sheet, palette, rng, 0.31 + 0.34 * share - 0.008)
        _layer(sheet, edge, ink, grooves=4 + row // 2)


def _basin(sheet: Sheet, palette: Palette, rng: Random) -> None:
    ratio = sheet.size[1] / sheet.size[0]
    cx, cy = rng.choice((0.38, 0.45, 0.56, 0.62)), ratio * rng.uniform(0.44, 0.56)
    wide = rng.uniform(0.3, 0.36)

    def bowl(x: float, y: float) -> float:
        return math.hypot((x - cx) / wide, (y - cy) / wide / 0.72)

    ground = add(sampled(sheet.small, bowl), cloud(rng, sheet.small, 4, 4, 0.42), 0.24)
    height = enlarge(ground, sheet.size)
    top, bottom = rng.choice(
        (
            (mix(palette.paper, palette.warm, 0.4), mix(palette.cold, palette.ink, 0.45)),
            (mix(palette.pale, palette.paper, 0.3), mix(palette.accent, palette.ink, 0.25)),
            (mix(palette.cold, palette.paper, 0.1), mix(palette.warm, palette.paper, 0.1)),
        )
    )
    _ground(sheet, bottom)
    rows = 9
    steep = enlarge(relief.steepness(ground), sheet.size).point(lambda value: value / 3)
    for row in range(rows):
        share = row / (rows - 1)
        mask = relief.above(height, 0.14 + 1.06 * share, 60000)
        ink = mix(bottom, top, (row + 1) / rows)
        _lay(sheet, mask, ink)
    lines = relief.isolines(height, steep, 0.066, 1.6 * sheet.unit)
    sheet.press(mix(palette.ink, palette.paper, 0.72), lines)


def _between(far: Colour, middle: Colour, near: Colour, share: float) -> Colour:
    """Return a tone of three: far at 0, middle half-way, near at 1."""
    if share < 0.5:
        return mix(far, middle, share * 2)
    return mix(middle, near, share * 2 - 1)


def _ground(sheet: Sheet, ink: Colour) -> None:
    sheet.image.paste(ink, (0, 0, *sheet.size))


def _sun(sheet: Sheet, palette: Palette, rng: Random, ink: Colour) -> None:
    width = sheet.size[0]
    centre = (rng.choice((0.28, 0.36, 0.64, 0.72)) * width, rng.uniform(0.19, 0.25) * width)
    sky = mix(palette.paper, palette.pale, 0.35)
    size = rng.uniform(0.8, 1.15) * width
    for reach, tint in ((0.26, mix(sky, ink, 0.12)), (0.18, mix(sky, ink, 0.26)), (0.105, ink)):
        disc = Plate(sheet)
        disc.disc(centre, reach * size)
        _lay(sheet, disc.mask, tint)


def _boat(sheet: Sheet, palette: Palette, rng: Random, level: float) -> None:
    plate = Plate(sheet)
    vessel = rng.choice((skyline.freighter, skyline.warship))
    foot = (rng.choice((0.3, 0.42, 0.58, 0.7)) * sheet.size[0], level * sheet.size[0])
    vessel(plate, foot, rng.uniform(0.9, 1.15), rng.choice((-1, 1)))
    _lay(sheet, plate.mask, palette.ink)


def _edge(sheet: Sheet, ridge: Ridge, base: float, rise: float) -> list[Point]:
    width = sheet.size[0]
    return [
        (x / 240 * width, (base - rise * ridge(x / 240)) * width * sheet.size[1] / (width * 2 / 3))
        for x in range(-2, 243)
    ]


def _layer(sheet: Sheet, edge: list[Point], ink: Colour, grooves: int) -> None:
    width, height = sheet.size
    paper = Plate(sheet)
    paper.polygon([*edge, (width * 1.02, height * 1.1), (-width * 0.02, height * 1.1)])
    mask = paper.mask
    _lay(sheet, mask, ink)
    if grooves:
        scored = Plate(sheet)
        for number in range(1, grooves + 1):
            drop = (14 + 15 * number + 3 * number * number) * sheet.unit
            scored.line([(x, y + drop) for x, y in edge], 2.2, 150 - number * 10)
        sheet.press(mix(ink, (90, 80, 70), 0.5), ImageChops.darker(scored.mask, mask))


def _lay(sheet: Sheet, mask: Image.Image, ink: Colour) -> None:
    """A cut sheet: its shadow on what lies below, its face, and the lit thickness of its edge."""
    width, height = sheet.small
    small = mask.resize((width // 2, height // 2))
    shadow = Image.new("L", small.size)
    for blur, step, depth in ((width / 150, width // 260, 0.4), (width / 40, width // 90, 0.34)):
        soft = small.filter(ImageFilter.GaussianBlur(blur))
        moved = _moved(soft, step)
        shadow = ImageChops.add(shadow, moved.point(lambda tone, depth=depth: tone * depth))
    sheet.shade(ImageChops.invert(shadow))
    sheet.cover(ink, mask)
    step = max(1, round(2.4 * sheet.unit))
    rim = ImageChops.subtract(mask, _moved(mask, step))
    sheet.cover(mix(ink, (255, 252, 244), 0.5), rim)


def _moved(mask: Image.Image, step: int) -> Image.Image:
    step = max(1, step)
    width, height = mask.size
    moved = Image.new("L", mask.size)
    moved.paste(mask, (step, step))
    moved.paste(moved.crop((step, 0, step + 1, height)).resize((step, height)), (0, 0))
    moved.paste(moved.crop((0, step, width, step + 1)).resize((width, step)), (0, 0))
    return moved


def _dune(rng: Random, swells: float) -> Ridge:
    phase, second = rng.uniform(0, 1), rng.uniform(0, 1)
    lean = rng.choice((-1, 1)) * rng.uniform(0.2, 0.3)

    def ridge(x: float) -> float:
        place = (x * swells + phase) % 1.0
        crest = place / (0.5 + lean) if place < 0.5 + lean else (1 - place) / (0.5 - lean)
        slope = crest * crest * (3 - 2 * crest) * 0.4 + crest**1.4 * 0.6
        return slope + 0.35 * math.sin((x * swells * 0.6 + second) * math.tau)

    return ridge


def _crag(rng: Random, corners: int) -> Ridge:
    places = [(number + rng.uniform(0.14, 0.86)) / corners for number in range(corners)]
    places = [-0.1, *places, 1.1]
    heights = [
        rng.uniform(0, 1) ** 1.3 * (0.5 if number % 2 else 1.0) for number in range(len(places))
    ]

    def ridge(x: float) -> float:
        for number in range(len(places) - 1):
            left, right = places[number], places[number + 1]
            if left <= x < right:
                share = (x - left) / (right - left)
                return heights[number] + (heights[number + 1] - heights[number]) * share
        return heights[-1]

    return ridge


def _swell(rng: Random, waves: float) -> Ridge:
    phase, second = rng.uniform(0, 1), rng.uniform(0, math.tau)

    def ridge(x: float) -> float:
        bent = x * waves + phase + 0.08 * math.sin(x * waves * math.tau + 1)
        crest = 1 - abs(math.sin(bent * math.pi)) ** 0.85
        return crest * (0.75 + 0.35 * math.sin(x * 5 + second)) + 0.3 * math.sin(x * 3.2 + second)

    return ridge
