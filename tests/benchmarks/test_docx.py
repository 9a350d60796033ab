"""Manuscripts: no word lost in ten thousand, and time that grows with their length alone."""

import os
import time
from collections.abc import Callable

import pytest

from articles import docx
from articles.docx import Changes, Package
from tests.articles.docx_files import cell, field, mark, p, row, run, upload
from tests.articles.docx_files import docx as made
from tests.articles.test_docx_generated import lost_and_joined
from tests.articles.test_docx_reading import keep
from tests.benchmarks.growth import LIMIT, growth

pytestmark = pytest.mark.benchmark

DOCUMENTS = int(os.environ.get("GENERATED", "250"))


def test_no_word_is_lost_in_ten_thousand_manuscripts(table):
    lost, joined = 0, 0
    for seed in range(DOCUMENTS):
        missing, together = lost_and_joined(seed)
        lost, joined = lost + len(missing), joined + len(together)
    table.add(f"words lost in {DOCUMENTS:,} manuscripts", str(lost), "0")
    table.add(f"words joined in {DOCUMENTS:,} manuscripts", str(joined), "0")
    assert (lost, joined) == (0, 0)


def nested(name: str) -> str:
    return f"<w:{name}>" * 100 + p("x") + f"</w:{name}>" * 100


CODE = "<w:r><w:instrText>x</w:instrText></w:r>"
BOX = f"<w:r><w:pict><w:txbxContent>{p('x')}</w:txbxContent></w:pict></w:r>"
TWICE = f"<mc:AlternateContent><mc:Choice>{p('x')}</mc:Choice></mc:AlternateContent>"
# Each makes a story of so many pieces.
SHAPES = {
    "runs": lambda n: p(*["x "] * n),
    "paragraphs": lambda n: p("x") * n,
    "deep nesting": lambda n: nested("sdtContent") * (n // 100),
    "changes in changes": lambda n: f"<w:p>{'<w:ins>' * 90}{run('x')}{'</w:ins>' * 90}</w:p>"
    * (n // 100),
    "fields": lambda n: p(*[field('HYPERLINK "https://example.org/"', "x ")] * n),
    "fields without an end": lambda n: p(mark("begin"), "x ") * n,
    "fields in a field": lambda n: p(*[mark("begin")] * n, "x", *[mark("end")] * n),
    "codes of a field": lambda n: p(mark("begin"), *[CODE] * n),
    "links": lambda n: p(*['<w:hyperlink r:id="l"><w:r><w:t>x </w:t></w:r></w:hyperlink>'] * n),
    "tables": lambda n: f"<w:tbl>{row(cell(p('x')), cell(p('y')))}</w:tbl>" * n,
    "rows": lambda n: f"<w:tbl>{row(cell(p('x')), cell(p('y'))) * n}</w:tbl>",
    "cells": lambda n: f"<w:tbl>{row(cell(p('x')) * n)}</w:tbl>",
    "items": lambda n: p("x", number=(2, 1)) * n,
    "comments": lambda n: p(*['x<w:commentReference w:id="1"/>'] * n),
    "large first letters": lambda n: p("x", inside='<w:framePr w:dropCap="drop"/>') * n,
    "what nobody knows": lambda n: f"<w:odd>{p('x')}</w:odd>" * n,
    "text boxes": lambda n: p(BOX) * n,
    "pictures in a drawing": lambda n: p(f"<w:r><w:drawing>{'<a:blip/>' * n}</w:drawing></w:r>"),
    "entities": lambda n: p("x&" * n),
    "alternatives": lambda n: TWICE * n,
}  # fmt: skip


# Each is what a page or an RTF text that a manuscript embeds is made of.
EMBEDDED = {
    "<span>": b"",
    "<p>x": b"",
    "<b style=x:y>": b"",
    "<i>x</b>": b"",
    "<p class=a%d>": b"",
    "<td>": b"",
    "<style>": b"",
    "{": b"{\\rtf1 ",
    "}": b"{\\rtf1 ",
    "\\'e9": b"{\\rtf1 ",
    "{\\f1 x}": b"{\\rtf1 ",
    "\\par ": b"{\\rtf1 ",
    "{\\*\\x ": b"{\\rtf1 ",
    "\\u-10 ?": b"{\\rtf1 ",
    "\\v x\\v0 y": b"{\\rtf1 ",
}


def reading(story: str, embedded: bytes = b"") -> Callable[[], object]:
    data = made(story, links={"l": "https://example.org/"}, chunks={"ch": embedded})
    return lambda: docx.read(Package(upload(data)), Changes.ACCEPT, keep)


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def ratio_at_twice_the_length(of: Callable[[int], Callable[[], object]]) -> float:
    """From the length at which it takes a twentieth of a second to twice that."""
    count = 1_000
    while seconds(of(count)) < 0.05:
        count *= 2
    return growth(of(count), of(2 * count))


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_length(shape, table):
    ratio = ratio_at_twice_the_length(lambda count: reading(SHAPES[shape](count)))
    table.add(f"time of a .docx of {shape}, CPU(2n)/CPU(n)", f"{ratio:.2f}", f"< {LIMIT}")
    assert ratio < LIMIT


@pytest.mark.parametrize("shape", EMBEDDED)
def test_time_for_what_a_manuscript_embeds_grows_with_its_length(shape, table):
    head = EMBEDDED[shape]
    ratio = ratio_at_twice_the_length(
        lambda count: reading('<w:altChunk r:id="ch"/>', head + shape.encode() * count)
    )
    table.add(f"time of an embedded {shape}, CPU(2n)/CPU(n)", f"{ratio:.2f}", f"< {LIMIT}")
    assert ratio < LIMIT
