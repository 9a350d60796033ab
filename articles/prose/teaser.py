"""Where a body is cut into the teaser and the rest."""

from lxml import etree

from .policy import TEASER_BREAK
from .tree import blocks, text_of, to_html

TEASER_PARAGRAPHS = 2
# Count as paragraphs where a body has too few: there are articles of lists and of quotations.
LIKE_PARAGRAPHS = {"p", "ul", "ol", "blockquote", "table"}


def split_teaser(html: str) -> tuple[str, bool, int]:
    """Return the teaser as HTML, word for word as it stands in the body; whether something that can
    be seen remains after it; and the number of words to read."""
    body = blocks(html)
    teaser, rest = parted(body)
    return "".join(map(to_html, teaser)), bool(rest), sum(map(_word_count, body))


def parted(body: list[etree._Element]) -> tuple[list[etree._Element], list[etree._Element]]:
    """Part the blocks into the teaser and the rest; there is no rest if nothing of it can be seen.

    The teaser ends at the editor's break, else with the second paragraph. The break itself is in
    neither part, and counts only if something stands before it.
    """
    at = next((i for i, block in enumerate(body) if block.get("class") == TEASER_BREAK), None)
    content = [block for block in body if block.get("class") != TEASER_BREAK]
    if at is None or not any(block.tag != "hr" for block in content[:at]):
        at = _after_second_paragraph(content)
    teaser, rest = content[:at], content[at:]
    return (teaser, rest) if any(block.tag != "hr" for block in rest) else (content, [])


def _after_second_paragraph(content: list[etree._Element]) -> int:
    for counted in ({"p"}, LIKE_PARAGRAPHS):
        places = [i for i, block in enumerate(content) if block.tag in counted]
        if len(places) >= TEASER_PARAGRAPHS:
            return places[TEASER_PARAGRAPHS - 1] + 1
    return len(content)


def _word_count(block: etree._Element) -> int:
    """Count words; a lone dash is none, and pull quotes and captions are not part of the
    reading."""
    if block.tag in {"aside", "figure"}:
        return 0
    return sum(any(map(str.isalnum, word)) for word in text_of(block).split())
