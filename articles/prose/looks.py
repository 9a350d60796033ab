"""What a style says of words: which of them nobody is to see, and which are emphasised.

Styles are read as CSS and never as text. The table is for text that is pasted, too: the browser is
handed it (static/newsroom/editor/paste-style.js).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class Look(NamedTuple):
    """`value` is a pattern, for Python and JavaScript, of the whole value in lower case."""

    meaning: str
    name: str
    value: str


# “hidden” takes all that stands in an element with it; “unseen” is taken back by “seen” within it;
# “shown” outweighs the attribute `hidden`.
LOOKS = (
    Look("hidden", "display", "none"),
    Look("hidden", "mso-hide", "all"),
    Look("shown", "display", "(?!none$).+"),
    Look("unseen", "visibility", "hidden|collapse"),
    Look("seen", "visibility", "visible|initial"),
    Look("comment", "mso-element", "comment-list"),
    Look("comment", "mso-special-character", "comment"),
    Look("strong", "font-weight", r"bold|bolder|[6-9]\d\d|1000"),
    Look("light", "font-weight", r"normal|lighter|[1-4]\d\d"),
    Look("em", "font-style", "(italic|oblique)( .*)?"),
    Look("upright", "font-style", "normal"),
    Look("sup", "vertical-align", "super"),
    Look("sub", "vertical-align", "sub"),
    Look("s", "text-decoration-line", "(.* )?line-through( .*)?"),
)
MARKS = ("strong", "em", "sup", "sub", "s")
# Elements that a style takes their own meaning from.
UNDONE = {"b": "light", "strong": "light", "i": "upright", "em": "upright"}

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
# One declaration: a semicolon in quotation marks or brackets does not end it.
DECLARATION = re.compile(
    r"""(?:\\.|"(?:\\.|[^"\\])*+"?+|'(?:\\.|[^'\\])*+'?+|\([^)]*+\)?+|[^;"'(\\])++""",
    re.S,
)
ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.I | re.S)
IMPORTANT = re.compile(r"\s*!\s*important$")
WEIGHT = r"normal|bold|bolder|lighter|\d{1,4}"
# What a browser takes for a value; another one leaves standing what was said before.
VALID = {
    "font-weight": re.compile(f"{WEIGHT}|inherit|initial|unset"),
    "font-style": re.compile("normal|italic|oblique( .*)?|inherit|initial|unset"),
    "visibility": re.compile("visible|hidden|collapse|inherit|initial|unset"),
    "display": re.compile(
        "none|contents|inherit|initial|unset|(inline|block|flex|grid|flow|table|list|ruby)[a-z -]*"
    ),
}


def says(style: str) -> frozenset[str]:
    """Return the meanings of a style attribute, or of several with semicolons between."""
    return _says(style) if style else frozenset()


@lru_cache(maxsize=2_000)
def _says(style: str) -> frozenset[str]:
    said = declarations(style)
    return frozenset(
        one.meaning for one in LOOKS if re.fullmatch(one.value, said.get(one.name, ""), re.S)
    )


def declarations(style: str) -> dict[str, str]:
    """Parse a style: names and values in lower case, shorthands taken apart."""
    found: dict[str, str] = {}
    important: set[str] = set()
    for part in DECLARATION.findall(COMMENT.sub("", style)):
        name, _, typed = part.partition(":")
        value = " ".join(unescaped(typed).lower().split())
        is_important = bool(IMPORTANT.search(value))
        for key, one in longhands(unescaped(name).strip().lower(), IMPORTANT.sub("", value)):
            is_valid = key not in VALID or VALID[key].fullmatch(one)
            if is_valid and (is_important or key not in important):
                found[key] = one
                important |= {key} if is_important else set()
    return found


def unescaped(text: str) -> str:
    def character(escape: re.Match[str]) -> str:
        code = int(escape[1], 16) if escape[1] else 0
        return escape[2] or (chr(code) if 0 < code < 0xD800 else "\ufffd")

    return ESCAPE.sub(character, text) if "\\" in text else text


def longhands(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name == "font":
        style, weight = "normal", "normal"
        for word in value.split():
            if re.fullmatch(WEIGHT, word) and word != "normal":
                weight = word
            elif word in ("italic", "oblique"):
                style = word
            elif word not in ("normal", "small-caps"):
                break
        yield "font-style", style
        yield "font-weight", weight
    elif name == "text-decoration":
        yield "text-decoration-line", value
    else:
        yield name, value


class Sheets:
    """The style sheets of a page, as far as their selectors name an element by itself."""

    SELECTOR = re.compile(r"(\*|[a-z][\w-]*+)?((?:\.[\w-]+)*)", re.I)

    def __init__(self, texts: list[str]) -> None:
        # By a name or a class: what else the element must be, how much the rule weighs, its style.
        self.rules: dict[str, list[tuple[str, set[str], tuple[int, int], str]]] = {}
        self._found: dict[tuple[str, str], str] = {}
        for number, (selectors, style) in enumerate(rules("\n".join(texts))):
            for selector in filter(None, map(str.strip, selectors.split(","))):
                if one := self.SELECTOR.fullmatch(selector):
                    name = (one[1] or "*").lower()
                    classes = one[2].split(".")[1:]
                    weight = (2 * len(classes) + (name != "*"), number)
                    key = f".{classes[0]}" if classes else name
                    rule = (name, set(classes), weight, style)
                    self.rules.setdefault(key, []).append(rule)

    def style(self, name: str, typed_class: str) -> str:
        """Return what the sheets say of an element, the weightiest rule last."""
        key = (name, typed_class)
        if key not in self._found and self.rules:
            classes = set(typed_class.split())
            keys = ("*", name, *(f".{one}" for one in classes))
            found = [
                (weight, style)
                for key_of_rule in keys
                for wanted, needed, weight, style in self.rules.get(key_of_rule, ())
                if wanted in ("*", name) and needed <= classes
            ]
            self._found[key] = ";".join(style for _, style in sorted(found, key=lambda it: it[0]))
        return self._found.get(key, "")


def rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the style of each rule that holds for every medium."""
    depth = 0
    for part in COMMENT.sub("", sheet).replace("<!--", "").replace("-->", "").split("}"):
        depth += part.count("{")
        selectors, brace, style = part.partition("{")
        if brace and depth == 1 and not selectors.lstrip().startswith("@"):
            yield selectors, style
        depth = max(depth - 1, 0)
