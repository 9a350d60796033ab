"""Drawings of a manuscript: the pictures in them, and how much of each its author shows."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from articles.renditions import Crop

from .elements import shown_in
from .package import child, local, value

SIDES = ("l", "t", "r", "b")
VML_SIDES = ("cropleft", "croptop", "cropright", "cropbottom")
RECTANGLES = ("", "rect")
NUMBER = re.compile(r"(-?\d{0,9}(?:\.\d{1,9})?)(f|%)?")
TURNED = re.compile(r"(?:^|;)\s*(?:rotation\s*:\s*(?!0\s*(?:;|$))|flip\s*:)", re.I)
VML = "{urn:schemas-microsoft-com:vml}"
# What a shape may hold beside its looks.
CONTENT = {"blip", "imagedata", "txbxContent", "textpath"}


class Drawn(NamedTuple):
    """A picture in a drawing: the key of its relation, what of it is cut off on each side, as parts
    of the whole, and in which ways of the report the file of it looks otherwise."""

    key: str
    crop: Crop
    differs: list[str]


def pictures_in(drawing: etree._Element) -> Iterator[Drawn]:
    fills: dict[etree._Element | None, tuple[Crop, list[str]]] = {}
    for one in shown_in(drawing):
        if local(one) not in ("blip", "imagedata") or is_fallback(one, drawing):
            continue
        key = value(one, "embed") or value(one, "link") or value(one, "id")
        fill = one.getparent()
        if local(one) == "imagedata":
            is_turned = bool(TURNED.search(value(fill, "style")))
            yield Drawn(key, vml_crop(one), ["turned"] * is_turned)
        else:
            if fill not in fills:
                fills[fill] = crop_of(fill), differences(fill)
            yield Drawn(key, *fills[fill])


def differences(fill: etree._Element | None) -> list[str]:
    around = fill.getparent() if fill is not None else None
    # Of a picture, or of a shape that is filled with one.
    properties = around if around is not None and local(around) == "spPr" else child(around, "spPr")
    frame = child(properties, "xfrm")
    is_free = child(properties, "custGeom") is not None
    is_cut = is_free or value(child(properties, "prstGeom"), "prst") not in RECTANGLES
    turns = {value(frame, name) for name in ("rot", "flipH", "flipV")}
    return ["cut shapes"] * is_cut + ["turned"] * bool(turns - {"", "0", "false"})


def links_in(drawing: etree._Element) -> set[str]:
    """Return the keys of the relations that a click on the drawing leads to."""
    return {value(one, "id") for one in shown_in(drawing) if local(one) == "hlinkClick"}


def has_bare_shape(drawing: etree._Element) -> bool:
    """Return whether a drawing has a shape that holds nothing, and may cover what lies below."""
    return any(
        (local(one) in ("wsp", "cxnSp") or is_vml_shape(one))
        and CONTENT.isdisjoint(local(inner) for inner in one.iter())
        for one in shown_in(drawing)
    )


def is_vml_shape(node: etree._Element) -> bool:
    parent = node.getparent()
    is_one = str(node.tag).startswith(VML) and local(node) not in ("shapetype", "group")
    return is_one and parent is not None and local(parent) in ("group", "pict")


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
