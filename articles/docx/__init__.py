"""Manuscripts: a .docx becomes what an article is made of, and a report of what it cannot be.

Styles say what a paragraph is (title, heading, quotation), never how it looks. The file is read
where it lies and nothing of it is kept but words and pictures; the words still go through the
sanitizer, like those of any stranger. All of that happens in a child process (see `worker.py`);
what is made of it, in `drafts.py`.

There are libraries for this. mammoth makes HTML, but loses on the way what was inserted or deleted,
what a comment stands at, and the count of what it leaves out; python-docx knows neither changes nor
footnotes, so one reads the XML anyway. Neither bounds what it unpacks.
"""

import re
from dataclasses import dataclass
from html import unescape

from .blocks import Block, html_of
from .document import Changes, Document, Picture, SaveImage
from .package import LARGEST_FILE, Package, Unreadable
from .reading import read_story
from .report import Report

__all__ = [
    "LARGEST_FILE",
    "Changes",
    "Manuscript",
    "Package",
    "Picture",
    "Report",
    "SaveImage",
    "Unreadable",
    "read",
]


NOTE = re.compile(r'<small class="footnote">(.*?)</small>', re.S)
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Manuscript:
    """The text and images of a file. `headline` is empty if the file names none; `body` is not
    sanitized."""

    headline: str
    deck: str
    body: str
    report: Report


def read(package: Package, changes: Changes, save_image: SaveImage) -> Manuscript:
    """Read a manuscript; `save_image` is called with each image when the text comes to it. Raises
    Unreadable, before `save_image` has been called, if the text is damaged."""
    document = Document(package, changes, save_image, read_story)
    blocks = read_story(document)
    report = document.report
    headline = taken(blocks, "title", report) or first_heading(blocks, report)
    return Manuscript(headline, taken(blocks, "subtitle", report), html_of(blocks), report)


def leave_notes(block: Block, report: Report) -> None:
    # A headline and a deck have no notes.
    for note in NOTE.findall(block.html):
        report.leave("notes", unescape(TAG.sub(" ", note)))


def taken(blocks: list[Block], role: str, report: Report) -> str:
    """Take the words of the first block of this role out of the text; the others stay in it."""
    found = [block for block in blocks if block.role == role]
    for block in found:
        block.role, block.level = ("heading", 1) if role == "title" else ("text", 0)
    if not found:
        return ""
    blocks.remove(found[0])
    leave_notes(found[0], report)
    return found[0].text


def first_heading(blocks: list[Block], report: Report) -> str:
    """Return the first heading of the highest rank. It stays in its place if a text stands before
    it."""
    for at, block in enumerate(blocks):
        if block.role == "heading" and block.level == 1:
            if all(before.role in ("figure", "subtitle") for before in blocks[:at]):
                del blocks[at]
                leave_notes(block, report)
            return block.text
    return ""
