"""The page behind a link is there before it is followed, in a browser that knows the rules."""

from playwright.sync_api import Page

from tests.browser.progress import Watch

DELIVERY = "performance.getEntriesByType('navigation')[0].deliveryType"


def test_the_page_that_a_reader_points_at_is_there_already(page: Page):
    watch = Watch(page)
    with page.expect_response("**/*.speculationrules") as rules:
        page.goto("/")
    assert rules.value.status == 200
    link = page.locator("main h2 a, main h3 a").first
    link.scroll_into_view_if_needed()
    link.hover()
    page.wait_for_timeout(1_000)  # no event of the page says that it is fetched
    link.click()
    page.wait_for_load_state("load")
    assert page.evaluate(DELIVERY) == "navigational-prefetch"
    assert watch.complaints == []
