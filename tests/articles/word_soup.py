"""Generated HTML in which no two words stand together, and the check that none grew together."""

import random
import re

# Wherever one of these begins or ends, or stands, a word ends.
BREAKS = [
    "p", "div", "h1", "h2", "h3", "h5", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td",
    "th", "tbody", "thead", "caption", "blockquote", "aside class=pullquote", "section", "article",
    "pre", "figure", "figcaption",
    "figure data-image=3", "address", "details", "summary", "center", "main",
    "nav", "fieldset", "legend", "header", "footer", "form", "hr", "br", "br", "br",
]  # fmt: skip
MARKS = ["b", "i", "span", "a href=/x", "em", "sup", "code", "small class=footnote", "u", "font"]
# Between two words of the result stands a blank, or the edge of one of these.
EDGE = re.compile(
    r"<(?:/?(?:p|h2|h3|ul|ol|li|table|thead|tbody|tr|td|th|caption|blockquote|aside|figure|"
    r"figcaption|small)|br|hr)\b[^>]*>"
)


def soup(chance: random.Random, count: int) -> str:
    """Words, with a blank or a break before each, and tags that need not be closed or fit."""
    pieces = []
    for number in range(count):
        edge = chance.choice(BREAKS) if chance.random() < 0.7 else ""
        if not edge:
            pieces.append(chance.choice([" ", "\n", "&nbsp;"]))
        elif chance.random() < 0.4 and edge not in ("br", "hr"):
            pieces.append(f"</{edge.split()[0]}>")
        else:
            pieces.append(f"<{edge}>")
        if chance.random() < 0.3:
            mark = chance.choice(MARKS)
            pieces.append(f"</{mark.split()[0]}>" if chance.random() < 0.5 else f"<{mark}>")
        pieces.append(f"w{number}x")
    return "".join(pieces)


def joined(html: str, count: int) -> list[str]:
    """Return the words of a soup that do not stand alone in what was made of it."""
    found = re.sub(r"<[^>]*>", "", EDGE.sub(" ", html)).replace("&nbsp;", " ").split()
    return [word for word in (f"w{number}x" for number in range(count)) if word not in found]
