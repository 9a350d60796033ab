"""Medallions in place of portraits: a body in engraved lines, lit from one side, in a guilloche."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageMath

from . import relief, screen
from .canvas import Plate, Point, Sheet, around
from .noise import add, cloud, enlarge, sampled
from .palette import Palette, mix

Height = Callable[[float, float], float]
"""The height of a body over the page at x and y, all in widths of the picture."""


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    size = sheet.size[0]
    middle = (size / 2, size / 2)
    dark = rng.random() < 0.45
    ground = mix(palette.cold, palette.ink, 0.3) if dark else mix(palette.pale, palette.paper, 0.3)
    line = mix(palette.pale, palette.paper, 0.4) if dark else mix(palette.cold, palette.ink, 0.2)
    sheet.image.paste(ground, (0, 0, size, size))
    _guilloche(sheet, rng, line, middle, size)
    rim, face = Plate(sheet), Plate(sheet)
    face.disc(middle, size * 0.318)
    for reach, width in ((0.33, 5), (0.318, 2.5)):
        rim.ring(middle, size * reach, width * 2)
    sheet.cover(mix(palette.paper, palette.warm, 0.25), face.mask)
    _emblem(sheet, palette, rng, face.mask)
    sheet.cover(line if dark else palette.ink, rim.mask)
    beads = Plate(sheet)
    for number in range(72):
        angle = number * math.tau / 72
        beads.disc(around(middle, angle, size * 0.344), size * 0.0042)
    sheet.cover(palette.accent, beads.mask)


def _guilloche(
    sheet: Sheet, rng: Random, ink: tuple[int, int, int], middle: Point, size: int
) -> None:
    plate = Plate(sheet)
    lobes, twist = rng.choice((12, 18, 24)), rng.choice((2, 3))
    strands = 14
    for strand in range(strands):
        shift = strand / strands * math.tau
        band, fine = [], []
        for step in range(721):
            angle = step / 720 * math.tau
            swing = math.sin(angle * lobes + shift)
            breath = 0.05 + 0.018 * math.sin(angle * lobes / twist)
            band.append(around(middle, angle, size * (0.42 + breath * swing)))
            fine.append(
                around(middle, angle, size * (0.58 + 0.1 * math.sin(angle * lobes / 2 + shift)))
            )
        plate.line(band, 2.6)
        plate.line(fine, 2.2)
    sheet.cover(ink, plate.mask)


def _emblem(sheet: Sheet, palette: Palette, rng: Random, face: Image.Image) -> None:
    size = sheet.size[0]
    shape = rng.choice((_stones, _sphere, _ring, _gem))(rng)
    height = sampled(sheet.small, shape, 240)
    body = ImageChops.darker(
        enlarge(height, sheet.size).point(lambda value: value * 60000 - 700).convert("L"), face
    )
    height = add(height, cloud(rng, sheet.small, 4, 4, 0.5), 0.012)
    right, down = relief.slopes(height)
    tilt = add(right, down).point(lambda value: value * (-0.14 * sheet.small[0]) + 0.4)
    count = 62
    turn = rng.uniform(0.2, 0.9) * rng.choice((-1, 1))
    phase = ImageMath.lambda_eval(
        lambda of: of["right"] + of["down"] + of["height"],
        right=screen.across(sheet.size, lambda x: x / size * count * math.sin(turn)),
        down=screen.down(sheet.size, lambda y: y / size * count * math.cos(turn)),
        height=enlarge(height, sheet.size).point(lambda value: value * -15.0),
    )
    lines = screen.lines(enlarge(tilt, sheet.size), phase, size / count)
    faint = screen.lines(Image.new("F", sheet.size, 0.16), phase, size / count)
    ink = mix(palette.ink, palette.cold, 0.2)
    sheet.press(ink, ImageChops.subtract(ImageChops.darker(faint, face), body))
    sheet.cover(rng.choice((mix(palette.accent, palette.warm, 0.3), palette.warm)), body)
    sheet.press(ink, ImageChops.darker(lines, body))


def _stones(rng: Random) -> Height:
    stones = []
    level = 0.73
    for reach in (0.2, 0.155, 0.105):
        flat = rng.uniform(0.52, 0.64)
        level -= reach * flat * 0.94
        stones.append((0.5 + rng.uniform(-0.03, 0.03), level, reach, flat))
        level -= reach * flat * 0.94

    def height(x: float, y: float) -> float:
        best = 0.0
        for cx, cy, reach, flat in stones:
            inside = 1 - ((x - cx) / reach) ** 2 - ((y - cy) / reach / flat) ** 2
            if inside > 0:
                best = max(best, reach * math.sqrt(inside))
        return best

    return height


def _sphere(rng: Random) -> Height:
    turns, start = rng.choice((1.0, 1.5, 2.0)), rng.uniform(0, math.tau)
    arms = rng.choice((2, 3, 4))

    def height(x: float, y: float) -> float:
        out = math.hypot(x - 0.5, y - 0.5) / 0.23
        if out >= 1:
            return 0.0
        angle = math.atan2(y - 0.5, x - 0.5)
        groove = math.cos(arms * angle + start + out * turns * math.tau)
        return 0.2 * math.sqrt(1 - out * out) + 0.045 * groove * out * (1 - out * out)

    return height


def _ring(rng: Random) -> Height:
    start, swell = rng.uniform(0, math.tau), rng.uniform(0.006, 0.018)

    def height(x: float, y: float) -> float:
        out = math.hypot(x - 0.5, y - 0.5)
        angle = math.atan2(y - 0.5, x - 0.5)
        thick = 0.066 + swell * math.cos(angle + start)
        inside = 1 - ((out - 0.165) / thick) ** 2
        bead = 1 - (out / 0.055) ** 2
        return 0.09 * math.sqrt(max(0.0, inside)) + 0.075 * math.sqrt(max(0.0, bead))

    return height


def _gem(rng: Random) -> Height:
    sides, start = rng.choice((5, 6, 8)), rng.uniform(0, math.tau)
    facing = [
        (math.cos(start + number * math.tau / sides), math.sin(start + number * math.tau / sides))
        for number in range(sides)
    ]
    half = [
        (
            math.cos(start + (number + 0.5) * math.tau / sides),
            math.sin(start + (number + 0.5) * math.tau / sides),
        )
        for number in range(sides)
    ]

    def height(x: float, y: float) -> float:
        right, down = x - 0.5, y - 0.5
        girdle = 0.215 - max(right * a + down * b for a, b in facing)
        crown = 0.2 - max(right * a + down * b for a, b in half) * 0.75
        return max(0.0, min(girdle * 1.5, crown, 0.13))

    return height
