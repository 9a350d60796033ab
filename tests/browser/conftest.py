from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import Site, chromium

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, demo_site: Site) -> Iterator[Page]:
    """A fresh window on the demo; no cookies, no history."""
    context = browser.new_context(base_url=demo_site.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
