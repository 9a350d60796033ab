"""Charts of coasts that do not exist: depth tints, contours, graticule, a limit in red."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops

from . import relief
from .canvas import Plate, Point, Sheet, around
from .noise import add, cloud, enlarge, sampled, value_at
from .palette import Palette, mix

Shape = Callable[[float, float], float]
"""The height of the land over the sea at x and y, both in widths of the sheet."""

LAND_STEPS = (0.0, 0.11, 0.24, 0.4, 0.6, 0.85)
SEA_STEPS = (0.0, -0.07, -0.17, -0.32, -0.52, -0.8)


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    form = rng.choice((_strait, _islands, _gulf, _cape))
    surveyed = rng.choice(("land", "sea", "both"))
    ground, focus = form(sheet, rng)
    height = enlarge(ground, sheet.size)
    land = relief.above(height, 0.0, 3200)
    sea = ImageChops.invert(land)

    _tint_sea(sheet, palette, height, detailed=surveyed != "land")
    _tint_land(sheet, palette, height, detailed=surveyed != "sea")
    steep = enlarge(relief.steepness(ground), sheet.size).point(lambda value: value / 3)
    if surveyed == "sea":
        sketch = ImageChops.darker(relief.isolines(height, steep, 0.22, 2 * sheet.unit), land)
        sheet.press(mix(palette.warm, palette.paper, 0.15), sketch)
    else:
        _hill_shade(sheet, ground, land)
        _land_lines(sheet, palette, ground, height, steep, land)
    _sea_lines(sheet, palette, height, steep, sea, detailed=surveyed != "land")
    sheet.cover(palette.ink, relief.isolines(height, steep, 50.0, 5.4 * sheet.unit))
    _graticule(sheet, palette, rng)
    _soundings(sheet, palette, rng, ground)
    mark = rng.choice((_ranges, _closed_zone, _passage))
    sheet.cover(palette.accent, mark(sheet, rng, focus))


def _strait(sheet: Sheet, rng: Random) -> tuple[Image.Image, Point]:
    angle = rng.uniform(-0.65, 0.65)
    narrows, phase = rng.uniform(0.36, 0.64), rng.uniform(0, 6.28)
    cos, sin = math.cos(angle), math.sin(angle)

    def shape(x: float, y: float) -> float:
        dx, dy = x - narrows, y - 0.34
        along, across = dx * cos + dy * sin, -dx * sin + dy * cos
        across -= 0.05 * math.sin(along * 9 + phase) - 0.05 * math.sin(phase)
        width = 0.06 + 0.62 * along * along
        return 3.0 * (abs(across) - width) / (0.6 + abs(across) * 2)

    return _rough(sheet, rng, shape, 0.34), (narrows, 0.34)


def _islands(sheet: Sheet, rng: Random) -> tuple[Image.Image, Point]:
    start, bend = rng.uniform(-0.1, 0.1), rng.uniform(0.25, 0.5) * rng.choice((-1, 1))
    hills = []
    main = rng.randrange(2, 5)
    for number in range(7):
        x = start + 0.16 * number + rng.uniform(-0.03, 0.03)
        y = 0.34 + bend * ((x - 0.5) ** 2 - 0.06) * 2 + rng.uniform(-0.04, 0.04)
        hills.append((x, y, 0.15 if number == main else rng.uniform(0.05, 0.085)))

    def shape(x: float, y: float) -> float:
        peak = sum(
            size * 9 * math.exp(-((x - hx) ** 2 + (y - hy) ** 2) / (size * size * 1.1))
            for hx, hy, size in hills
        )
        return min(peak, 1.1) - 0.5

    hx, hy, _ = hills[main]
    return _rough(sheet, rng, shape, 0.36), (hx + 0.1, hy + 0.07)


def _gulf(sheet: Sheet, rng: Random) -> tuple[Image.Image, Point]:
    side, tilt = rng.choice((0.0, 1.0)), rng.uniform(-0.25, 0.25)

    def shape(x: float, y: float) -> float:
        reach = abs(x - side)
        across = y - 0.33 - tilt * (reach - 0.4) - 0.06 * math.sin(reach * 8)
        width = 0.30 - 0.36 * reach
        return 2.6 * (abs(across) - width) / (0.55 + abs(across))

    return _rough(sheet, rng, shape, 0.36), (abs(side - 0.46), 0.34 + tilt * 0.06)


def _cape(sheet: Sheet, rng: Random) -> tuple[Image.Image, Point]:
    side, tilt = rng.choice((0.0, 1.0)), rng.uniform(-0.3, 0.3)

    def shape(x: float, y: float) -> float:
        reach = abs(x - side)
        across = y - 0.34 - tilt * (reach - 0.3) - 0.07 * math.sin(reach * 7)
        width = 0.36 * max(0.0, 1 - reach / 0.72) ** 1.15
        return 2.6 * (width - abs(across)) / (0.5 + abs(across)) - 0.06

    return _rough(sheet, rng, shape, 0.36), (abs(side - 0.66), 0.34 + tilt * 0.36)


def _rough(sheet: Sheet, rng: Random, shape: Shape, roughness: float) -> Image.Image:
    return add(sampled(sheet.small, shape), cloud(rng, sheet.small, 4.5, 6, 0.47), roughness)


def _tint_sea(sheet: Sheet, palette: Palette, height: Image.Image, *, detailed: bool) -> None:
    shallows, deep = mix(palette.pale, palette.paper, 0.4), mix(palette.cold, palette.ink, 0.1)
    if not detailed:
        deep = mix(palette.pale, palette.cold, 0.22)
    sheet.image.paste(shallows, (0, 0, *sheet.size))
    for number, level in enumerate(SEA_STEPS[1:], 1):
        depth = ImageChops.invert(relief.above(height, level, 2600))
        sheet.cover(mix(shallows, deep, (number / (len(SEA_STEPS) - 1)) ** 0.9), depth)


def _tint_land(sheet: Sheet, palette: Palette, height: Image.Image, *, detailed: bool) -> None:
    shore, summit = mix(palette.paper, palette.warm, 0.1), palette.warm
    if not detailed:
        sheet.cover(mix(palette.paper, palette.warm, 0.4), relief.above(height, 0.0, 3200))
        return
    for number, level in enumerate(LAND_STEPS):
        tint = mix(shore, summit, number / (len(LAND_STEPS) - 1))
        sheet.cover(tint, relief.above(height, level, 3200))


def _hill_shade(sheet: Sheet, ground: Image.Image, land: Image.Image) -> None:
    right, down = relief.slopes(ground)
    lit = add(right, down).point(lambda value: value * 2400 + 250).convert("L")
    lit.paste(255, (0, 0), ImageChops.invert(land.resize(lit.size)))
    sheet.shade(lit.point(lambda tone: max(tone, 190)))


def _land_lines(
    sheet: Sheet,
    palette: Palette,
    ground: Image.Image,
    height: Image.Image,
    steep: Image.Image,
    land: Image.Image,
) -> None:
    unit = sheet.unit
    facing = enlarge(relief.light(ground), sheet.size)
    swelling = facing.point(lambda value: value * (-1.3 * unit) + 1.7 * unit)
    brown = mix(palette.ink, palette.warm, 0.45)
    fine = ImageChops.darker(relief.isolines(height, steep, 0.05, swelling), land)
    sheet.press(mix(brown, palette.paper, 0.2), fine)
    index = ImageChops.darker(relief.isolines(height, steep, 0.25, 3.4 * unit), land)
    sheet.press(brown, index)


def _sea_lines(
    sheet: Sheet,
    palette: Palette,
    height: Image.Image,
    steep: Image.Image,
    sea: Image.Image,
    *,
    detailed: bool,
) -> None:
    unit = sheet.unit
    if not detailed:
        sea = ImageChops.darker(sea, relief.above(height, -0.2, 900))
    interval, weight = (0.06, 1.8) if detailed else (0.033, 2.2)
    depth = ImageChops.darker(relief.isolines(height, steep, interval, weight * unit, 0.03), sea)
    sheet.press(mix(palette.cold, palette.paper, 0.25), depth)


def _graticule(sheet: Sheet, palette: Palette, rng: Random) -> None:
    width, height = sheet.size
    pole = (width * rng.uniform(0.3, 0.7), -height * rng.uniform(1.6, 2.4))
    step = 0.092
    turn = rng.uniform(0, step)
    plate = Plate(sheet)
    for number in range(-9, 10):
        angle = number * step + turn
        far = height * 6
        end = (pole[0] + math.sin(angle) * far, pole[1] + math.cos(angle) * far)
        plate.line([pole, end], 1.5)
    spacing = (height - pole[1]) * step
    for number in range(1, 40):
        radius = number * spacing
        if height * 1.2 - pole[1] > radius > -pole[1] * 0.9:
            arc = [
                (pole[0] + math.sin(a / 80) * radius, pole[1] + math.cos(a / 80) * radius)
                for a in range(-90, 91, 2)
            ]
            plate.line(arc, 1.5)
    sheet.press(mix(palette.ink, palette.paper, 0.45), plate.mask)


def _soundings(sheet: Sheet, palette: Palette, rng: Random, ground: Image.Image) -> None:
    depths, summits = Plate(sheet), Plate(sheet)
    width, height = ground.size
    unit = sheet.unit
    for _ in range(240):
        x, y = rng.randrange(width), rng.randrange(height)
        value = value_at(ground, x, y)
        at = (x * 3.0, y * 3.0)
        if value < -0.08:
            depths.disc(at, 2.6 * unit)
        elif value > 0.7:
            reach = 8 * unit
            summits.polygon(
                [
                    (at[0], at[1] - reach),
                    (at[0] + reach * 0.9, at[1] + reach * 0.6),
                    (at[0] - reach * 0.9, at[1] + reach * 0.6),
                ]
            )
    sheet.press(mix(palette.cold, palette.ink, 0.5), depths.mask)
    sheet.cover(palette.ink, summits.mask)


def _ranges(sheet: Sheet, rng: Random, focus: Point) -> Image.Image:
    width, unit = sheet.size[0], sheet.unit
    centre = (focus[0] * width, focus[1] * width)
    plate = Plate(sheet)
    reach = rng.uniform(190, 250) * unit
    plate.line([around(centre, a / 30, reach) for a in range(190)], 6)
    plate.dashes([around(centre, a / 30, reach * 1.72) for a in range(190)], 6, 26, 18)
    for number in range(72):
        angle = number * math.tau / 72
        inner = reach * (0.9 if number % 6 == 0 else 0.95)
        plate.line([around(centre, angle, inner), around(centre, angle, reach)], 4)
    plate.dashes([centre, around(centre, rng.uniform(0, math.tau), width)], 6, 40, 16)
    plate.disc(centre, 16 * unit)
    return plate.mask


def _closed_zone(sheet: Sheet, rng: Random, focus: Point) -> Image.Image:
    width, unit = sheet.size[0], sheet.unit
    centre = (focus[0] * width, focus[1] * width)
    turn = rng.uniform(0, 1)
    corners = [
        around(centre, turn + number * math.tau / 6, rng.uniform(230, 400) * unit)
        for number in range(6)
    ]
    inside, outline, hatch = Plate(sheet), Plate(sheet), Plate(sheet)
    inside.polygon(corners)
    outline.line([*corners, corners[0]], 7)
    for number in range(-32, 33):
        x = centre[0] + number * 26 * unit
        reach = 460 * unit
        hatch.line([(x - reach, centre[1] + reach), (x + reach, centre[1] - reach)], 3.4)
    for corner in corners:
        outline.disc(corner, 13 * unit)
    return ImageChops.lighter(ImageChops.darker(hatch.mask, inside.mask), outline.mask)


def _passage(sheet: Sheet, rng: Random, focus: Point) -> Image.Image:
    width, height = sheet.size
    unit = sheet.unit
    x, y = focus[0] * width, focus[1] * width
    start = (-0.02 * width, y + rng.uniform(-0.3, 0.3) * height)
    end = (1.02 * width, y + rng.uniform(-0.3, 0.3) * height)
    pull = (2 * x - (start[0] + end[0]) / 2, 2 * y - (start[1] + end[1]) / 2)
    track = []
    for step in range(81):
        t = step / 80
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        track.append(
            (a * start[0] + b * pull[0] + c * end[0], a * start[1] + b * pull[1] + c * end[1])
        )
    plate = Plate(sheet)
    plate.line(track, 7)
    for place in range(8, 80, 8):
        plate.disc(track[place], 13 * unit)
    plate.disc((x, y), 26 * unit)
    plate.ring((x, y), 62 * unit, 6)
    return plate.mask
