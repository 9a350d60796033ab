"""Silhouettes for a horizon: ships, cranes, sheds, masts and mountain ridges.

Each is drawn on a plate with its foot at a point; `scale` 1 suits the middle distance and `facing`
is 1 for right and -1 for left.
"""

import math
from itertools import pairwise
from random import Random

from .canvas import Plate, Point

Outline = tuple[tuple[float, float], ...]


def _stamp(plate: Plate, foot: Point, scale: float, facing: int, outline: Outline) -> None:
    plate.polygon([_at(plate, foot, scale, facing, x, y) for x, y in outline])


def _stroke(
    plate: Plate, foot: Point, scale: float, facing: int, outline: Outline, width: float
) -> None:
    plate.line([_at(plate, foot, scale, facing, x, y) for x, y in outline], width * scale)


def _at(plate: Plate, foot: Point, scale: float, facing: int, x: float, y: float) -> Point:
    reach = scale * plate.unit
    return foot[0] + x * facing * reach, foot[1] - y * reach


def freighter(plate: Plate, foot: Point, scale: float, facing: int) -> None:
    _stamp(
        plate,
        foot,
        scale,
        facing,
        ((-260, 0), (236, 0), (262, 26), (278, 62), (236, 56), (226, 44), (-246, 44), (-276, 50)),
    )
    for number in range(8):
        left = -150 + number * 44
        tall = (36, 52, 44, 60, 52, 36, 52, 28)[number]
        _stamp(
            plate,
            foot,
            scale,
            facing,
            ((left, 40), (left + 40, 40), (left + 40, 44 + tall), (left, 44 + tall)),
        )
    _stamp(
        plate,
        foot,
        scale,
        facing,
        ((-236, 40), (-168, 40), (-168, 112), (-156, 112), (-156, 124), (-228, 124), (-236, 112)),
    )
    _stamp(plate, foot, scale, facing, ((-226, 120), (-204, 120), (-206, 150), (-222, 150)))
    _stroke(plate, foot, scale, facing, ((-184, 120), (-184, 172)), 4)
    _stroke(plate, foot, scale, facing, ((240, 50), (240, 104)), 4)


def warship(plate: Plate, foot: Point, scale: float, facing: int) -> None:
    _stamp(plate, foot, scale, facing, ((-240, 0), (200, 0), (286, 56), (120, 40), (-250, 36)))
    _stamp(
        plate,
        foot,
        scale,
        facing,
        ((-110, 36), (78, 36), (54, 84), (10, 92), (-70, 84), (-100, 60)),
    )
    _stamp(plate, foot, scale, facing, ((-20, 84), (22, 84), (8, 150), (-6, 150)))
    _stamp(plate, foot, scale, facing, ((-92, 60), (-62, 60), (-68, 104), (-90, 100)))
    _stamp(plate, foot, scale, facing, ((110, 40), (150, 40), (142, 60), (116, 60)))
    _stroke(plate, foot, scale, facing, ((136, 54), (196, 64)), 5)
    _stroke(plate, foot, scale, facing, ((1, 148), (1, 214)), 4)
    _stroke(plate, foot, scale, facing, ((-24, 180), (26, 180)), 4)


def gantry(plate: Plate, foot: Point, scale: float, facing: int) -> None:
    _stamp(plate, foot, scale, facing, ((-230, 0), (-206, 0), (-180, 330), (-204, 330)))
    _stamp(plate, foot, scale, facing, ((230, 0), (214, 0), (190, 330), (204, 330)))
    _stroke(plate, foot, scale, facing, ((-150, 0), (-176, 330)), 9)
    for level in (330, 372):
        _stroke(plate, foot, scale, facing, ((-290, level), (300, level)), 11)
    for number in range(14):
        left = -284 + number * 41.5
        _stroke(plate, foot, scale, facing, ((left, 332), (left + 21, 370), (left + 41, 332)), 5)
    _stamp(plate, foot, scale, facing, ((30, 372), (96, 372), (96, 408), (40, 408)))
    _stroke(plate, foot, scale, facing, ((62, 330), (62, 190)), 3)
    _stamp(plate, foot, scale, facing, ((44, 190), (80, 190), (74, 168), (50, 168)))


