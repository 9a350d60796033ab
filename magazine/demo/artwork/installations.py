"""What a plan is about: a star fort on a river, an airfield, or a naval harbour.

Each draws itself and answers with the ground that the town must leave free.
"""

import math
from collections.abc import Callable
from random import Random

from .canvas import Point, around
from .plan import Plan

KeepsClear = Callable[[float, float], bool]
"""Whether the town must leave a place free."""

Seaward = Callable[[float, float], Point]
Solid = Callable[[list[Point]], None]


def citadel(plan: Plan, rng: Random) -> KeepsClear:
    centre = (rng.uniform(-0.14, 0.14), rng.uniform(-0.07, 0.07))
    reach = rng.uniform(0.12, 0.145)
    points = rng.choice((5, 6, 7))
    side = rng.choice((-1, 1))
    phase = rng.uniform(0, math.tau)
    broad = rng.uniform(0.036, 0.05)

    def bank(u: float) -> float:
        bow = 0.12 * math.exp(-(((u - centre[0]) / 0.2) ** 2))
        return centre[1] + side * (0.16 + bow) + 0.018 * math.sin(u * 9 + phase)

    stations = [number / 50 for number in range(-42, 43)]
    upper = [(u, bank(u) - broad) for u in stations]
    lower = [(u, bank(u) + broad) for u in stations]
    plan.shape(plan.water, [*upper, *reversed(lower)])
    for number in range(-5, 6):
        line = [(u, bank(u) + broad * number / 5.6) for u in stations]
        plan.line(plan.first, line, 3.4 if abs(number) == 5 else 1.8)
    for u in (centre[0] - rng.uniform(0.2, 0.26), centre[0] + rng.uniform(0.16, 0.3)):
        plan.line(plan.first, [(u, bank(u) - broad * 1.25), (u, bank(u) + broad * 1.25)], 20)
        plan.line(plan.first, [(u, bank(u) - broad * 1.2), (u, bank(u) + broad * 1.2)], 11, 0)

    for scale, plate, tone in (
        (1.34, plan.tint, 255),
        (1.1, plan.tint, 0),
        (1.1, plan.water, 255),
        (0.96, plan.water, 0),
        (0.96, plan.second, 255),
        (0.82, plan.second, 0),
        (0.76, plan.second, 255),
        (0.71, plan.second, 0),
    ):
        plan.shape(plate, _trace(centre, reach * scale, points), tone)
    for scale, width in (
        (1.34, 2.0),
        (1.1, 3.6),
        (1.04, 1.6),
        (0.96, 4.4),
        (0.82, 2.4),
        (0.71, 3.0),
    ):
        outline = _trace(centre, reach * scale, points)
        plan.line(plan.first, [*outline, outline[0]], width)
    for number in range(points * 14):
        angle = number * math.tau / (points * 14)
        slope = (around(centre, angle, reach * 1.34), around(centre, angle, reach * 1.2))
        plan.line(plan.first, list(slope), 1.6)
    for number in range(points * 2):
        angle = (number + 0.5) * math.pi / points
        for near, far, width in ((0.2, 0.3, 22), (0.36, 0.44, 30)):
            a, b = around(centre, angle, reach * near), around(centre, angle, reach * far)
            plan.line(plan.first, [a, b], width)
    plan.first.ring(plan.at(centre), reach * 0.11 * plan.width, 9)

    def keeps_clear(u: float, v: float) -> bool:
        return math.dist((u, v), centre) < reach * 1.44 or abs(v - bank(u)) < broad * 1.35

    return keeps_clear


