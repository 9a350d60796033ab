"""Lists. Word has none, only paragraphs that say which numbering they take part in, how deep.

Numberings of one definition share its counters, by whatever way they lead to it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from .package import child, local, value
from .styles import Styles

DEEPEST = 8
BULLETS = ("bullet", "none", "")
# A definition may lead to a style, that to a numbering, and that to another definition.
MOST_STEPS = 10

Levels = dict[int, etree._Element]


@dataclass(frozen=True)
class Item:
    """A paragraph of a list: the element around it, and its number in it."""

    kind: str
    list: str
    level: int
    number: int


class Numbering:
    def __init__(self, tree: etree._Element | None, styles: Styles) -> None:
        nodes = list(tree) if tree is not None else []
        definitions = {value(n, "abstractNumId"): n for n in nodes if local(n) == "abstractNum"}
        self.styles = styles
        self.links = {key: value(child(n, "numStyleLink")) for key, n in definitions.items()}
        self.levels = {key: levels(node) for key, node in definitions.items()}
        # A list is the name of a definition, and what it has of its own.
        self.lists = {
            value(node, "numId"): (value(child(node, "abstractNumId")), levels(node))
            for node in nodes
            if local(node) == "num"
        }
        self.counters: dict[str, dict[int, int]] = defaultdict(dict)
        # The levels of lists that have begun: each begins once with a number of its own.
        self.begun: set[tuple[str, int]] = set()

    def item(self, properties: etree._Element | None) -> Item | None:
        """Return the next item of the list that a paragraph with this pPr stands in, if any."""
        key = value(self.styles.property(properties, "numPr", "numId"))
        if key not in self.lists:
            return None
        definition, own = self.definition(key), self.lists[key][1]
        level = self.level(properties, definition)
        node = child(own.get(level), "lvl")
        if node is None:
            node = self.levels.get(definition, {}).get(level)
        numbers = self.counters[definition]
        first = value(child(own.get(level), "startOverride"))
        if level in numbers and (not first or (key, level) in self.begun):
            numbers[level] += 1
        else:
            numbers[level] = whole(first or value(child(node, "start")), 1)
        self.begun.add((key, level))
        for deeper in [other for other in numbers if other > level]:
            restart = child(self.levels.get(definition, {}).get(deeper), "lvlRestart")
            if level < whole(value(restart), deeper):
                del numbers[deeper]
        is_bullet = value(child(node, "numFmt")) in BULLETS
        return Item("ul" if is_bullet else "ol", definition, level, numbers[level])

    def definition(self, key: str) -> str:
        """Return the key of the definition that a list leads to."""
        found = self.lists[key][0]
        for _ in range(MOST_STEPS):
            linked = value(self.styles.inherited(self.links.get(found, ""), "numPr", "numId"))
            if linked not in self.lists:
                break
            found = self.lists[linked][0]
        return found

    def level(self, properties: etree._Element | None, definition: str) -> int:
        own = child(properties, "numPr")
        if child(own, "numId") is not None or child(own, "ilvl") is not None:
            return min(whole(value(child(own, "ilvl")), 0), DEEPEST)
        style = value(child(properties, "pStyle"))
        for level, node in self.levels.get(definition, {}).items():
            if style and value(child(node, "pStyle")) == style:
                return level
        found = self.styles.inherited(style, "numPr", "ilvl")
        return min(whole(value(found), 0), DEEPEST)


def levels(definition: etree._Element) -> Levels:
    found = {
        whole(value(node, "ilvl"), 0): node
        for node in definition
        if local(node) in ("lvl", "lvlOverride")
    }
    return {level: node for level, node in found.items() if level <= DEEPEST}


def whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise


def listed(rows: Iterable[tuple[Item, str]]) -> str:
    """Nest items, as they follow each other, in lists."""
    parts: list[str] = []
    open_items: list[Item] = []
    for item, html in rows:
        while open_items and open_items[-1].level > item.level:
            parts.append(f"</li></{open_items.pop().kind}>")
        if open_items and open_items[-1].level == item.level:
            before = open_items.pop()
            follows = item.kind == "ul" or item.number == before.number + 1
            if (before.kind, before.list) == (item.kind, item.list) and follows:
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
