"""Skies in two halftone inks over a horizon: open sea, mountains, or a shipyard in silhouette."""

import math
from random import Random

from PIL import Image, ImageChops, ImageMath

from . import screen, skyline
from .canvas import Plate, Point, Sheet
from .noise import add, cloud, enlarge, sampled
from .palette import Palette, mix


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    width, height = sheet.size
    horizon = rng.uniform(0.68, 0.76) * height
    sun = (rng.choice((0.3, 0.36, 0.64, 0.7)) * width, horizon - rng.uniform(0.18, 0.34) * height)
    radius = rng.uniform(0.15, 0.22) * height
    hour = rng.choice(("day", "dusk", "night"))
    sheet.image.paste(mix(palette.paper, palette.warm, 0.12), (0, 0, *sheet.size))
    _sky(sheet, palette, rng, (sun, radius, horizon), hour)
    scene = rng.choice((_sea, _mountains, _shipyard))
    scene(sheet, palette, rng, (sun, radius, horizon))


Light = tuple[Point, float, float]
"""Where the sun stands, how large it is, and the height of the horizon, in pixels."""


def _sky(sheet: Sheet, palette: Palette, rng: Random, light: Light, hour: str) -> None:
    width = sheet.size[0]
    (x, y), radius, horizon = light
    sx, sy, sr, sh = x / width, y / width, radius / width, horizon / width
    depth = {"day": 0.55, "dusk": 0.8, "night": 1.15}[hour]
    dark, red = hour != "day", hour == "dusk"

    def fall(u: float, v: float) -> float:
        glow = math.exp(-(((u - sx) ** 2 + (v - sy) ** 2) / (sr * sr * 5.5)))
        return depth * max(0.0, 1 - v / sh) ** 0.8 - 0.02 - 0.5 * glow

    def warmth(u: float, v: float) -> float:
        near = math.exp(-(((u - sx) ** 2 * 0.5 + (v - sh) ** 2) / (sr * sr * 4)))
        return 0.62 * near - 0.03

    small = sheet.small
    banks = cloud(rng, small, rng.uniform(4, 7), 4, 0.5, stretch=rng.uniform(2.4, 4.0))
    disc = Plate(sheet)
    disc.disc((x, y), radius)
    sun = disc.mask
    warm = enlarge(add(sampled(small, warmth), banks, -0.16), sheet.size)
    cold = enlarge(add(sampled(small, fall), banks, 0.34), sheet.size)
    pitch = 35 * sheet.unit
    open_sky = ImageChops.invert(sun)
    sheet.press(
        mix(palette.warm, palette.accent, 0.25 if red else 0.0),
        ImageChops.darker(screen.dots(warm, pitch, 75), open_sky),
    )
    sheet.cover(palette.accent if red else mix(palette.paper, palette.warm, 0.05), sun)
    veiled = add(cold, sun.convert("F"), -0.28 / 255)
    sheet.press(
        mix(palette.cold, palette.ink, 0.3 if dark else 0.0), screen.dots(veiled, pitch, 15)
    )


def _sea(sheet: Sheet, palette: Palette, rng: Random, light: Light) -> None:
    width, height = sheet.size
    (x, _), _, horizon = light
    _water(sheet, palette, rng, light)
    ships = Plate(sheet)
    places = [(1 - x / width) * width]
    places += [rng.uniform(0.08, 0.92) * width for _ in range(rng.randrange(2, 5))]
    for number, place in enumerate(places):
        scale = 1.5 if number == 0 else rng.uniform(0.28, 0.5)
        drop = height * 0.05 if number == 0 else 0
        vessel = skyline.freighter if number % 2 == 0 else skyline.warship
        vessel(ships, (place, horizon + drop), scale, rng.choice((-1, 1)))
    sheet.cover(palette.ink, ships.mask)


