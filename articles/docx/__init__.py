"""Manuscripts: a .docx becomes what an article is made of, and a report of what it cannot be.

Styles say what a paragraph is (title, heading, quotation), never how it looks. The file is read
where it lies and nothing of it is kept but words and pictures; the words still go through the
sanitizer, like those of any stranger.

There are libraries for this. mammoth makes HTML, but loses on the way what was inserted or deleted,
what a comment stands at, and the count of what it leaves out; python-docx knows neither changes nor
footnotes, so one reads the XML anyway. Neither bounds what it unpacks.
"""

from dataclasses import dataclass

from .blocks import Block, Reader, html_of
from .package import LARGEST_FILE, Package, Unreadable
from .report import Report
from .story import Changes, Keep, Picture, Story

__all__ = [
    "LARGEST_FILE",
    "Changes",
    "Keep",
    "Manuscript",
    "Package",
    "Picture",
    "Report",
    "Unreadable",
    "read",
]


@dataclass(frozen=True)
class Manuscript:
    """What was read. `headline` is empty where the file names none; `body` is not sanitized."""

    headline: str
    deck: str
    body: str
    report: Report


def read(package: Package, changes: Changes, keep: Keep) -> Manuscript:
    """Read a manuscript; each picture is given to `keep` when the text comes to it.

    Raises Unreadable, before `keep` has been asked, where the text is damaged.
    """
    document = package.tree(package.document)
    story = Story(package, changes, keep)
    reader = Reader(story)
    blocks = [block for node in document for block in reader.blocks(node)]
    if reader.unfinished:
        blocks.append(Block("text", reader.unfinished.html, reader.unfinished.plain))
    story.end()
    headline = taken(blocks, "title") or first_heading(blocks)
    return Manuscript(headline, taken(blocks, "subtitle"), html_of(blocks), story.report)


def taken(blocks: list[Block], role: str) -> str:
    """The words of the first block of this role, which leaves the text; the others stay in it."""
    found = [block for block in blocks if block.role == role]
    for block in found:
        block.role, block.level = ("heading", 1) if role == "title" else ("text", 0)
    if not found:
        return ""
    blocks.remove(found[0])
    return found[0].plain


def first_heading(blocks: list[Block]) -> str:
    """The first heading of the highest rank. It stays where it is if a text stands before it."""
    for at, block in enumerate(blocks):
        if block.role == "heading" and block.level == 1:
            if all(before.role in ("figure", "subtitle") for before in blocks[:at]):
                del blocks[at]
            return block.plain
    return ""
