"""Plans from above, in two inks that do not quite register: a town around one installation."""

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops

from .canvas import Point, Sheet
from .installations import KeepsClear, airfield, citadel, harbour
from .palette import Palette, mix
from .plan import Block, Plan


def draw(sheet: Sheet, palette: Palette, rng: Random) -> None:
    plan = Plan(sheet, rng)
    installation = rng.choice((citadel, airfield, harbour))
    Town(plan, rng, keeps_clear=installation(plan, rng)).build()

    dark, bright = rng.choice(
        (
            (mix(palette.cold, palette.ink, 0.35), palette.accent),
            (palette.ink, mix(palette.warm, palette.accent, 0.25)),
            (mix(palette.cold, palette.ink, 0.1), mix(palette.accent, palette.warm, 0.3)),
        )
    )
    sheet.image.paste(mix(palette.paper, palette.warm, 0.06), (0, 0, *sheet.size))
    sheet.press(mix(palette.pale, palette.paper, 0.25), plan.water.mask)
    sheet.press(mix(palette.warm, palette.paper, 0.62), plan.tint.mask)
    unit = sheet.unit
    shift, turn = rng.choice((-1, 1)) * rng.uniform(5, 8) * unit, rng.uniform(-0.16, 0.16)
    second = plan.second.mask.rotate(
        turn, Image.Resampling.BILINEAR, translate=(round(shift), round(-shift * 0.7))
    )
    sheet.press(bright, second)
    worn = ImageChops.darker(plan.first.mask, Image.new("L", sheet.size, 242))
    sheet.press(dark, worn)


@dataclass
class Town:
    """Streets, blocks and houses wherever the installation leaves room."""

    plan: Plan
    rng: Random
    keeps_clear: KeepsClear

    def build(self) -> None:
        self._divide((-0.78, -0.66, 0.78, 0.66), 0)

    def _divide(self, block: Block, depth: int) -> None:
        """Cut the town in two again and again; the first cuts are avenues, the last are lanes."""
        left, top, right, bottom = block
        wide, deep = right - left, bottom - top
        longest = max(wide, deep)
        clear = [self.keeps_clear(*place) for place in _places(block)]
        if all(clear):
            return
        smallest = 0.02 if any(clear) else 0.054
        if longest < smallest or (longest < smallest * 1.7 and self.rng.random() < 0.2):
            if not any(clear):
                self._block(block)
            return
        street = max(0.0032, 0.015 * 0.8**depth)
        share = self.rng.uniform(0.38, 0.62)
        if wide > deep:
            cut = left + wide * share
            self._divide((left, top, cut - street / 2, bottom), depth + 1)
            self._divide((cut + street / 2, top, right, bottom), depth + 1)
        else:
            cut = top + deep * share
            self._divide((left, top, right, cut - street / 2), depth + 1)
            self._divide((left, cut + street / 2, right, bottom), depth + 1)

    def _block(self, block: Block) -> None:
        if not any(self.plan.shows(place) for place in _places(block)):
            return
        ways = (self._houses, self._court, self._park, self._marked)
        self.rng.choices(ways, (66, 15, 9, 3))[0](block)

    def _houses(self, block: Block) -> None:
        left, top, right, bottom = block
        wide, deep = right - left, bottom - top
        along_x = wide > deep
        length, depth = (wide, deep) if along_x else (deep, wide)
        for near in (True, False):
            place = 0.0
            while place < length - 0.003:
                front = min(self.rng.uniform(0.006, 0.0145), length - place)
                back = depth * self.rng.uniform(0.26, 0.44)
                low, high = (0.0, back) if near else (depth - back, depth)
                if self.rng.random() < 0.93:
                    house = (place, low, place + front - 0.001, high)
                    if not along_x:
                        house = (house[1], house[0], house[3], house[2])
                    a, b, c, d = house
                    self.plan.fill(self.plan.first, (left + a, top + b, left + c, top + d))
                place += front

    def _court(self, block: Block) -> None:
        left, top, right, bottom = block
        rim = min(right - left, bottom - top) * self.rng.uniform(0.2, 0.3)
        self.plan.fill(self.plan.first, block)
        yard = (left + rim, top + rim, right - rim, bottom - rim)
        self.plan.fill(self.plan.first, yard, 0)
        self.plan.fill(self.plan.tint, yard)

    def _park(self, block: Block) -> None:
        left, top, right, bottom = block
        self.plan.fill(self.plan.tint, block)
        for _ in range(int((right - left) * (bottom - top) * 12000)):
            tree = (self.rng.uniform(left, right), self.rng.uniform(top, bottom))
            self.plan.first.disc(self.plan.at(tree), self.rng.uniform(3, 5.5) * self.plan.unit)

    def _marked(self, block: Block) -> None:
        self.plan.fill(self.plan.second, block)
        self.plan.fill(self.plan.first, block, 0)
        left, top, right, bottom = block
        rim = min(right - left, bottom - top) * 0.24
        self.plan.outline(self.plan.first, (left + rim, top + rim, right - rim, bottom - rim), 3)


def _places(block: Block) -> tuple[Point, ...]:
    left, top, right, bottom = block
    x, y = (left + right) / 2, (top + bottom) / 2
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return (*corners, (x, top), (right, y), (x, bottom), (left, y), (x, y))
