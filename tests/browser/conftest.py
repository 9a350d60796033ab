from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Site


@pytest.fixture
def page(browser: Browser, demo_site: Site) -> Iterator[Page]:
    """A fresh window on the demo; no cookies, no history."""
    context = browser.new_context(base_url=demo_site.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