def jib(plate: Plate, foot: Point, scale: float, facing: int) -> None:
    _stroke(plate, foot, scale, facing, ((-44, 0), (-22, 230)), 9)
    _stroke(plate, foot, scale, facing, ((44, 0), (22, 230)), 9)
    for number in range(4):
        level, side = number * 56, 1 if number % 2 else -1
        _stroke(plate, foot, scale, facing, ((-40 * side, level), (32 * side, level + 56)), 5)
    _stamp(plate, foot, scale, facing, ((-62, 226), (46, 226), (46, 290), (-20, 300), (-62, 280)))
    _stroke(plate, foot, scale, facing, ((30, 270), (300, 500)), 10)
    _stroke(plate, foot, scale, facing, ((4, 300), (292, 506)), 5)
    for number in range(7):
        x, y = 50 + number * 36, 287 + number * 30.6
        _stroke(plate, foot, scale, facing, ((x, y), (x + 4, y + 46 - number * 6)), 4)
    _stroke(plate, foot, scale, facing, ((-20, 296), (-8, 390), (300, 502)), 4)
    _stroke(plate, foot, scale, facing, ((-8, 390), (-60, 282)), 5)
    _stroke(plate, foot, scale, facing, ((298, 500), (298, 300)), 3)


def shed(plate: Plate, foot: Point, scale: float, facing: int) -> None:
    roof = [(-240.0, 0.0), (-240.0, 120.0)]
    for number in range(6):
        left = -240 + number * 80
        roof += [(left + 8.0, 162.0), (left + 80.0, 120.0)]
    roof.append((240.0, 0.0))
    _stamp(plate, foot, scale, facing, tuple(roof))
    _stamp(plate, foot, scale, facing, ((170, 100), (194, 100), (190, 260), (174, 260)))


def hull(plate: Plate, foot: Point, scale: float, facing: int) -> None:
    _stamp(
        plate,
        foot,
        scale,
        facing,
        (
            (-250, 16),
            (190, 16),
            (250, 130),
            (300, 200),
            (220, 178),
            (-40, 160),
            (-270, 160),
            (-262, 70),
        ),
    )
    _stamp(
        plate, foot, scale, facing, ((-210, 158), (-96, 158), (-96, 236), (-130, 250), (-210, 250))
    )
    for number in range(11):
        left = -270 + number * 52
        _stroke(plate, foot, scale, facing, ((left, 0), (left, 196 if number % 3 else 226)), 4)
    _stroke(plate, foot, scale, facing, ((-290, 110), (270, 110)), 3)
    _stroke(plate, foot, scale, facing, ((-290, 60), (250, 60)), 3)


def mast(plate: Plate, foot: Point, scale: float, facing: int = 1) -> None:
    _stroke(plate, foot, scale, facing, ((-20, -20), (0, 300), (20, -20)), 5)
    for number in range(9):
        level, half = number * 32, 19 - number * 2
        side = 1 if number % 2 else -1
        _stroke(
            plate, foot, scale, facing, ((-half * side, level), ((half - 2) * side, level + 32)), 3
        )
    _stroke(plate, foot, scale, facing, ((0, 290), (0, 372)), 4)
    plate.disc(_at(plate, foot, scale, facing, 17, 224), 15 * scale * plate.unit)
    plate.disc(_at(plate, foot, scale, facing, -13, 180), 11 * scale * plate.unit)


def ridge(rng: Random, width: float, base: float, rough: float) -> list[Point]:
    """A mountain crest by midpoint displacement, sharp above and softer below."""
    heights = [rng.uniform(-0.4, 0.2), rng.uniform(-0.9, -0.3), rng.uniform(-0.4, 0.2)]
    if rng.random() < 0.5:
        heights[1] = rng.uniform(-0.2, 0.1)
    swing = 0.62
    while len(heights) < 500:
        finer: list[float] = []
        for left, right in pairwise(heights):
            finer += [left, (left + right) / 2 + rng.uniform(-swing, swing) * 0.6]
        heights = [*finer, heights[-1]]
        swing *= 0.52
    last = len(heights) - 1
    return [
        (number / last * width, base + math.copysign(abs(value) ** 1.1, value) * rough)
        for number, value in enumerate(heights)
    ]
