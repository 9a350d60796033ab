"""Typed text cut into tags and words, in time that grows with its length and nothing else.

Parsers that follow the browsers' rules to the letter can be kept busy for hours by one megabyte
of nested or unclosed tags, and Python's own by unfinished ones. This one knows no nesting and
looks at no character many times, so it may be shown anything. It need not be exact: what is
made of its tokens goes through such a parser afterwards (see `policy`).
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# The possessive `++` and `*+` never go back, so a tag is found or given up in one pass.
TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)"""
    r"""(?P<source>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>"""
)
ATTRIBUTE = re.compile(
    r"""([^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?+""",
)
# A doctype, an instruction, and whatever else browsers take for a comment.
REMARK = re.compile(r"<(?:[!?]|/(?![a-zA-Z]))")
COMMENT_END = re.compile(r"--!?>")
# What no browser shows.
UNSEEN_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in ("script", "style")}
UNFINISHED = re.compile(r"<[!?/a-zA-Z]")

# Databases refuse NUL and lone surrogates, XML refuses the others; nobody can see any of them.
UNWRITABLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
SPACES = str.maketrans({"\r": "\n", "\x0b": " ", "\x0c": " ", "\x85": " "})
# A number too long for any character; Python refuses to read the longest.
ENDLESS_NUMBER = re.compile(r"&#[0-9]{12,}+;?")
# In an address, `&copy=1` is no copyright sign.
FINISHED_REFERENCE = re.compile(
    r"&(?:#[0-9]{1,11}|#[xX][0-9a-fA-F]{1,11}|[a-zA-Z][a-zA-Z0-9]{1,31});"
)


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    source: str
    is_end: bool

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes; if one stands twice the first counts, as in browsers."""
        found: dict[str, str] = {}
        for name, *values in ATTRIBUTE.findall(self.source):
            found.setdefault(name.lower(), decoded_value("".join(values)))
        return found


def tokenize(typed: str) -> Iterator[Tag | str]:
    """Yield tags (their names in lower case) and, as strings, the decoded words between them.
    Comments, scripts and style sheets are left out.

    Promise: every other word comes out.
    """
    source = without_unwritable(typed.replace("\r\n", "\n"))
    at = 0
    # Ends of which none is left: looking for each again would take the square of the length.
    missing: set[str] = set()
    while (start := source.find("<", at)) >= 0:
        if start > at:
            yield decoded(source[at:start])
        at = start
        if tag := TAG.match(source, at):
            at = tag.end()
            name = tag["name"].lower()
            yield Tag(name, tag["source"], is_end=bool(tag["close"]))
            if name in UNSEEN_END and not tag["close"] and name not in missing:
                if end := UNSEEN_END[name].search(source, at):
                    at = end.start()
                else:
                    missing.add(name)
        elif source.startswith("<!--", at):
            end = None if "comment" in missing else COMMENT_END.search(source, at + 2)
            if end is None:
                missing.add("comment")
            at = end.end() if end else at + 4
        elif REMARK.match(source, at) and (close := source.find(">", at)) >= 0:
            at = close + 1
        elif UNFINISHED.match(source, at):
            # A tag that never ends, so that nothing after it can be told apart: all of it is words.
            break
        else:
            yield "<"
            at += 1
    yield decoded(source[at:])


def without_unwritable(text: str) -> str:
    """Remove what a database would refuse or nobody could see; make blanks of all kinds plain."""
    return UNWRITABLE.sub("", text).translate(SPACES)


def decoded(text: str) -> str:
    if "&" not in text:
        return text
    return without_unwritable(html.unescape(ENDLESS_NUMBER.sub("\ufffd", text)))


def decoded_value(text: str) -> str:
    return without_unwritable(FINISHED_REFERENCE.sub(lambda found: html.unescape(found[0]), text))
