"""How long a reader waits for a second page, over a line of 150 ms."""

from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import QUIET, Site, chromium
from tests.faults.proxy import Proxy

LINE = 0.15
PAUSE = 2.0
ROUNDS = 7
# Both moments by one clock: that of the page left, and that of the page that came.
CLICKED = """
addEventListener("click", () => {
  sessionStorage.clicked = performance.timeOrigin + performance.now();
}, true);
"""
WAITED = """() => {
  const navigation = performance.getEntriesByType("navigation")[0];
  return [
    performance.timeOrigin + navigation.responseStart - sessionStorage.clicked,
    navigation.deliveryType,
  ];
}"""


def milliseconds(site: Site, *, has_rules: bool) -> float:
    """Return the median from the click on a link, at which the reader has pointed for `PAUSE`
    seconds, to the first byte of its page; with the rules by which the browser may fetch that page
    before, or where it does not get them."""
    with Proxy(site.port) as line, sync_playwright() as playwright:
        line.change("delay", seconds=LINE)
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        url = f"http://localhost:{line.port}/"
        found = [wait(browser, url, number, has_rules=has_rules) for number in range(ROUNDS)]
        browser.close()
    return median(found)


def wait(browser: Browser, url: str, number: int, *, has_rules: bool) -> float:
    page = browser.new_page()
    page.add_init_script(CLICKED)
    if not has_rules:
        page.route("**/*.speculationrules", lambda route: route.abort())
    page.goto(url)
    follow(page, number)
    waited, came_by = page.evaluate(WAITED)
    page.close()
    if (came_by == "navigational-prefetch") != has_rules:
        raise RuntimeError(f"the page came by {came_by or 'the line'}")
    return float(waited)


def follow(page: Page, number: int) -> None:
    link = page.locator("main h2 a, main h3 a").nth(number)
    link.scroll_into_view_if_needed()
    link.hover()
    page.wait_for_timeout(PAUSE * 1000)
    with page.expect_navigation():
        link.click()
