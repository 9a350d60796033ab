"""What moves under a reader's eyes while fonts and pictures are slow to come."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.page_kinds import ARTICLE, PAGE_KINDS, visit
from tests.browser.progress import SHIFTS, shifted
from tests.conftest import Site

pytestmark = pytest.mark.benchmark

SLOW = re.compile(r"\.(woff2|avif|jpe?g|png|webp)$")


def window(browser: Browser, site: Site, width: int) -> Page:
    context = browser.new_context(base_url=site.url, viewport={"width": width, "height": 900})
    context.add_init_script(SHIFTS)
    return context.new_page()


def answer_late(route: Route) -> None:
    route.request.frame.page.wait_for_timeout(600)
    route.continue_()


def scroll_through(page: Page) -> None:
    while page.evaluate(
        """() => {
          const before = scrollY;
          scrollBy({ top: innerHeight * 0.8, behavior: "instant" });
          return scrollY > before;
        }"""
    ):
        page.wait_for_timeout(120)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_loads(browser, demo_site, table, width):
    found = {}
    for kind in PAGE_KINDS:
        page = window(browser, demo_site, width)
        page.route(SLOW, answer_late)
        visit(page, kind)
        scroll_through(page)
        found[kind] = shifted(page)
        table.add(f"layout shift, {kind}, {width} px", f"{found[kind]:.4f}", "0.00")
        page.context.close()
    assert {kind: shift for kind, shift in found.items() if round(shift, 2) > 0} == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_the_rest_of_an_article_comes(browser, demo_site, table, width):
    page = window(browser, demo_site, width)
    page.goto(ARTICLE, wait_until="networkidle")
    page.route("**/rest/", answer_late)
    page.route(SLOW, answer_late)
    for control in page.locator(".teaser__more").all():
        control.scroll_into_view_if_needed()
        page.wait_for_timeout(700)
        control.click()
        expect(control).to_have_text("Show less")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(700)
    shift = shifted(page)
    table.add(f"layout shift, keep reading, {width} px", f"{shift:.4f}", "0.00")
    page.context.close()
    assert round(shift, 2) == 0