def airfield(plan: Plan, rng: Random) -> KeepsClear:
    middle = (rng.uniform(-0.08, 0.08), rng.uniform(-0.05, 0.05))
    lean = rng.uniform(0.45, 0.75) * rng.choice((-1, 1))
    half, short = 0.4, 0.27
    main = (1.0, 0.0)
    cross = (math.cos(lean), math.sin(lean))

    def spot(axis: Point, far: float, aside: float) -> Point:
        return (
            middle[0] + axis[0] * far - axis[1] * aside,
            middle[1] + axis[1] * far + axis[0] * aside,
        )

    def bar(axis: Point, reach: float, aside: float, broad: float) -> list[Point]:
        stations = [reach * number / 12 for number in range(-12, 13)]
        near = [spot(axis, far, aside - broad) for far in stations]
        return near + [spot(axis, far, aside + broad) for far in reversed(stations)]

    field = [
        spot(main, far * (half + 0.05), aside * 0.155)
        for far, aside in (
            (-1, -0.7),
            (-0.7, -1),
            (0.75, -1),
            (1, -0.6),
            (1, 0.75),
            (0.6, 1),
            (-0.8, 1),
            (-1, 0.6),
        )
    ]
    plan.shape(plan.tint, field)
    plan.line(plan.first, [*field, field[0]], 3)
    for number in range(-9, 10):
        plan.shape(plan.tint, bar(main, half * 0.97, number * 0.0125, 0.003), 90)
        plan.line(plan.first, bar(main, half * 0.97, number * 0.0125, 0.003)[:25], 1.2)

    strips = (
        (main, half * 0.9, 0.06, 0.006),
        (cross, short, 0.0, 0.0125),
        (main, half, 0.0, 0.0155),
    )
    for axis, reach, aside, broad in strips:
        edge = bar(axis, reach, aside, broad)
        plan.line(plan.first, [*edge, edge[0]], 7)
    for axis, reach, aside, broad in strips:
        edge = bar(axis, reach, aside, broad)
        plan.shape(plan.first, edge, 0)
        plan.shape(plan.tint, edge, 0)
    for axis, reach in ((main, half), (cross, short)):
        dash = -reach + 0.05
        while dash < reach - 0.05:
            plan.line(plan.first, [spot(axis, dash, 0), spot(axis, dash + 0.014, 0)], 4)
            dash += 0.026
        for end in (-1, 1):
            for aside in (-0.008, -0.005, -0.002, 0.002, 0.005, 0.008):
                ends = [
                    spot(axis, end * (reach - 0.008), aside),
                    spot(axis, end * (reach - 0.03), aside),
                ]
                plan.line(plan.first, ends, 4)
    for number in range(7):
        far = -half * 0.8 + number * half * 0.27
        if abs(far * cross[1] - 0.088 * cross[0]) < 0.04:
            continue
        plan.line(plan.second, [spot(main, far, 0.017), spot(main, far, 0.076)], 12)
        loop = plan.at(spot(main, far, 0.092))
        plan.second.disc(loop, 0.0165 * plan.width)
        plan.first.disc(loop, 0.011 * plan.width, 0)
        plan.second.disc(loop, 0.0115 * plan.width, 0)
        plan.first.ring(loop, 0.0185 * plan.width, 2.6)
        _aircraft(plan, loop, 0.0075 * plan.width, rng.uniform(0, math.tau))
    free = math.copysign(1.0, lean)
    stand = [(u + free * 0.17, v - 0.058) for u, v in bar(main, 0.17, 0, 0.02)]
    plan.shape(plan.first, stand, 0)
    plan.shape(plan.second, stand)
    for number in range(6):
        far = free * (0.04 + number * 0.052)
        hangar = bar(main, 0.019, 0, 0.017)
        plan.shape(plan.first, [(u + far, v - 0.108) for u, v in hangar])
        ridge = [(u + far, v - 0.108) for u, v in bar(main, 0.019, 0, 0.0016)]
        plan.shape(plan.first, ridge, 0)
        _aircraft(plan, plan.at(spot(main, far, -0.058)), 0.009 * plan.width, number * 0.02)

    def keeps_clear(u: float, v: float) -> bool:
        far, aside = u - middle[0], v - middle[1]
        turned = far * cross[0] + aside * cross[1], -far * cross[1] + aside * cross[0]
        on_field = abs(far) < half + 0.06 and abs(aside) < 0.165
        return on_field or (abs(turned[0]) < short + 0.03 and abs(turned[1]) < 0.045)

    return keeps_clear


def _aircraft(plan: Plan, middle: Point, reach: float, heading: float) -> None:
    for share, broad, back in ((1.0, 5.0, 0.0), (0.85, 6.5, -0.1), (0.36, 4.0, -0.75)):
        along = share == 1.0
        root = around(middle, heading, reach * back)
        turn = heading if along else heading + math.pi / 2
        ends = [around(root, turn, -reach * share), around(root, turn, reach * share)]
        plan.first.line(ends, broad)


