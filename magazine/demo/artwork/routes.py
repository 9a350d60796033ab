"""Sea and air routes between invented ports: great circles over an engraved globe."""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageMath

from . import relief, screen
from .canvas import Plate, Point, Sheet
from .noise import cloud, enlarge, sampled, value_at
from .palette import Palette, mix

Vector = tuple[float, float, float]

PLANE_REACH = 1.66
"""Radians from the middle of the view to the edge of the flat world map, a little past the limb."""


@dataclass(frozen=True)
class Globe:
    """A globe seen from afar: its middle and radius in pixels of the sheet, and its tilted axis."""

    centre: Point
    radius: float
    axis: Vector

    def shown(self, place: Vector, height: float = 0.0) -> Point:
        reach = self.radius * (1 + height)
        return self.centre[0] + place[0] * reach, self.centre[1] + place[1] * reach

    def place(self, x: float, y: float) -> Vector:
        """The point of the sphere under a pixel; beyond the limb, the limb."""
        right, down = (x - self.centre[0]) / self.radius, (y - self.centre[1]) / self.radius
        out = math.hypot(right, down)
        if out > 0.9995:
            right, down = right / out * 0.9995, down / out * 0.9995
        return right, down, math.sqrt(max(0.0, 1 - right * right - down * down))


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    globe = _view(sheet, rng)
    world = cloud(rng, (700, 700), rng.uniform(4.6, 6.2), 6, 0.47)
    world = world.point(lambda value: value - 0.1)
    ground = _projected(world, globe, sheet)
    height = enlarge(ground, sheet.size)
    disc = Plate(sheet)
    disc.disc(globe.centre, globe.radius)
    inside = disc.mask
    land = ImageChops.darker(relief.above(height, 0.0, 40000), inside)
    sea = ImageChops.subtract(inside, land)

    night = rng.random() < 0.5
    _sky(sheet, palette, globe, night=night)
    water = mix(palette.pale, palette.paper, 0.25)
    sheet.cover(palette.cold if night else water, inside)
    sheet.cover(mix(palette.paper, palette.warm, 0.28), land)
    _engrave(sheet, palette, globe, height, land, sea, night=night)
    _graticule(sheet, palette, globe, inside)
    steep = enlarge(relief.steepness(ground), sheet.size).point(lambda value: value / 3)
    coast = relief.isolines(height, steep, 50.0, 5 * sheet.unit)
    sheet.cover(palette.ink, ImageChops.darker(coast, inside))
    limb = Plate(sheet)
    limb.ring(globe.centre, globe.radius, 5)
    sheet.cover(palette.ink, limb.mask)
    _traffic(sheet, palette, rng, globe, world, night=night)


def _view(sheet: Sheet, rng: Random) -> Globe:
    width, height = sheet.size
    middle, radius = rng.choice(
        (
            ((0.46, 1.12), 0.66),
            ((0.98, 0.86), 0.74),
            ((0.04, 0.84), 0.74),
            ((0.5, 0.36), 0.74),
            ((0.62, 0.52), 0.44),
        )
    )
    tilt, nod = rng.uniform(-0.45, 0.45), rng.uniform(-0.5, -0.2)
    axis = (math.sin(tilt) * math.cos(nod), -math.cos(tilt) * math.cos(nod), math.sin(nod))
    return Globe((middle[0] * width, middle[1] * height), radius * width, axis)


