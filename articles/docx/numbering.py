"""Lists. Word has none, only paragraphs that say which numbering they take part in, how deep."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from .package import child, local, value

DEEPEST = 8
BULLETS = ("bullet", "none", "")


@dataclass(frozen=True)
class Item:
    """A paragraph of a list: the element around it, and its number in it."""

    kind: str
    list: str
    level: int
    number: int


class Numbering:
    def __init__(self, tree: etree._Element | None) -> None:
        nodes = list(tree) if tree is not None else []
        self.abstract = {value(n, "abstractNumId"): n for n in nodes if local(n) == "abstractNum"}
        self.lists = {value(node, "numId"): node for node in nodes if local(node) == "num"}
        self.numbers: dict[str, dict[int, int]] = defaultdict(dict)

    def item(self, properties: etree._Element | None) -> Item | None:
        """The next item of the list that a paragraph's numPr names; None where it names none."""
        key = value(child(properties, "numId"))
        if key not in self.lists:
            return None
        level = min(whole(value(child(properties, "ilvl")), 0), DEEPEST)
        definition, start = self.definition(key, level)
        numbers = self.numbers[key]
        numbers[level] = numbers[level] + 1 if level in numbers else start
        for deeper in [other for other in numbers if other > level]:
            del numbers[deeper]
        is_bullet = value(child(definition, "numFmt")) in BULLETS
        return Item("ul" if is_bullet else "ol", key, level, numbers[level])

    def definition(self, key: str, level: int) -> tuple[etree._Element | None, int]:
        """How a level of a list is numbered, and its first number."""
        override = at_level(self.lists[key], level)
        base = self.abstract.get(value(child(self.lists[key], "abstractNumId")))
        found = child(override, "lvl")
        if found is None:
            found = at_level(base, level)
        first = value(child(override, "startOverride")) or value(child(found, "start"))
        return found, whole(first, 1)


def at_level(definition: etree._Element | None, level: int) -> etree._Element | None:
    for node in definition if definition is not None else ():
        if local(node) in ("lvl", "lvlOverride") and value(node, "ilvl") == str(level):
            return node
    return None


def whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise


def listed(rows: Iterable[tuple[Item, str]]) -> str:
    """Items, as they follow each other, as lists in lists."""
    parts: list[str] = []
    open_items: list[Item] = []
    for item, html in rows:
        while open_items and open_items[-1].level > item.level:
            parts.append(f"</li></{open_items.pop().kind}>")
        if open_items and open_items[-1].level == item.level:
            before = open_items.pop()
            if (before.kind, before.list) == (item.kind, item.list):
                parts.append("</li>")
                open_items.append(item)
            else:
                parts.append(f"</li></{before.kind}>")
        if not open_items or open_items[-1].level < item.level:
            start = f' start="{item.number}"' if item.kind == "ol" and item.number != 1 else ""
            parts.append(f"<{item.kind}{start}>")
            open_items.append(item)
        parts.append(f"<li>{html}")
    while open_items:
        parts.append(f"</li></{open_items.pop().kind}>")
    return "".join(parts)
