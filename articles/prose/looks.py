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

NAMES = {look.name for look in LOOKS} | {"font", "text-decoration"}
# Letters of one declaration, and rules for one name or class.
LONGEST = 300
MOST_RULES = 50

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


def relevant(style: str) -> str:
    """Return the declarations of a style that can have a meaning here."""
    parts = (part for part in DECLARATION.findall(COMMENT.sub("", style)) if len(part) < LONGEST)
    return ";".join(p for p in parts if unescaped(p.partition(":")[0]).strip().lower() in NAMES)


class Sheets:
    """The style sheets of a page, as far as their selectors name an element by itself. Of the rules
    for one name, no more are kept than anybody writes: each element asks for all of them."""

    SELECTOR = re.compile(r"(\*|[a-z][\w-]*+)?((?:[.#][\w-]+)*)", re.I)
    PART = re.compile(r"[.#][\w-]+")

    def __init__(self, texts: list[str]) -> None:
        # By a name, a class or an id: what else the element must be, how much the rule weighs, its
        # style.
        self.rules: dict[str, list[tuple[str, set[str], tuple[int, int], str]]] = {}
        self._found: dict[tuple[str, str, str], str] = {}
        for number, (selectors, declared) in enumerate(rules("\n".join(texts))):
            style = relevant(declared)
            for selector in filter(None, map(str.strip, selectors.split(","))):
                if style and (one := self.SELECTOR.fullmatch(selector)):
                    self._add((one[1] or "*").lower(), self.PART.findall(one[2]), number, style)

    def _add(self, name: str, parts: list[str], number: int, style: str) -> None:
        heaviest = 20 * sum(part[0] == "#" for part in parts)
        weight = (heaviest + 2 * len(parts) + (name != "*"), number)
        of_key = self.rules.setdefault(parts[0] if parts else name, [])
        if len(of_key) < MOST_RULES:
            of_key.append((name, set(parts), weight, style))

    def style(self, name: str, typed_class: str, typed_id: str = "") -> str:
        """Return what the sheets say of an element, the weightiest rule last."""
        key = (name, typed_class, typed_id)
        if key not in self._found and self.rules:
            parts = {f".{one}" for one in typed_class.split()} | {f"#{typed_id}"}
            found = [
                (weight, style)
                for key_of_rule in ("*", name, *parts)
                for wanted, needed, weight, style in self.rules.get(key_of_rule, ())
                if wanted in ("*", name) and needed <= parts
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
