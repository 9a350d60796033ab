"""Flags of no country: invented devices on cloth that flies, hangs or fills the frame."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageFilter

from . import screen
from .canvas import Plate, Point, Sheet
from .devices import DEVICES
from .noise import add, cloud, enlarge, sampled
from .palette import Colour, Palette, mix


@dataclass(frozen=True)
class Drape:
    """How cloth hangs: for a point of the picture (both measured in its widths), the point of the
    cloth seen there (0 to 1 inside) and how dark it lies, from 0 to 1.

    `threads` is how many engraved threads run over the height of the cloth.
    """

    seen: Callable[[float, float], tuple[float, float, float]]
    pole: Point | None
    threads: int


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    ratio = sheet.size[1] / sheet.size[0]
    drape = rng.choice((_flying, _flying, _close, _close, _hanging))(rng, ratio)
    _sky(sheet, palette, rng)
    cloth = Sheet((1500, 1000), palette.paper)
    rng.choice(DEVICES)(cloth, _colours(palette, rng))
    _hem(cloth, palette)
    outline = _bent(Image.new("L", (1500, 1000), 255), drape, sheet)
    painted = _bent(cloth.image, drape, sheet)
    _shadow(sheet, outline)
    if drape.pole:
        _mast(sheet, palette, drape.pole)
    sheet.image.paste(painted, (0, 0), outline)
    _weave(sheet, palette, rng, drape, outline)


def _flying(rng: Random, ratio: float) -> Drape:
    left, top = rng.uniform(0.07, 0.11), ratio * rng.uniform(0.1, 0.14)
    length, drop = rng.uniform(0.86, 1.02), ratio * 0.74
    waves = rng.uniform(1.25, 1.8)
    start, lean = rng.uniform(0, 6.28), rng.uniform(-2.4, -1.2)
    ripple = rng.uniform(2.7, 3.6)

    def seen(x: float, y: float) -> tuple[float, float, float]:
        far = (x - left) / length
        grown = min(1.3, max(0.0, far) * 1.5) ** 0.8
        phase = far * waves * math.tau + (y - top) * lean * 2 + start
        second = far * ripple * math.tau + (y - top) * 5 + start * 2
        sway = (0.04 * math.sin(phase) + 0.01 * math.sin(second)) * grown
        sag = 0.045 * far * far * ratio
        u = far + (0.034 * math.sin(phase + 0.9) + 0.008 * math.cos(second)) * grown
        v = (y - top - sway - sag + 0.02 * (far - 0.5) * (y - ratio / 2)) / drop
        shade = 0.42 + (0.4 * math.cos(phase + 0.5) + 0.13 * math.cos(second)) * grown
        return u, v, shade

    return Drape(seen, (left, top), 66)


def _close(rng: Random, ratio: float) -> Drape:
    slant, start = rng.uniform(0.35, 0.9) * rng.choice((-1, 1)), rng.uniform(0, 6.28)
    folds = rng.uniform(1.7, 2.4)
    left, top = rng.uniform(0.06, 0.16), rng.uniform(0.09, 0.14)

    def seen(x: float, y: float) -> tuple[float, float, float]:
        along = x + slant * (y - ratio / 2)
        bend = 0.35 * math.sin(along * 4.1 + start * 1.7) + 0.6 * y
        phase = along * folds * math.tau + bend + start
        second = (x - slant * y * 0.6) * folds * 1.9 * math.tau + start * 2.3
        u = left + x * 0.78 + 0.036 * math.sin(phase) + 0.007 * math.sin(second)
        v = top + (y / ratio) * 0.78 + 0.05 * math.sin(phase + 0.8) + 0.012 * math.sin(second)
        shade = 0.44 + 0.44 * math.cos(phase + 0.3) + 0.12 * math.cos(second)
        return u, v, shade

    return Drape(seen, None, 58)


def _hanging(rng: Random, ratio: float) -> Drape:
    left, width = rng.uniform(0.1, 0.2), rng.uniform(0.58, 0.66)
    pleats, start = rng.uniform(2.6, 3.6), rng.uniform(0, 6.28)

    def seen(x: float, y: float) -> tuple[float, float, float]:
        fall = y / ratio
        spread = 1 + 0.12 * fall
        across = (x - left - width / 2) / (width * spread) + 0.5
        phase = across * pleats * math.tau + start + 0.5 * math.sin(fall * 3 + start)
        second = across * pleats * 2.3 * math.tau + start * 3 + fall * 1.4
        depth = 0.45 + 0.55 * fall
        u = 0.1 + 0.72 * fall + 0.014 * math.cos(phase) * fall + 0.03 * (across - 0.5) ** 2
        v = across + (0.038 * math.sin(phase) + 0.009 * math.sin(second)) * depth
        shade = 0.42 + (0.4 * math.cos(phase + 0.2) + 0.14 * math.cos(second)) * depth
        return u, v, shade

    return Drape(seen, None, 62)


def _colours(palette: Palette, rng: Random) -> list[Colour]:
    sets = (
        [palette.cold, palette.paper, palette.accent],
        [palette.accent, palette.paper, palette.ink],
        [palette.warm, palette.ink, palette.accent],
        [palette.paper, palette.accent, palette.cold],
        [mix(palette.cold, palette.ink, 0.5), palette.warm, palette.paper],
        [palette.pale, palette.cold, palette.accent],
    )
    return rng.choice(sets)


def _bent(flat: Image.Image, drape: Drape, sheet: Sheet) -> Image.Image:
    width, height = sheet.size
    columns, rows = 64, 44
    corners = [
        [
            (u * flat.width, v * flat.height)
            for u, v, _ in (
                drape.seen(column / columns, row / rows * height / width)
                for column in range(columns + 1)
            )
        ]
        for row in range(rows + 1)
    ]
    mesh = []
    for row in range(rows):
        north, south = corners[row], corners[row + 1]
        for column in range(columns):
            box = (
                column * width // columns,
                row * height // rows,
                (column + 1) * width // columns,
                (row + 1) * height // rows,
            )
            quad = (*north[column], *south[column], *south[column + 1], *north[column + 1])
            mesh.append((box, quad))
    return flat.transform(sheet.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _sky(sheet: Sheet, palette: Palette, rng: Random) -> None:
    sheet.image.paste(mix(palette.paper, palette.warm, 0.1), (0, 0, *sheet.size))
    clouds = cloud(rng, sheet.small, 7, 4, 0.5, stretch=3.2)
    height = sheet.small[1]
    fall = screen.down(sheet.small, lambda y: 0.62 - 0.55 * y / height)
    tone = enlarge(add(fall, clouds, 0.2), sheet.size)
    ink = mix(palette.pale, palette.cold, 0.25)
    sheet.press(ink, screen.dots(tone, 20 * sheet.unit, 22))


def _shadow(sheet: Sheet, outline: Image.Image) -> None:
    small = outline.resize(sheet.small).filter(ImageFilter.GaussianBlur(sheet.small[0] / 60))
    step = round(sheet.small[0] / 55)
    moved = ImageChops.offset(small, step, step)
    moved.paste(0, (0, 0, step, sheet.small[1]))
    moved.paste(0, (0, 0, sheet.small[0], step))
    sheet.shade(moved.point(lambda tone: 255 - tone * 0.3))


def _mast(sheet: Sheet, palette: Palette, top: Point) -> None:
    x, y = (top[0] - 0.009) * sheet.size[0], top[1] * sheet.size[0]
    mast, gleam = Plate(sheet), Plate(sheet)
    mast.line([(x, y - 90 * sheet.unit), (x, sheet.size[1])], 24)
    mast.disc((x, y - 104 * sheet.unit), 25 * sheet.unit)
    gleam.line([(x - 5 * sheet.unit, y - 80 * sheet.unit), (x - 5 * sheet.unit, sheet.size[1])], 4)
    sheet.cover(palette.ink, mast.mask)
    sheet.cover(mix(palette.warm, palette.paper, 0.3), gleam.mask)


def _hem(cloth: Sheet, palette: Palette) -> None:
    width, height = cloth.size
    seam = Plate(cloth)
    inset = 14
    edge = [
        (inset, inset),
        (width - inset, inset),
        (width - inset, height - inset),
        (inset, height - inset),
    ]
    seam.dashes([*edge, edge[0]], 4, 16, 10)
    cloth.press(mix(palette.ink, palette.paper, 0.45), seam.mask)


def _weave(sheet: Sheet, palette: Palette, rng: Random, drape: Drape, outline: Image.Image) -> None:
    small = sheet.small
    dark = sampled(small, lambda x, y: drape.seen(x, y)[2], 128)
    dark = add(dark, cloud(rng, small, 5, 4, 0.5), 0.1)
    soft = dark.point(lambda value: 262 - value * 112).convert("L")
    soft.paste(255, (0, 0), ImageChops.invert(outline.resize(soft.size)))
    sheet.shade(soft)
    thread = enlarge(
        sampled(small, lambda x, y: drape.seen(x, y)[1] * drape.threads, 128), sheet.size
    )
    tone = enlarge(dark, sheet.size)
    period = sheet.size[1] / drape.threads * 0.7
    engraved = screen.lines(tone.point(lambda value: value * 0.75 - 0.16), thread, period)
    sheet.press(mix(palette.ink, palette.paper, 0.2), ImageChops.darker(engraved, outline))
    gleam = screen.lines(
        tone.point(lambda value: 0.2 - value * 0.9), thread.point(lambda value: value + 0.5), period
    )
    faint = ImageChops.darker(gleam, outline).point(lambda tone: tone * 0.5)
    sheet.cover(palette.paper, faint)
