"""What was typed survives whatever happens to a form, and whatever happens to it after that."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Locator

from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site

ADD = "/admin/articles/article/add/"
DRAFT = """
from tests import make
print(make.article("Typed", minutes_ago=None, deck="Before").pk)
"""


class Typist:
    """Somebody who types into a draft of which a colleague knows, in one window or in two."""

    def __init__(self, desk: Desk, colleague: Desk, site: Site):
        self.desk, self.colleague, self.site = desk, colleague, site
        self.context: BrowserContext = desk.page.context
        self.context.on("dialog", lambda dialog: dialog.accept())
        draft = site.run(DRAFT).strip()
        self.url = f"{site.url}/admin/articles/article/{draft}/change/"
        self.words: list[str] = []
        self.last = ""
        self.open()

    @property
    def deck(self) -> Locator:
        return self.desk.page.get_by_label("Deck")

    def type(self) -> None:
        """Add a word; the form sends it as if the pause after the last key were over."""
        self.words.append(f"word{len(self.words) + 1}")
        self.last = f"{self.deck.input_value()} {self.words[-1]}".strip()
        self.deck.fill(self.last)
        self.desk.page.evaluate("dispatchEvent(new Event('online'))")
        self.desk.settle()

    def open(self) -> None:
        """Open the form; that of a new article where the article is gone."""
        self.context.set_offline(False)
        self.context.add_cookies(self.site.sessions["chief"])
        self.desk.open(self.url)
        if self.desk.page.url != self.url:
            self.desk.open(ADD)

    def found(self) -> list[str]:
        """The decks of what is saved, and of everything that is offered."""
        self.open()
        texts = [self.deck.input_value()]
        for link in self.desk.page.get_by_role("link", name="Go on with it").all():
            page = html.fromstring(self.context.request.get(link.evaluate("a => a.href")).text())
            texts.append(page.xpath("string(//textarea[@name='deck'])").strip())
        return texts


def reopened(typist: Typist) -> None:
    typist.open()


def taken_up(typist: Typist) -> None:
    typist.open()
    typist.desk.page.get_by_role("link", name="Go on with it").first.click()
    typist.desk.settle()


def two_tabs(typist: Typist) -> None:
    typist.desk = Desk(typist.context.new_page())
    typist.open()


def offline(typist: Typist) -> None:
    typist.context.set_offline(True)


def logged_out(typist: Typist) -> None:
    typist.context.clear_cookies()


def colleague_saved(typist: Typist) -> None:
    page = typist.colleague.page
    page.goto(typist.url)
    page.get_by_label("Deck").fill("Of a colleague")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()


def colleague_deleted(typist: Typist) -> None:
    page = typist.colleague.page
    page.goto(typist.url.replace("/change/", "/delete/"))
    page.get_by_role("button", name="Delete it").click()
    page.wait_for_load_state()


EVENTS: list[Callable[[Typist], None]] = [
    reopened,
    taken_up,
    two_tabs,
    offline,
    logged_out,
    colleague_saved,
    colleague_deleted,
]
# Nobody saves or deletes what is deleted.
PAIRS = [
    (first, then)
    for first, then in product(EVENTS, EVENTS)
    if first is not colleague_deleted or then not in (colleague_saved, colleague_deleted)
]


@pytest.fixture(scope="module")
def colleague(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    context = browser.new_context(base_url=newsroom.url)
    yield sit_down(context, newsroom, "editor")
    context.close()


def test_there_are_pairs_enough():
    assert len(PAIRS) == 47


@pytest.mark.parametrize(
    ("first", "then"), PAIRS, ids=lambda event: event.__name__.replace("_", " ")
)
def test_no_word_is_lost(desk, colleague, newsroom, first, then):
    typist = Typist(desk, colleague, newsroom)
    typist.type()
    for happens in (first, then):
        happens(typist)
        typist.type()
    found = typist.found()
    # The browser names the requests that failed for want of a connection or of the article.
    desk.complaints = [one for one in desk.complaints if "Failed to load resource" not in one]
    for word in typist.words:
        assert any(word in text.split() for text in found), (word, found)
    assert typist.last in found
