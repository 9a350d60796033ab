"""What stored prose may consist of, enforced by a browser-grade parser (nh3).

This is the allow-list; `normalising` brings typed text into this form without losing a word.
"""

import re

import nh3

from . import embeds
from .escaping import in_attribute

# Raise it whenever stored prose may give another output; `manage.py resanitize` does the rest.
# What is newly allowed, and so cannot be stored yet, is no reason.
POLICY_VERSION = 2

FOOTNOTE = "footnote"
PULL_QUOTE = "pullquote"
TEASER_BREAK = "teaser-break"
ALT_LENGTH = 400
URL_LENGTH = 8_000

# The key of a row. It can stand beside the address of a link within the magazine.
KEY = re.compile(r"[1-9]\d{0,17}")
ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"data-article": KEY, "data-page": KEY},
    "ol": {"start": re.compile(r"-?\d{1,6}")},
    "th": {
        "scope": re.compile(r"(row|col)(group)?"),
        "colspan": re.compile(r"[1-9]\d?"),
        "rowspan": re.compile(r"[1-9]\d?"),
    },
    "td": {"colspan": re.compile(r"[1-9]\d?"), "rowspan": re.compile(r"[1-9]\d?")},
    "hr": {"class": re.compile(TEASER_BREAK)},
    "aside": {"class": re.compile(PULL_QUOTE)},
    "small": {"class": re.compile(FOOTNOTE)},
    "figure": {
        "data-image": KEY,
        # The picture's alternative text in this place, where it is not its own.
        "data-alt": re.compile(rf"[^\x00-\x1f\x7f-\x9f]{{1,{ALT_LENGTH}}}"),
        "data-embed": re.compile("|".join(embeds.PROVIDERS)),
        "data-id": re.compile("|".join(p.form.pattern for p in embeds.PROVIDERS.values())),
    },
}
MARKS = {"a", "strong", "em", "sub", "sup", "code", "s"}
BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "blockquote", "figure", "figcaption", "aside", "hr"}
TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}

WEB_URL = re.compile(r"https?://[^/?#@:\s]+(:\d{1,5})?([/?#].*)?", re.I)
MAILTO_URL = re.compile(r"mailto:[^/?#@:]+@[^/?#@:]+(\?.*)?", re.I)
# Not `//host`, which would lead to another site.
PATH_OR_ID = re.compile(r"/(?!/).*|#[\w.:-]+")
# Spaces and control characters of any kind (browsers skip some of them), and what no address has.
NOT_IN_URLS = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>\"\\]"
)


def stored_url(typed: str) -> str | None:
    """Return the URL of a link as it may be stored; None if it may not be. Blanks around it and
    inside it are slips of the pen; every other oddity is refused."""
    href = typed.strip(" \t\r\n").replace(" ", "%20")
    if len(href) > URL_LENGTH or NOT_IN_URLS.search(href):
        return None
    known = any(form.fullmatch(href) for form in (WEB_URL, MAILTO_URL, PATH_OR_ID))
    return href if known else None


def link_tag(typed: dict[str, str]) -> str:
    """Return the opening tag of a link; empty if its URL may not be stored. The key of its target
    can stand only beside a URL of our own, and only one."""
    href = stored_url(typed.get("href", ""))
    if href is None:
        return ""
    keys = [
        f' {name}="{key}"'
        for name, form in ATTRIBUTES["a"].items()
        if href.startswith("/") and form.fullmatch(key := typed.get(name, ""))
    ]
    return f'<a href="{in_attribute(href)}"{"".join(keys[:1])}>'


def attribute(element: str, name: str, value: str) -> str | None:
    """Return the value of an attribute as it may be stored, None if it may not stand."""
    if (element, name) == ("a", "href"):
        return stored_url(value)
    form = ATTRIBUTES.get(element, {}).get(name)
    return value if form and form.fullmatch(value) else None


ALLOW_LIST = nh3.Cleaner(
    tags=MARKS | BLOCKS | TABLE | {"small", "br"},
    # Without "*", nh3 lets title and lang stand on every element.
    attributes={
        "*": set(),
        **{tag: set(kept) for tag, kept in ATTRIBUTES.items()},
        "a": {"href", *ATTRIBUTES["a"]},
    },
    attribute_filter=attribute,
    clean_content_tags={"script", "style"},
    url_schemes={"https", "http", "mailto"},
    link_rel=None,
)
