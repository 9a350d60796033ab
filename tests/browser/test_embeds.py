from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.page_kinds import ARTICLE
from tests.browser.progress import Watch

FILM = "/what-a-patrol-boat-sees/"
PLAYER = "https://player.vimeo.com/**"


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What is asked of the provider, which answers with an empty page."""
    addresses: list[str] = []

    def answer(route: Route) -> None:
        addresses.append(route.request.url)
        route.fulfill(content_type="text/html", body="<title>Player</title>")

    page.route(PLAYER, answer)
    return addresses


def test_a_film_opens_in_place_on_request_only(page: Page, asked: list[str]) -> None:
    """Before the click the provider learns of nobody; after it the keyboard is in the player."""
    page.goto(FILM)
    page.wait_for_load_state("networkidle")
    assert asked == []
    page.get_by_role("link", name="Play the video on Vimeo").press("Enter")
    frame = page.locator("iframe.embed__frame")
    frame.wait_for()
    assert asked == ["https://player.vimeo.com/video/918264073?autoplay=1&dnt=1"]
    assert frame.get_attribute("title")
    assert "allow-top-navigation" not in (frame.get_attribute("sandbox") or "allow-top-navigation")
    assert page.evaluate("document.activeElement.className") == "embed__frame"
    assert page.url.endswith(FILM)


def test_without_the_plain_click_it_is_a_link(page: Page, asked: list[str]) -> None:
    """Opened in a new tab it leads to the provider's page, and the article stays as it is."""
    page.goto(FILM)
    link = page.get_by_role("link", name="Play the video on Vimeo")
    assert link.get_attribute("href") == "https://vimeo.com/918264073"
    page.context.route("https://vimeo.com/**", lambda route: route.fulfill(body="Vimeo"))
    with page.context.expect_page():
        link.click(modifiers=["Control"])
    assert page.locator("iframe").count() == 0
    assert asked == []


def test_every_provider_is_asked_only_by_a_click(page: Page, demo_crawl, demo_site) -> None:
    """One embed of each provider of the demo: before the click no other host is asked, after it
    exactly the one of its player, and the Content-Security-Policy lets it in."""
    found = {
        urlsplit(frame).netloc: path
        for path, document in demo_crawl.pages.items()
        for frame in document.values("//@data-frame")
    }
    assert len(found) >= 5
    for host, path in found.items():
        page.route(f"https://{host}/**", lambda route: route.fulfill(body="Player"))
        watch = Watch(page)
        page.goto(path, wait_until="networkidle")
        assert watch.hosts_beside(demo_site.url) == set()
        page.locator(f".embed__open[data-frame^='https://{host}/']").first.click()
        expect(page.frame_locator("iframe").get_by_text("Player")).to_be_visible()
        assert watch.hosts_beside(demo_site.url) == {host}
        assert watch.complaints == []


def test_an_embed_in_what_keep_reading_opened_opens_too(page: Page) -> None:
    page.route("https://www.youtube-nocookie.com/**", lambda route: route.fulfill(body="Player"))
    page.goto(ARTICLE)
    teaser = page.locator(".teaser", has_text="Permission to Stop")
    teaser.get_by_text("keep reading").click()
    teaser.locator(".embed__open").click()
    expect(teaser.frame_locator("iframe").get_by_text("Player")).to_be_visible()
