"""Input sanitizing: whatever was typed becomes stored prose."""

import re
from functools import lru_cache
from html import unescape

from .escaping import in_text
from .normalising import normalise
from .policy import ALLOW_LIST
from .tokenizing import without_unwritable

# Clean text needs one round, any other text two; more would be a fault, and must still end.
ROUNDS = 4
MOST_BYTES = 1_000_000
LONGEST_LINE = 100_000
# Between two tags, and without a letter that could begin or end one.
WORDS = re.compile(r"(?<=>)[^<>]+(?=<)")
TAG = re.compile(r"<[^>]*>")
LINE_END = re.compile(r"<(?:/(?:p|h2|h3|li|td|th|caption|figcaption|small)|br|[uo]l)\b[^>]*>")


# One save asks several times for the same text, and so does every reader of an article.
@lru_cache(maxsize=64)
def sanitize(html: str) -> str:
    """Return prose that may be stored and shown: a fixpoint of `normalise` and of nh3's allow-list.
    Text that will not come to rest is refused its markup, not its words."""
    text = html
    for _ in range(ROUNDS):
        before, text = text, "".join(map(allowed, normalise(text)))
        if text == before:
            return text
    words = in_text(without_unwritable(html)).strip()
    return f"<p>{words}</p>" if words else ""


def allowed(block: str) -> str:
    """Pass a block through the allow-list.

    nh3's time grows with the square of the entities in one text node. What stands between two tags
    is no markup, whatever it says, so the guard is shown the tags with one letter between them, and
    all of the block only if it does not leave them as they are.
    """
    tags = WORDS.sub(lambda words: " " if words[0].isspace() else "x", block)
    return block if ALLOW_LIST.clean(tags) == tags else ALLOW_LIST.clean(block)


def excess(html: str) -> str:
    """Tell, in a sentence for editors, why a text is too long to be taken; empty if it is not."""
    if len(html) > MOST_BYTES or len(html.encode(errors="replace")) > MOST_BYTES:
        return "This text is longer than 1 MB, which is more than a book. Divide it."
    lines = LINE_END.split(sanitize(html))
    if any(len(unescape(TAG.sub("", line))) > LONGEST_LINE for line in lines):
        return (
            "A line of this text has more than 100,000 letters. Divide it into paragraphs: press "
            "Enter where one ends."
        )
    return ""
