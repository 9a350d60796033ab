"""Fields of smooth random height, kept as floating-point images (mode F).

Pillow's own `effect_noise` cannot be seeded, so every field grows from random bytes of the
picture's own generator, laid out as a coarse lattice and drawn large with bicubic interpolation.
"""

import math
from array import array
from collections.abc import Callable
from random import Random
from typing import cast

from PIL import Image, ImageMath

Size = tuple[int, int]
BICUBIC = Image.Resampling.BICUBIC


def _octave(rng: Random, size: Size, cell: tuple[float, float]) -> Image.Image:
    width, height = size
    angle = rng.uniform(0.3, 1.2) if cell[0] == cell[1] else rng.uniform(-0.05, 0.05)
    cos, sin = math.cos(angle), math.sin(angle)
    reach_x = (width * cos + height * abs(sin)) / cell[0]
    reach_y = (width * abs(sin) + height * cos) / cell[1]
    lattice_size = (math.ceil(reach_x) + 6, math.ceil(reach_y) + 6)
    lattice = Image.frombytes("L", lattice_size, rng.randbytes(lattice_size[0] * lattice_size[1]))
    left = 3 + max(0.0, height * sin / cell[0])
    top = 3 + max(0.0, -width * sin / cell[1])
    turn = (cos / cell[0], -sin / cell[0], left, sin / cell[1], cos / cell[1], top)
    field = lattice.convert("F").transform(size, Image.Transform.AFFINE, turn, BICUBIC)
    return field.point(lambda value: value * (1 / 127.5) - 1.0)


def cloud(
    rng: Random,
    size: Size,
    features: float,
    octaves: int = 5,
    gain: float = 0.5,
    stretch: float = 1,
) -> Image.Image:
    """Fractal noise around 0, mostly within -1 and 1.

    `features` is how many swells lie along the width; `stretch` draws them out sideways.
    """
    total = Image.new("F", size)
    cell, weight = size[0] / features, 1.0
    for _ in range(octaves):
        octave = _octave(rng, size, (cell * stretch, cell))
        total = add(total, octave, weight)
        cell, weight = cell / 2, weight * gain
    return total


def add(first: Image.Image, second: Image.Image, weight: float = 1.0) -> Image.Image:
    return ImageMath.lambda_eval(
        lambda of: of["first"] + of["second"] * weight, first=first, second=second
    )


def sampled(
    size: Size, function: Callable[[float, float], float], columns: int = 96
) -> Image.Image:
    """A smooth field from a function of x (0 to 1) and y (0 to height/width), sampled coarsely."""
    ratio = size[1] / size[0]
    rows = max(2, round(columns * ratio))
    values = array("f")
    for row in range(rows):
        y = (row + 0.5) / rows * ratio
        values.extend(function((column + 0.5) / columns, y) for column in range(columns))
    return Image.frombytes("F", (columns, rows), values.tobytes()).resize(size, BICUBIC)


def enlarge(field: Image.Image, size: Size) -> Image.Image:
    """The same field at the size of the sheet."""
    return field.resize(size, BICUBIC)


def value_at(field: Image.Image, x: int, y: int) -> float:
    return cast(float, field.getpixel((x, y)))
