"""Printer's screens: how a continuous tone becomes dots or engraved lines of one solid ink.

A tone is a field (mode F) of the share of ink, 0 for bare paper and 1 for solid.
"""

import math
from array import array
from collections.abc import Callable

from PIL import Image, ImageMath

Size = tuple[int, int]


def across(size: Size, value: Callable[[float], float]) -> Image.Image:
    row = array("f", (value(x + 0.5) for x in range(size[0])))
    strip = Image.frombytes("F", (size[0], 1), row.tobytes())
    return strip.resize(size, Image.Resampling.NEAREST)


def down(size: Size, value: Callable[[float], float]) -> Image.Image:
    column = array("f", (value(y + 0.5) for y in range(size[1])))
    strip = Image.frombytes("F", (1, size[1]), column.tobytes())
    return strip.resize(size, Image.Resampling.NEAREST)


def dots(tone: Image.Image, period: float, degrees: float) -> Image.Image:
    """A halftone: dots on a grid turned by `degrees`, `period` pixels apart."""
    first = _wave(tone.size, period, degrees)
    second = _wave(tone.size, period, degrees + 90)
    level = ImageMath.lambda_eval(
        lambda of: of["tone"] + of["first"] + of["second"], tone=tone, first=first, second=second
    )
    hardness = period * 116
    return level.point(lambda value: value * hardness + (127.5 - hardness / 2)).convert("L")


def lines(tone: Image.Image, phase: Image.Image, period: float) -> Image.Image:
    """Engraved lines that swell with the tone: one along every whole number of `phase`.

    `period` is about how many pixels lie between two lines, for the softness of their edges.
    """
    level = ImageMath.lambda_eval(
        lambda of: of["tone"] - abs(of["phase"] % 1.0 - 0.5),
        tone=tone.point(lambda value: value * 0.5),
        phase=phase.point(lambda value: value + 1000.5),
    )
    hardness = period * 255
    return level.point(lambda value: value * hardness + 127.5).convert("L")


def _wave(size: Size, period: float, degrees: float) -> Image.Image:
    reach = math.ceil(math.hypot(*size)) + 4
    ratio = math.tau / period
    strip = array("f", (math.cos(ratio * x) * 0.25 for x in range(-reach, reach)))
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    wave = Image.frombytes("F", (2 * reach, 1), strip.tobytes()).resize((2 * reach, 3))
    turn = (cos, sin, reach, 0, 0, 1.5)
    return wave.transform(size, Image.Transform.AFFINE, turn, Image.Resampling.BILINEAR)
