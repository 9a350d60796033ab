"""Slugs: the last part of an address, made of a headline or a name in any language."""

import re

from anyascii import anyascii
from django.utils.text import slugify

# Leaves room for a number behind it.
LONGEST = 100
# What stands between two words without a blank; dashes do as they are.
BETWEEN_WORDS = re.compile(r"[/\\|…:;]|\.{2,}|(?<!\d),|,(?!\d)")


def slug_of(words: str) -> str:
    """Spell the words in Latin letters; empty where they hold nothing that can be spelled."""
    return slugify(BETWEEN_WORDS.sub(" ", anyascii(words)))[:LONGEST].strip("-_")


def is_made_of(slug: str, words: str) -> bool:
    """Tell whether a slug was made of these words, and not written by hand."""
    return bool(re.fullmatch(rf"{re.escape(slug_of(words))}(-\d+)?", slug))
