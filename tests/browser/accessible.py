"""Axe, by the rules of WCAG 2.2 AA and of good practice."""

from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Every rule is applied to everything; but naming each element that passes, a megabyte of them,
    # takes twice as long as that.
    "resultTypes": ["violations"],
}
# Colours that are on their way from one theme to the other are none to be judged.
STILL = "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"


def axe(page: Page) -> AxeResults:
    """What Axe says of the page as it stands, once nothing moves any more."""
    page.evaluate(STILL)
    return Axe().run(page, options=OPTIONS)
