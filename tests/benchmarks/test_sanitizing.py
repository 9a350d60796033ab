"""Processor time of sanitizing and showing hostile text: it grows with the length alone."""

from collections.abc import Callable

import pytest

from articles import prose
from articles.prose.sanitizing import sanitize
from tests.benchmarks.growth import LIMIT, growth

pytestmark = pytest.mark.benchmark

LENGTH = 40_000
SHAPES: dict[str, Callable[[int], str]] = {
    "x&": lambda n: "x&" * (n // 2),
    "&nbsp;": lambda n: "&nbsp;x" * (n // 7),
    "<": lambda n: "<" * n,
    "<p>x": lambda n: "<p>x" * (n // 4),
    "nested tags": lambda n: "<div><b><ul><li><blockquote>x" * (n // 29),
    "nested tables": lambda n: "<table><tr><td>x" * (n // 16),
    "attributes": lambda n: "<a " + "".join(f"a{at}=b " for at in range(n // 8)) + "href=/>x</a>",
    "entities in attributes": lambda n: f"<a href='/{'x&' * (n // 2)}'>x</a>",
    "links with entities": lambda n: f"<a href='/{'x&' * 3_000}'>x</a>" * (n // 6_000),
    "notes": lambda n: "x<small class=footnote>n</small>" * (n // 32),
    "pull quotes": lambda n: "<p>x</p><aside class=pullquote>ab</aside>" * (n // 41),
    "nested tags, closed": lambda n: "<blockquote>" * (n // 25) + "x" + "</blockquote>" * (n // 25),
    "attributes in quotes": lambda n: (
        "<p " + "".join(f'a{at}="b" ' for at in range(n // 10)) + ">x</p>"
    ),
    "words between blocks": lambda n: "<p>x</p>" + "x&amp;" * (n // 6),
    "entities in an address": lambda n: f'<p><a href="/{"x&amp;" * (n // 6)}">x</a></p>',
    "breaks": lambda n: "x&<br>" * (n // 6),
}
WORKS: dict[str, Callable[[str], object]] = {
    "sanitizing": sanitize.__wrapped__,
    "rendering": lambda html: prose.render_body(html, {}),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("work", WORKS)
def test_time_grows_with_length(table, work, shape):
    """Twice the text takes about twice the time; nothing is remembered from the last."""

    def of(length: int) -> Callable[[], object]:
        html = SHAPES[shape](length)

        def once() -> None:
            sanitize.cache_clear()
            WORKS[work](html)

        return once

    ratio = growth(of(LENGTH), of(2 * LENGTH))
    table.add(f"{work} {shape}, CPU(2n)/CPU(n)", f"{ratio:.2f}", f"< {LIMIT}")
    assert ratio < LIMIT
