"""Generated texts, sanitized and pasted: no two words grow together, none is lost.

Some hundreds where nothing else is said; all of them: GENERATED=10000.
"""

import os
import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from articles import prose
from tests.articles.word_soup import joined, soup
from tests.browser.logged_in import sit_down
from tests.browser.newsroom.test_pasting import PASTE_EACH
from tests.conftest import Site, quickstarted

pytestmark = pytest.mark.benchmark

TEXTS = int(os.environ.get("GENERATED", "250"))
WORDS, AT_ONCE = 20, 250


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("joined")
    with quickstarted(var, "magazine_joined_of_tests", "--no-demo") as site:
        yield site


def texts() -> list[str]:
    return [soup(random.Random(1_000_000 + seed), WORDS) for seed in range(TEXTS)]


def test_sanitized(table):
    wrong = [html for html in texts() if joined(prose.sanitize(html), WORDS)]
    table.add(f"joined or lost words in {TEXTS:,} sanitized texts", f"{len(wrong)}", "0")
    assert wrong == []


def test_pasted(table, browser: Browser, newsroom: Site):
    desk = sit_down(browser.new_context(base_url=newsroom.url), newsroom, "writer")
    desk.write("Pasted")
    wrong = []
    made = texts()
    for at in range(0, TEXTS, AT_ONCE):
        part = made[at : at + AT_ONCE]
        found = desk.page.evaluate(PASTE_EACH, part)
        pairs = zip(part, found, strict=True)
        wrong += [html for html, (stored, _) in pairs if joined(stored, WORDS)]
    table.add(f"joined or lost words in {TEXTS:,} pasted texts", f"{len(wrong)}", "0")
    assert wrong == []
    desk.page.context.close()
