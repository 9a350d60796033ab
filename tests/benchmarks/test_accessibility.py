"""Axe, by the rules of WCAG 2.2 AA."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.accessible import STILL
from tests.browser.page_kinds import PAGE_KINDS, visit

pytestmark = pytest.mark.benchmark

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
THEMES = ("light", "dark")


def violations(page: Page) -> list[str]:
    """Each broken rule with the elements that break it."""
    page.evaluate(STILL)
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) >= 5
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def told(found: dict[tuple, list[str]]) -> str:
    return "\n".join(f"{where}: {broken}" for where, all_of in found.items() for broken in all_of)


def open_everything(page: Page) -> None:
    for control in page.locator(".teaser__more").all():
        control.click()
        expect(control).to_have_text("Show less")


@pytest.mark.parametrize("kind", PAGE_KINDS)
def test_pages_for_readers(browser, demo_site, table, kind):
    found = {}
    for width in (1280, 360):
        context = browser.new_context(
            base_url=demo_site.url, viewport={"width": width, "height": 900}
        )
        page = context.new_page()
        visit(page, kind)
        open_everything(page)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found[theme, width] = violations(page)
        context.close()
    for theme in THEMES:
        count = len(found[theme, 1280]) + len(found[theme, 360])
        table.add(f"axe violations, {kind}, {theme}", str(count), "0")
    assert not any(found.values()), told(found)


def test_the_article_form(browser, demo_site, table):
    """Empty, and with an article of the demo in it."""
    context = browser.new_context(base_url=demo_site.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill(demo_site.passwords["chief"])
    page.get_by_role("button", name="Log in").click()
    page.goto("/admin/articles/article/")
    change = page.locator("#result_list a[href*='/change/']").first.get_attribute("href")
    found = {}
    for name, address in {"new": "/admin/articles/article/add/", "filled": change}.items():
        page.goto(address)
        expect(page.locator(".ProseMirror").first).to_be_visible()
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found[name, theme] = violations(page)
    context.close()
    for theme in THEMES:
        count = len(found["new", theme]) + len(found["filled", theme])
        table.add(f"axe violations, article form, {theme}", str(count), "0")
    assert not any(found.values()), told(found)