def _projected(world: Image.Image, globe: Globe, sheet: Sheet) -> Image.Image:
    width, height = sheet.small
    columns, rows = 60, 40
    scale = sheet.size[0] / width

    def source(column: int, row: int) -> Point:
        x, y = column * width / columns, row * height / rows
        right, down, near = globe.place(x * scale, y * scale)
        out = math.hypot(right, down) or 1e-9
        turn = math.acos(min(1.0, near)) / out / PLANE_REACH
        return (1 + right * turn) * world.width / 2, (1 + down * turn) * world.height / 2

    corners = [[source(column, row) for column in range(columns + 1)] for row in range(rows + 1)]
    mesh = []
    for row in range(rows):
        for column in range(columns):
            box = (
                column * width // columns,
                row * height // rows,
                (column + 1) * width // columns,
                (row + 1) * height // rows,
            )
            north, south = corners[row], corners[row + 1]
            quad = (*north[column], *south[column], *south[column + 1], *north[column + 1])
            mesh.append((box, quad))
    return world.transform((width, height), Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def _sky(sheet: Sheet, palette: Palette, globe: Globe, *, night: bool) -> None:
    far = mix(palette.cold, palette.ink, 0.72) if night else palette.paper
    near = mix(palette.cold, palette.ink, 0.3) if night else mix(palette.paper, palette.warm, 0.45)
    sheet.image.paste(far, (0, 0, *sheet.size))
    halo = Plate(sheet)
    for number in range(6, 0, -1):
        halo.disc(globe.centre, globe.radius * (1 + 0.034 * number**1.25), 255 - number * 38)
    sheet.cover(near, halo.mask)


def _engrave(
    sheet: Sheet,
    palette: Palette,
    globe: Globe,
    height: Image.Image,
    land: Image.Image,
    sea: Image.Image,
    *,
    night: bool,
) -> None:
    spacing = 17 * sheet.unit
    phase, dusk = _latitude(sheet, globe, spacing), _dusk(sheet, globe)
    modelling = ImageMath.lambda_eval(
        lambda of: of["dusk"] + of["height"],
        dusk=dusk.point(lambda value: value * 0.62 - 0.1),
        height=height.point(lambda value: value * 0.3),
    )
    furrows = screen.lines(modelling, phase, spacing)
    sheet.press(mix(palette.ink, palette.warm, 0.4), ImageChops.darker(furrows, land))
    fringe = ImageMath.lambda_eval(
        lambda of: of["max"](of["shore"], of["dusk"]),
        shore=height.point(lambda value: value * 3.4 + 0.78),
        dusk=dusk.point(lambda value: value * 0.42 - 0.06),
    )
    ripples = screen.lines(fringe, phase, spacing)
    foam = (
        mix(palette.cold, palette.paper, 0.55) if night else mix(palette.cold, palette.paper, 0.1)
    )
    sheet.cover(foam, ImageChops.darker(ripples, sea))


def _latitude(sheet: Sheet, globe: Globe, spacing: float) -> Image.Image:
    (cx, cy), radius, (ax, ay, az) = globe.centre, globe.radius, globe.axis
    right = screen.across(sheet.size, lambda x: 0.5 - ((x - cx) / radius) ** 2)
    down = screen.down(sheet.size, lambda y: 0.5 - ((y - cy) / radius) ** 2)
    near = ImageMath.lambda_eval(
        lambda of: of["max"](of["right"] + of["down"], 0.0004) ** 0.5, right=right, down=down
    )
    return ImageMath.lambda_eval(
        lambda of: of["right"] + of["down"] + of["near"],
        right=screen.across(sheet.size, lambda x: (x - cx) * ax / spacing),
        down=screen.down(sheet.size, lambda y: (y - cy) * ay / spacing),
        near=near.point(lambda value: value * (az * radius / spacing)),
    )


def _dusk(sheet: Sheet, globe: Globe) -> Image.Image:
    def shadow(x: float, y: float) -> float:
        right, down, near = globe.place(x * sheet.size[0], y * sheet.size[0])
        return 0.62 + (right * 0.55 + down * 0.35 - near * 0.72) * 0.55

    return enlarge(sampled(sheet.small, shadow), sheet.size)


def _graticule(sheet: Sheet, palette: Palette, globe: Globe, inside: Image.Image) -> None:
    east = _unit(_cross(globe.axis, (0.0, 0.0, 1.0)))
    north = globe.axis
    front = _cross(east, north)
    plate = Plate(sheet)

    def spot(latitude: float, longitude: float) -> Vector:
        level = math.cos(latitude)
        a, b, c = level * math.cos(longitude), level * math.sin(longitude), math.sin(latitude)
        x, y, z = (a * f + b * e + c * n for f, e, n in zip(front, east, north, strict=True))
        return x, y, z

    quarter = math.pi / 12
    rings = [[spot(k * quarter, step / 40) for step in range(252)] for k in range(-5, 6)]
    rings += [[spot(step / 40 - 1.5, k * quarter) for step in range(121)] for k in range(24)]
    for ring in rings:
        run: list[Point] = []
        for place in ring:
            if place[2] > 0:
                run.append(globe.shown(place))
            elif run:
                plate.line(run, 1.8)
                run = []
        if len(run) > 1:
            plate.line(run, 1.8)
    sheet.press(mix(palette.ink, palette.paper, 0.35), ImageChops.darker(plate.mask, inside))


def _traffic(
    sheet: Sheet, palette: Palette, rng: Random, globe: Globe, world: Image.Image, *, night: bool
) -> None:
    ports = _ports(sheet, rng, globe, world)
    hub, others = ports[0], ports[1:]
    shadow, arcs, minor = Plate(sheet), Plate(sheet), Plate(sheet)
    for number, port in enumerate(others):
        great = number % 3 == 2
        _arc(shadow, globe, hub, port, 0.0, 2.6)
        _arc(arcs, globe, hub, port, 0.2, 9 if great else 5)
    for port, other in zip(others[3::2], others[6::2], strict=False):
        _arc(minor, globe, port, other, 0.12, 3.4)
    sheet.press(mix(palette.ink, palette.paper, 0.3), shadow.mask)
    light = palette.paper if night else palette.ink
    sheet.cover(light, minor.mask)
    sheet.cover(palette.accent, arcs.mask)

    rims, cores = Plate(sheet), Plate(sheet)
    unit = sheet.unit
    for port in others:
        rims.disc(globe.shown(port), 13 * unit)
        cores.disc(globe.shown(port), 7 * unit)
    at = globe.shown(hub)
    for reach in (26, 46, 72):
        rims.ring(at, reach * unit, 5)
    cores.disc(at, 20 * unit)
    sheet.cover(palette.ink, rims.mask)
    sheet.cover(palette.paper, cores.mask)
    heart = Plate(sheet)
    heart.disc(at, 12 * unit)
    sheet.cover(palette.accent, heart.mask)


def _ports(sheet: Sheet, rng: Random, globe: Globe, world: Image.Image) -> list[Vector]:
    width, height = sheet.size
    found: list[Vector] = []
    for _ in range(4000):
        x, y = rng.uniform(0.06, 0.94) * width, rng.uniform(0.08, 0.92) * height
        if math.dist((x, y), globe.centre) > globe.radius * 0.95:
            continue
        place = globe.place(x, y)
        turn = math.acos(place[2]) / (math.hypot(place[0], place[1]) or 1e-9) / PLANE_REACH
        value = value_at(
            world,
            int((1 + place[0] * turn) * world.width / 2),
            int((1 + place[1] * turn) * world.height / 2),
        )
        apart = all(math.dist(globe.shown(port), (x, y)) > width * 0.1 for port in found)
        if 0.0 < value < 0.06 and apart:
            found.append(place)
        if len(found) == 15:
            break
    focus = (rng.choice((0.4, 0.6)) * width, 0.58 * height)
    return sorted(found, key=lambda port: math.dist(globe.shown(port), focus))


def _arc(plate: Plate, globe: Globe, start: Vector, end: Vector, lift: float, width: float) -> None:
    angle = math.acos(max(-1.0, min(1.0, sum(a * b for a, b in zip(start, end, strict=True)))))
    if angle < 0.01:
        return
    points = []
    for step in range(61):
        t = step / 60
        a, b = math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)
        x, y, z = (a * s + b * e for s, e in zip(start, end, strict=True))
        rise = lift * angle * math.sin(t * math.pi)
        right, down = globe.shown((x, y, z), rise)
        points.append((right, down - rise * 0.7 * globe.radius))
    plate.line(points, width)


def _cross(first: Vector, second: Vector) -> Vector:
    return (
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
    )


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return vector[0] / length, vector[1] / length, vector[2] / length
