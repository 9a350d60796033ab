"""What the styles of a manuscript mean. Word keeps their English names in every language.

What a paragraph does not say itself, its style says, or the style that this one is based on.
"""

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
OUTLINE = {str(level): level + 1 for level in range(9)}
# Styles based on styles deeper than this are not looked for; it bounds the work.
DEEPEST_STYLE = 30


@dataclass(frozen=True)
class Style:
    name: str
    based_on: str
    paragraph: etree._Element | None
    run: etree._Element | None
    marks: dict[str, bool]


class Styles:
    def __init__(self, tree: etree._Element | None) -> None:
        nodes = [node for node in (tree if tree is not None else ()) if local(node) == "style"]
        self.styles = {
            value(node, "styleId"): Style(
                name=value(child(node, "name")).casefold(),
                based_on=value(child(node, "basedOn")),
                paragraph=child(node, "pPr"),
                run=child(node, "rPr"),
                # A heading is bold and a quotation slanted by their looks; a word is by meaning.
                marks=marks(child(node, "rPr")) if value(node, "type") == "character" else {},
            )
            for node in nodes
        }
        # The style of what names none, or one that is not there.
        self.default = {
            value(node, "type"): value(node, "styleId")
            for node in nodes
            if value(node, "default") not in ("", *OFF)
        }
        self.hides_all = is_on(child(tree, "docDefaults", "rPrDefault", "rPr"), "vanish")
        self._chains: dict[str, list[Style]] = {}

    def chain(self, key: str) -> list[Style]:
        """Return the style and those it is based on, the nearest first."""
        if key in self._chains:
            return self._chains[key]
        found: dict[str, Style] = {}
        of = key
        while of in self.styles and of not in found and len(found) < DEEPEST_STYLE:
            found[of] = self.styles[of]
            of = found[of].based_on
        return self._chains.setdefault(key, list(found.values()))

    def property(self, properties: etree._Element | None, *path: str) -> etree._Element | None:
        """Return a property of a paragraph, given its pPr: its own, or that of its style."""
        own = child(properties, *path)
        return own if own is not None else self.inherited(value(child(properties, "pStyle")), *path)

    def inherited(self, key: str, *path: str) -> etree._Element | None:
        found = (child(style.paragraph, *path) for style in self.chain(key))
        return next((one for one in found if one is not None), None)

    def role(self, properties: etree._Element | None) -> tuple[str, int]:
        """Return the role of a paragraph with this pPr in an article; the level of a heading, else
        0."""
        for style in self.chain(value(child(properties, "pStyle"))):
            if heading := HEADING.fullmatch(style.name):
                return "heading", int(heading[1])
            if role := ROLES.get(style.name):
                return role, 0
        level = OUTLINE.get(value(self.property(properties, "outlineLvl")), 0)
        return ("heading", level) if level else ("text", 0)

    def marks(self, key: str) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for style in reversed(self.chain(key)):
            found |= style.marks
        return found

    def is_hidden(self, run: etree._Element | None, paragraph_style: str) -> bool:
        """Return whether a run with this rPr is hidden, in a paragraph of this style. The style of
        the words turns round what that of the paragraph says (ISO 29500-1, 17.7.3)."""
        if (own := is_on(run, "vanish")) is not None:
            return own
        keys = {"character": value(child(run, "rStyle")), "paragraph": paragraph_style}
        by_words, by_paragraph = (
            self.is_on(key if key in self.styles else self.default.get(kind, ""), "vanish")
            for kind, key in keys.items()
        )
        return bool(self.hides_all) or by_words != by_paragraph

    def is_on(self, key: str, name: str) -> bool:
        said = (is_on(style.run, name) for style in self.chain(key))
        return bool(next((on for on in said if on is not None), False))

    def is_initial(self, properties: etree._Element | None) -> bool:
        """Return whether a paragraph with this pPr is a large first letter of the next."""
        return value(self.property(properties, "framePr"), "dropCap") in ("drop", "margin")


def is_on(properties: etree._Element | None, name: str) -> bool | None:
    """Return whether a property is on or off; None if nothing is said of it."""
    node = child(properties, name)
    return None if node is None else value(node) not in OFF


def marks(properties: etree._Element | None) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for node in properties if properties is not None else ():
        if mark := MARKS.get(local(node)):
            found[mark] = value(node) not in OFF
        elif local(node) == "vertAlign":
            found |= dict.fromkeys(RAISED.values(), False)
            if mark := RAISED.get(value(node)):
                found[mark] = True
    return found
