"""Where a body is cut into the teaser and the rest."""

from dataclasses import dataclass

from lxml import etree

from .policy import TEASER_BREAK
from .tree import blocks, plain, written

TEASER_PARAGRAPHS = 2
# Count as paragraphs where a body has too few: there are articles of lists and of quotations.
LIKE_PARAGRAPHS = {"p", "ul", "ol", "blockquote", "table"}


@dataclass(frozen=True)
class Cut:
    """The teaser as HTML, word for word as it stands in the body; whether something that can be
    seen remains after it; and how many words there are to read."""

    teaser: str
    has_rest: bool
    word_count: int


def cut(html: str) -> Cut:
    body = blocks(html)
    teaser, rest = parted(body)
    return Cut(
        teaser="".join(written(block) for block in teaser),
        has_rest=bool(rest),
        word_count=sum(map(_word_count, body)),
    )


def parted(body: list[etree._Element]) -> tuple[list[etree._Element], list[etree._Element]]:
    """The blocks of the teaser and those of the rest; no rest where nothing of it can be seen.

    The teaser ends where the editor says, else with the second paragraph. The editor's break
    itself is in neither part, and counts only where it stands after something.
    """
    at = next((i for i, block in enumerate(body) if block.get("class") == TEASER_BREAK), None)
    content = [block for block in body if block.get("class") != TEASER_BREAK]
    if at is None or not any(map(_is_seen, content[:at])):
        at = _after_second_paragraph(content)
    teaser, rest = content[:at], content[at:]
    return (teaser, rest) if any(map(_is_seen, rest)) else (content, [])


def _after_second_paragraph(content: list[etree._Element]) -> int:
    for counted in ({"p"}, LIKE_PARAGRAPHS):
        places = [i for i, block in enumerate(content) if block.tag in counted]
        if len(places) >= TEASER_PARAGRAPHS:
            return places[TEASER_PARAGRAPHS - 1] + 1
    return len(content)


def _word_count(block: etree._Element) -> int:
    """A lone dash is no word, and pull quotes and captions are not part of the reading."""
    if block.tag in {"aside", "figure"}:
        return 0
    return sum(any(map(str.isalnum, word)) for word in plain(block).split())


def _is_seen(block: etree._Element) -> bool:
    return block.tag != "hr"
