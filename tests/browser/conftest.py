from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.logged_in import EVERY_NODE, ROWS, Desk, sit_down
from tests.conftest import Site, quickstarted


@pytest.fixture
def page(browser: Browser, demo_site: Site) -> Iterator[Page]:
    """A fresh window on the demo; no cookies, no history."""
    context = browser.new_context(base_url=demo_site.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine in which the tests of the newsroom may write."""
    var = tmp_path_factory.mktemp("newsroom")
    with quickstarted(var, "magazine_newsroom_of_tests", "--no-demo") as site:
        site.run(ROWS.format(body=EVERY_NODE))
        yield site


@pytest.fixture
def desk(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    """A chief's desk; a test that uses it fails if the browser complained of anything."""
    context = browser.new_context(
        base_url=newsroom.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = sit_down(context, newsroom, "chief")
    yield desk
    context.close()
    assert desk.complaints == []