def harbour(plan: Plan, rng: Random) -> KeepsClear:
    shore = rng.uniform(0.02, 0.08)
    side = rng.choice((-1, 1))

    def out(u: float, far: float) -> Point:
        return u, side * (shore + far)

    quay = [number / 40 for number in range(-36, 37)]
    sea = [*(out(u, 0) for u in quay), out(0.9, 0.9), out(-0.9, 0.9)]
    plan.shape(plan.water, sea)
    for number in range(44):
        far = 0.006 + number * 0.0125 + number * number * 0.00008
        wave = [out(u, far + 0.002 * math.sin(u * 36 + number)) for u in quay]
        plan.line(plan.first, wave, 1.6)

    def solid(places: list[Point]) -> None:
        plan.shape(plan.first, places, 0)
        plan.shape(plan.water, places, 0)

    place = -0.5
    while place < 0.5:
        broad, reach = rng.uniform(0.016, 0.03), rng.uniform(0.1, 0.19)
        pier = [
            out(place, -0.01),
            out(place + broad, -0.01),
            out(place + broad, reach),
            out(place, reach),
        ]
        solid(pier)
        if rng.random() < 0.45:
            plan.shape(plan.second, pier)
        plan.line(plan.first, [*pier, pier[0]], 3)
        shed = [
            out(place + broad * 0.3, 0.02),
            out(place + broad * 0.7, 0.02),
            out(place + broad * 0.7, reach - 0.02),
            out(place + broad * 0.3, reach - 0.02),
        ]
        plan.shape(plan.first, shed)
        for berth in (place - 0.014, place + broad + 0.014):
            if rng.random() < 0.6:
                _ship(plan, berth, rng.uniform(0.02, 0.05), rng.uniform(0.06, 0.1), out, solid, rng)
        place += broad + rng.uniform(0.06, 0.1)
    mole = [out(-0.52 + number * 0.02, 0.27 + 0.05 * math.sin(number / 14)) for number in range(36)]
    plan.line(plan.water, mole, 26, 0)
    plan.line(plan.first, mole, 26)
    plan.line(plan.first, mole, 17, 0)
    plan.line(plan.second, mole, 17)
    plan.second.disc(plan.at(mole[-1]), 26 * plan.unit)

    for number in range(6):
        plan.line(plan.first, [out(u, -0.018 - number * 0.0055) for u in quay], 2.6)
    tanks = rng.uniform(-0.22, 0.1)
    for column in range(6):
        for row in range(3):
            tank = plan.at(out(tanks + column * 0.04, -0.078 - row * 0.04))
            plan.second.disc(tank, 0.0145 * plan.width)
            plan.first.ring(tank, 0.0145 * plan.width, 3)
            plan.first.disc(tank, 0.003 * plan.width)

    def keeps_clear(u: float, v: float) -> bool:
        inland = shore - v * side
        return inland < 0.055 or (tanks - 0.03 < u < tanks + 0.23 and inland < 0.185)

    return keeps_clear


def _ship(
    plan: Plan, berth: float, near: float, length: float, out: Seaward, solid: Solid, rng: Random
) -> None:
    half = length * 0.085
    hull = [
        out(berth - half, near),
        out(berth + half, near),
        out(berth + half, near + length * 0.72),
        out(berth, near + length),
        out(berth - half, near + length * 0.72),
    ]
    solid(hull)
    ink = plan.second if rng.random() < 0.4 else plan.first
    plan.shape(ink, hull)
    house = [
        out(berth - half * 0.5, near + length * 0.14),
        out(berth + half * 0.5, near + length * 0.14),
        out(berth + half * 0.5, near + length * 0.3),
        out(berth - half * 0.5, near + length * 0.3),
    ]
    plan.shape(ink, house, 0)
    plan.line(plan.first, [*hull, hull[0]], 2.4)


def _trace(centre: Point, reach: float, points: int) -> list[Point]:
    trace = []
    step = math.tau / points
    for number in range(points):
        angle = number * step - math.pi / 2
        trace += [
            around(centre, angle - step * 0.16, reach * 0.72),
            around(centre, angle - step * 0.22, reach * 0.83),
            around(centre, angle, reach * 1.04),
            around(centre, angle + step * 0.22, reach * 0.83),
            around(centre, angle + step * 0.16, reach * 0.72),
        ]
    return trace
