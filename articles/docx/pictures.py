"""Drawings of a manuscript: the pictures in them, and how much of each its author shows."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from articles.prose.looks import says
from articles.renditions import Crop

from .package import child, local, value

SIDES = ("l", "t", "r", "b")
VML_SIDES = ("cropleft", "croptop", "cropright", "cropbottom")
RECTANGLES = ("", "rect")
NUMBER = re.compile(r"(-?\d{0,9}(?:\.\d{1,9})?)(f|%)?")
HIDDEN = {"hidden", "unseen"}


class Drawn(NamedTuple):
    """A picture in a drawing: the key of its relation, and what of it is cut off on each side, as
    parts of the whole."""

    key: str
    crop: Crop
    is_cut_to_shape: bool


def pictures_in(drawing: etree._Element) -> Iterator[Drawn]:
    for one in drawing.iter():
        if local(one) not in ("blip", "imagedata") or is_fallback(one, drawing):
            continue
        key = value(one, "embed") or value(one, "link") or value(one, "id")
        if local(one) == "imagedata":
            yield Drawn(key, vml_crop(one), is_cut_to_shape=False)
        else:
            fill = one.getparent()
            around = fill.getparent() if fill is not None else None
            shape = child(around, "spPr", "prstGeom")
            is_free = child(around, "spPr", "custGeom") is not None
            yield Drawn(key, crop_of(fill), is_free or value(shape, "prst") not in RECTANGLES)


def is_fallback(node: etree._Element, drawing: etree._Element) -> bool:
    for around in node.iterancestors():
        if around is drawing:
            return False
        if local(around) == "Fallback":
            return True
    return False


def description(drawing: etree._Element) -> str:
    for one in drawing.iter():
        if local(one) in ("docPr", "shape") and (words := value(one, "descr") or value(one, "alt")):
            return words
    return ""


def is_hidden(drawing: etree._Element) -> bool:
    return any(
        value(one, "hidden") in ("1", "true")
        if local(one) == "docPr"
        else local(one) == "shape" and not HIDDEN.isdisjoint(says(value(one, "style")))
        for one in drawing.iter()
    )


def crop_of(fill: etree._Element | None) -> Crop:
    """Return what a fill leaves out of its picture: what is cut off, and what is then stretched
    beyond the frame."""
    cut = sides(child(fill, "srcRect"), SIDES, 100_000)
    beyond = sides(child(fill, "stretch", "fillRect"), SIDES, 100_000)
    found = []
    for near, far in ((0, 2), (1, 3)):
        shown = 1 - cut[near] - cut[far]
        stretched = 1 - beyond[near] - beyond[far]
        if stretched > 0:
            found.append(
                tuple(cut[at] - min(0, beyond[at]) / stretched * shown for at in (near, far))
            )
        else:
            found.append((cut[near], cut[far]))
    (left, right), (top, bottom) = found
    return within(left, top, right, bottom)


def vml_crop(image: etree._Element) -> Crop:
    return within(*sides(image, VML_SIDES, 65_536))


def sides(node: etree._Element | None, names: tuple[str, ...], whole: int) -> list[float]:
    """Return the attributes as parts of the whole. Old drawings count in 1/65536 (“32768f”) or in
    decimals, new ones in 1/1000 of a percent, or in percents."""
    found = []
    for name in names:
        number = NUMBER.fullmatch(value(node, name).strip())
        unit = number[2] if number else ""
        amount = float(number[1]) if number and number[1] not in ("", "-") else 0.0
        is_decimal = whole == 65_536 and not unit
        found.append(amount / {"%": 100, "f": 65_536}.get(unit or "", 1 if is_decimal else whole))
    return found


def within(left: float, top: float, right: float, bottom: float) -> Crop:
    cut = tuple(round(min(max(side, 0.0), 1.0), 5) for side in (left, top, right, bottom))
    return cut[0], cut[1], cut[2], cut[3]
