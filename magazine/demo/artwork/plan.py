"""The ground under a plan: where its points lie on the sheet, and the plates that carry it."""

import math
from random import Random

from .canvas import Plate, Point, Sheet

Block = tuple[float, float, float, float]
"""Left, top, right and bottom in the plan's own measure: widths of the sheet from its middle."""


class Plan:
    """A turned and slightly bent grid. Plates: `first` and `second` ink, `water` and `tint`."""

    def __init__(self, sheet: Sheet, rng: Random) -> None:
        self.width, self.height = sheet.size
        self.unit = sheet.unit
        self.first, self.second = Plate(sheet), Plate(sheet)
        self.water, self.tint = Plate(sheet), Plate(sheet)
        turn = rng.uniform(0.12, 0.5) * rng.choice((-1, 1))
        self._cos, self._sin = math.cos(turn), math.sin(turn)
        self._bend, self._phase = rng.uniform(0.012, 0.03), rng.uniform(0, math.tau)

    def at(self, place: Point) -> Point:
        """The pixel of a place."""
        u = place[0] + self._bend * math.sin(place[1] * 5 + self._phase)
        v = place[1] + self._bend * math.sin(place[0] * 4 + self._phase * 2)
        x = self.width * (0.5 + u * self._cos - v * self._sin)
        y = self.height * 0.5 + self.width * (u * self._sin + v * self._cos)
        return x, y

    def shows(self, place: Point) -> bool:
        x, y = self.at(place)
        return -20 < x < self.width + 20 and -20 < y < self.height + 20

    def fill(self, plate: Plate, block: Block, tone: int = 255) -> None:
        plate.polygon([self.at(corner) for corner in _corners(block)], tone)

    def outline(self, plate: Plate, block: Block, width: float, tone: int = 255) -> None:
        corners = [self.at(corner) for corner in _corners(block)]
        plate.line([*corners, corners[0], corners[1]], width, tone)

    def shape(self, plate: Plate, places: list[Point], tone: int = 255) -> None:
        plate.polygon([self.at(place) for place in places], tone)

    def line(self, plate: Plate, places: list[Point], width: float, tone: int = 255) -> None:
        plate.line([self.at(place) for place in places], width, tone)


def _corners(block: Block) -> list[Point]:
    left, top, right, bottom = block
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