def _water(sheet: Sheet, palette: Palette, rng: Random, light: Light) -> None:
    width, height = sheet.size
    (x, _), radius, horizon = light
    below = Plate(sheet)
    below.polygon([(0, horizon), (width, horizon), (width, height), (0, height)])
    sea = below.mask
    sheet.cover(mix(palette.cold, palette.paper, 0.12), sea)
    sheet.cover(mix(palette.cold, palette.ink, 0.45), _below(sheet, horizon))
    swell = enlarge(cloud(rng, sheet.small, 9, 4, 0.55, stretch=4), sheet.size)
    reach = height - horizon

    def rank(y: float) -> float:
        return 30 * math.log(1 + max(0.0, y - horizon) / reach * 9) / math.log(10)

    phase = add(screen.down(sheet.size, rank), swell, 0.5)

    def lane(u: float, v: float) -> float:
        far = max(0.0, v * width - horizon) / reach
        spread = radius * (0.5 + 1.3 * far)
        return 0.75 * math.exp(-(((u * width - x) / spread) ** 2)) + 0.16

    tone = ImageMath.lambda_eval(
        lambda of: of["lane"] + of["swell"],
        lane=enlarge(sampled(sheet.small, lane), sheet.size),
        swell=swell.point(lambda value: value * 0.22),
    )
    gleam = screen.lines(tone, phase, 14 * sheet.unit)
    sheet.cover(mix(palette.paper, palette.warm, 0.25), ImageChops.darker(gleam, sea))


def _below(sheet: Sheet, horizon: float) -> Image.Image:
    height = sheet.size[1]
    return screen.down(
        sheet.size, lambda y: max(0.0, y - horizon) / (height - horizon) * 255
    ).convert("L")


def _mountains(sheet: Sheet, palette: Palette, rng: Random, light: Light) -> None:
    width, height = sheet.size
    _, _, horizon = light
    inks = (
        mix(palette.pale, palette.cold, 0.35),
        mix(palette.cold, palette.paper, 0.2),
        mix(palette.cold, palette.ink, 0.35),
        mix(palette.ink, palette.cold, 0.12),
    )
    for number, ink in enumerate(inks):
        base = horizon - height * (0.13 - number * 0.1)
        rough = height * (0.24 - number * 0.035)
        ridge = skyline.ridge(rng, width, base, rough)
        range_ = Plate(sheet)
        range_.polygon([(0, height), *ridge, (width, height)])
        mask = range_.mask
        sheet.cover(ink, mask)
        if number < len(inks) - 1:
            _rock(sheet, rng, palette, mask, base - rough * 0.4, number)
        else:
            masts = Plate(sheet)
            for share in (rng.uniform(0.2, 0.4), rng.uniform(0.62, 0.8)):
                skyline.mast(masts, ridge[int(share * (len(ridge) - 1))], rng.uniform(0.8, 1.25))
            sheet.cover(ink, masts.mask)


def _rock(
    sheet: Sheet, rng: Random, palette: Palette, mask: Image.Image, top: float, number: int
) -> None:
    rough = enlarge(cloud(rng, sheet.small, 8, 5, 0.55), sheet.size)
    height = sheet.size[1]
    fade = screen.down(
        sheet.size, lambda y: 0.34 - 0.9 * max(0.0, y - top) / height if y > top - 400 else 0.34
    )
    tone = add(fade, rough, 0.42)
    slant = -1 if number % 2 else 1
    pitch = (15 + 2 * number) * sheet.unit
    phase = ImageMath.lambda_eval(
        lambda of: of["right"] + of["down"] + of["rough"],
        right=screen.across(sheet.size, lambda x: x * slant * 0.86 / pitch),
        down=screen.down(sheet.size, lambda y: y * 0.5 / pitch),
        rough=rough,
    )
    light = mix(palette.paper, palette.warm, 0.2)
    hatch = ImageChops.darker(screen.lines(tone, phase, pitch), mask)
    sheet.cover(light, hatch.point(lambda tone: tone * (0.62 - number * 0.1)))


def _shipyard(sheet: Sheet, palette: Palette, rng: Random, light: Light) -> None:
    width = sheet.size[0]
    horizon = light[2]
    _water(sheet, palette, rng, light)
    back, front = Plate(sheet), Plate(sheet)
    ground = horizon + 6 * sheet.unit
    for _ in range(9):
        place = rng.uniform(0, width)
        kind = rng.choice((skyline.gantry, skyline.jib, skyline.shed, skyline.shed))
        kind(back, (place, ground), rng.uniform(0.55, 0.8), rng.choice((-1, 1)))
    place = -0.02 * width
    while place < width * 1.02:
        kind = rng.choice((skyline.gantry, skyline.jib, skyline.jib, skyline.shed, skyline.hull))
        scale = rng.uniform(1.0, 1.6)
        kind(front, (place, ground), scale, rng.choice((-1, 1)))
        place += rng.uniform(0.1, 0.22) * width
    front.polygon([(0, ground - 6), (width, ground - 6), (width, ground + 16), (0, ground + 16)])
    sheet.cover(mix(palette.cold, palette.ink, 0.2), back.mask)
    sheet.cover(palette.ink, front.mask)
