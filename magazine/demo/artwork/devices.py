"""What is sewn on the flags: plain geometry that no country flies, on a cloth of 3 by 2."""

import math
from collections.abc import Callable

from .canvas import Plate, Point, Sheet, around
from .palette import Colour

Colours = list[Colour]


def _fill(cloth: Sheet, ink: Colour) -> None:
    cloth.image.paste(ink, (0, 0, *cloth.size))


def _low_sun(cloth: Sheet, colours: Colours) -> None:
    field, charge, second = colours
    _fill(cloth, field)
    width, height = cloth.size
    disc, bars = Plate(cloth), Plate(cloth)
    disc.disc((width * 0.36, height * 0.46), height * 0.23)
    for top, deep in ((0.70, 0.03), (0.77, 0.05), (0.86, 0.08)):
        bars.polygon(_rectangle(0, height * top, width, height * (top + deep)))
    cloth.cover(charge, disc.mask)
    cloth.cover(second, bars.mask)


def _nested_chevrons(cloth: Sheet, colours: Colours) -> None:
    field, charge, second = colours
    _fill(cloth, field)
    width, height = cloth.size
    for number, ink in enumerate((charge, field, second, field, charge)):
        plate = Plate(cloth)
        tip = width * (0.16 + number * 0.15)
        plate.polygon([(tip, height / 2), (tip + width * 0.62, -1), (width + 1, -1)])
        plate.polygon([(tip, height / 2), (tip + width * 0.62, height), (width + 1, height)])
        plate.polygon(
            [(tip, height / 2), (tip + width * 0.62, -1), (width * 2, 0), (width * 2, height)]
        )
        plate.polygon([(tip, height / 2), (tip + width * 0.62, height), (width * 2, height)])
        cloth.cover(ink, plate.mask)


def _rings(cloth: Sheet, colours: Colours) -> None:
    field, charge, second = colours
    _fill(cloth, field)
    height = cloth.size[1]
    for reach, ink in (
        (0.98, charge),
        (0.86, field),
        (0.70, second),
        (0.54, field),
        (0.34, charge),
    ):
        plate = Plate(cloth)
        plate.disc((0, height), height * reach * 1.15)
        cloth.cover(ink, plate.mask)


def _compass(cloth: Sheet, colours: Colours) -> None:
    field, charge, second = colours
    _fill(cloth, field)
    width, height = cloth.size
    pales, lit, dark = Plate(cloth), Plate(cloth), Plate(cloth)
    pales.polygon(_rectangle(0, 0, width * 0.12, height))
    pales.polygon(_rectangle(width * 0.15, 0, width * 0.17, height))
    centre = (width * 0.58, height * 0.5)
    for number in range(8):
        angle = number * math.tau / 8 - math.pi / 2
        reach = height * (0.4 if number % 2 == 0 else 0.26)
        tip = around(centre, angle, reach)
        for side, plate in ((-1, lit), (1, dark)):
            plate.polygon(
                [centre, tip, around(centre, angle + side * math.tau / 16, height * 0.11)]
            )
    cloth.cover(second, pales.mask)
    cloth.cover(charge, lit.mask)
    cloth.cover(second, dark.mask)


def _river(cloth: Sheet, colours: Colours) -> None:
    field, charge, second = colours
    _fill(cloth, field)
    width, height = cloth.size
    for base, deep, ink in ((0.62, 0.15, charge), (0.82, 0.20, second)):
        plate = Plate(cloth)
        upper = [
            (x, height * base + math.sin(x / width * math.tau * 2.5) * height * 0.035)
            for x in range(0, width + 20, 10)
        ]
        plate.polygon([*upper, *((x, y + height * deep) for x, y in reversed(upper))])
        cloth.cover(ink, plate.mask)
    lozenge, core = Plate(cloth), Plate(cloth)
    centre = (width * 0.64, height * 0.33)
    lozenge.polygon([around(centre, n * math.tau / 4, height * 0.22) for n in range(4)])
    core.polygon([around(centre, n * math.tau / 4, height * 0.10) for n in range(4)])
    cloth.cover(second, lozenge.mask)
    cloth.cover(field, core.mask)


def _diagonal(cloth: Sheet, colours: Colours) -> None:
    field, charge, second = colours
    _fill(cloth, field)
    width, height = cloth.size
    for shift, broad, ink in ((-0.02, 0.30, charge), (0.36, 0.05, second)):
        plate = Plate(cloth)
        low, high = width * (shift - 0.1), width * (shift + 0.5)
        plate.polygon(
            [(low, height), (high, 0), (high + width * broad, 0), (low + width * broad, height)]
        )
        cloth.cover(ink, plate.mask)
    ring = Plate(cloth)
    ring.ring((width * 0.8, height * 0.58), height * 0.19, 64)
    ring.disc((width * 0.8, height * 0.58), height * 0.055)
    cloth.cover(charge, ring.mask)


def _rectangle(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


DEVICES: tuple[Callable[[Sheet, Colours], None], ...] = (
    _low_sun,
    _nested_chevrons,
    _rings,
    _compass,
    _river,
    _diagonal,
)
