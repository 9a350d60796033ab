"""What the styles of a manuscript mean. Word keeps their English names in every language."""

import re
from dataclasses import dataclass

from lxml import etree

from .package import child, local, value

HEADING = re.compile(r"heading ([1-9])")
ROLES = {
    "title": "title",
    "subtitle": "subtitle",
    "quote": "quote",
    "intense quote": "quote",
    "block text": "quote",
    "quotations": "quote",
    "caption": "caption",
    "toc heading": "contents",
    **{f"toc {level}": "contents" for level in range(1, 10)},
}
MARKS = {"b": "strong", "i": "em", "strike": "s", "dstrike": "s"}
RAISED = {"superscript": "sup", "subscript": "sub"}
OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True)
class Style:
    name: str
    based_on: str
    properties: etree._Element | None
    marks: dict[str, bool]


class Styles:
    def __init__(self, tree: etree._Element | None) -> None:
        self.styles = {
            value(node, "styleId"): Style(
                name=value(child(node, "name")).casefold(),
                based_on=value(child(node, "basedOn")),
                properties=child(node, "pPr"),
                # A heading is bold and a quotation slanted by their looks; a word is by meaning.
                marks=marks(child(node, "rPr")) if value(node, "type") == "character" else {},
            )
            for node in (tree if tree is not None else ())
            if local(node) == "style"
        }

    def chain(self, key: str) -> list[Style]:
        """The style and those it is based on, the nearest first."""
        found: dict[str, Style] = {}
        while key in self.styles and key not in found:
            found[key] = self.styles[key]
            key = found[key].based_on
        return list(found.values())

    def role(self, key: str) -> tuple[str, int]:
        """What a paragraph of this style is in an article; the level of a heading, else 0."""
        for style in self.chain(key):
            if heading := HEADING.fullmatch(style.name):
                return "heading", int(heading[1])
            if role := ROLES.get(style.name):
                return role, 0
        return "text", 0

    def marks(self, key: str) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for style in reversed(self.chain(key)):
            found |= style.marks
        return found

    def numbered(self, key: str) -> etree._Element | None:
        """The list that paragraphs of this style stand in."""
        for style in self.chain(key):
            if (numbers := child(style.properties, "numPr")) is not None:
                return numbers
        return None


def marks(properties: etree._Element | None) -> dict[str, bool]:
    """Our marks that a run's properties switch on or off."""
    found: dict[str, bool] = {}
    for node in properties if properties is not None else ():
        if mark := MARKS.get(local(node)):
            found[mark] = value(node) not in OFF
        elif local(node) == "vertAlign":
            found |= dict.fromkeys(RAISED.values(), False)
            if mark := RAISED.get(value(node)):
                found[mark] = True
    return found
