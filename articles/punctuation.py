"""Slips of the pen that no spelling checker finds: quotation marks, dashes, spaces."""

import re
from collections.abc import Iterable

DOUBLED_SPACE = re.compile(r"(?<=\S)[ \xa0]{2,}(?=\S)")

# English, French and German. Some marks open in one language and close in another.
CLOSED_BY = {"“": "”", "„": "“”", "‘": "’", "‚": "‘’", "«": "»", "»": "«", "‹": "›", "›": "‹"}
MARKS = re.compile(r"[“”„‘’‚«»‹›]")
LETTER_AFTER = re.compile(r"\w")
# A straight mark after a digit may be one of inches.
INCHES = re.compile(r'\d"')

SPACED_HYPHEN, DOUBLE_HYPHEN, EN_DASH, EM_DASH = " - ", "--", "–", "—"
TYPEWRITTEN = (SPACED_HYPHEN, DOUBLE_HYPHEN)
DASH = {
    SPACED_HYPHEN: re.compile(r"(?<=\S)[ \xa0]-[ \xa0](?=\S)"),
    DOUBLE_HYPHEN: re.compile(r"(?<!-)--(?!-)"),
    # Without blanks it stands between years and places, and is no dash in a sentence.
    EN_DASH: re.compile(r"[ \xa0\u2009]–[ \xa0\u2009]"),
    EM_DASH: re.compile("—"),
}


def dashes(lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    return [name for name, form in DASH.items() if any(form.search(line) for line in lines)]


def unbalanced(lines: list[str]) -> list[int]:
    """Return the numbers of the lines with a quotation mark without its partner, apostrophes apart.

    A quotation of several paragraphs opens each of them and is closed in the last.
    """
    found = []
    for place, line in enumerate(lines):
        open_at_end, has_stray = left_open(line)
        following = lines[place + 1].lstrip() if place + 1 < len(lines) else ""
        goes_on = len(open_at_end) == 1 and following.startswith(open_at_end[0])
        straight = line.count('"') % 2 and not INCHES.search(line)
        if has_stray or straight or (open_at_end and not goes_on):
            found.append(place)
    return found


def left_open(line: str) -> tuple[list[str], bool]:
    """The marks that a line opens and does not close, and whether it closes one never opened."""
    opened: list[str] = []
    has_stray = False
    for found in MARKS.finditer(line):
        mark = found[0]
        if opened and mark in CLOSED_BY[opened[-1]]:
            if mark == "’" and is_apostrophe(line, found.start()):
                continue
            opened.pop()
        elif mark == "’":
            continue  # an apostrophe at the end of a word
        elif mark in CLOSED_BY:
            opened.append(mark)
        else:
            has_stray = True
    return opened, has_stray


def is_apostrophe(line: str, at: int) -> bool:
    return bool(LETTER_AFTER.match(line, at + 1)) and at > 0 and line[at - 1].isalnum()
