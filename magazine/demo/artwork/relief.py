"""What can be read off a field: masks above a level, slopes, light, lines of equal height.

Masks are greyscale images with soft edges one pixel wide, so nothing drawn from a field is jagged.
"""

from PIL import Image, ImageMath

from .noise import add


def above(field: Image.Image, level: float, hardness: float) -> Image.Image:
    """White where the field is higher than `level`; `hardness` is grey steps per unit of height."""
    return field.point(lambda value: value * hardness + (127.5 - level * hardness)).convert("L")


def slopes(field: Image.Image) -> tuple[Image.Image, Image.Image]:
    """The rise per pixel to the right and downwards."""
    width, height = field.size

    def rise(ahead: tuple[int, int, int, int], behind: tuple[int, int, int, int]) -> Image.Image:
        difference = ImageMath.lambda_eval(
            lambda of: (of["ahead"] - of["behind"]) * 0.5,
            ahead=field.crop(ahead),
            behind=field.crop(behind),
        )
        return difference.resize(field.size, Image.Resampling.BILINEAR)

    return (
        rise((2, 1, width, height - 1), (0, 1, width - 2, height - 1)),
        rise((1, 2, width - 1, height), (1, 0, width - 1, height - 2)),
    )


def steepness(field: Image.Image) -> Image.Image:
    """The rise per pixel in the steepest direction, never quite 0."""
    right, down = slopes(field)
    return ImageMath.lambda_eval(
        lambda of: (of["right"] * of["right"] + of["down"] * of["down"] + 1e-9) ** 0.5,
        right=right,
        down=down,
    )


def light(field: Image.Image) -> Image.Image:
    right, down = slopes(field)
    return ImageMath.lambda_eval(
        lambda of: (
            (of["right"] + of["down"])
            * 0.7071
            / (of["right"] * of["right"] + of["down"] * of["down"] + 1e-9) ** 0.5
        ),
        right=right,
        down=down,
    )


def isolines(
    field: Image.Image,
    steep: Image.Image,
    interval: float,
    weight: float | Image.Image,
    offset: float = 0.0,
) -> Image.Image:
    """Lines at every `interval` of height, of an even width in pixels.

    `field` and `steep`, its rise per pixel, have the size of the sheet; `weight` is the width, one
    for all or a field of its own.
    """
    distance = ImageMath.lambda_eval(
        lambda of: abs(of["phase"] % interval - interval / 2) / of["steep"],
        phase=field.point(lambda value: value + (1000.5 * interval - offset)),
        steep=steep,
    )
    if isinstance(weight, Image.Image):
        reach = add(weight.point(lambda value: value * 0.5 + 0.5), distance, -1.0)
        return reach.point(lambda value: value * 255).convert("L")
    solid = 127.5 * (weight + 1)
    return distance.point(lambda value: value * -255 + solid).convert("L")
