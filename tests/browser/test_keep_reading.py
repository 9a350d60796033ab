"""“keep reading” under the teasers, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.page_kinds import ARTICLE
from tests.browser.progress import SHIFTS, Watch, shifted
from tests.conftest import Site

LISTING = "/section/asia-pacific/"


@pytest.fixture
def stream(page: Page) -> Page:
    """The page of an article, with the teasers of three others under it."""
    page.goto(ARTICLE)
    expect(controls(page)).to_have_count(3)
    return page


def controls(page: Page) -> Locator:
    return page.locator(".teaser__more")


def teaser(page: Page, number: int = 0) -> Locator:
    return page.locator(".teaser").filter(has=controls(page)).nth(number)


def open_rest(page: Page, number: int = 0) -> Locator:
    """Open one teaser and answer with its control."""
    control = controls(page).nth(number)
    control.click()
    expect(control).to_have_text("Show less")
    return control


def paragraphs(prose: Locator) -> list[str]:
    """The words of each paragraph as the browser shows them, hidden ones left out."""
    return prose.locator("p:visible").evaluate_all(
        "found => found.map(p => p.innerText.replace(/\\s+/g, ' ').trim())"
    )


def height(control: Locator) -> float:
    """Where it stands in the window."""
    return control.evaluate("element => element.getBoundingClientRect().top")


def scroll_to(page: Page, control: Locator, distance: int) -> None:
    """Bring the control to this distance from the upper edge."""
    page.evaluate("y => scrollBy(0, y)", height(control) - distance)


def test_the_whole_article_opens_in_place_word_for_word(stream):
    """A teaser that is open has every paragraph that the article's own page has, in order."""
    for number in range(3):
        before = paragraphs(teaser(stream, number).locator(".prose"))
        open_rest(stream, number)
        after = paragraphs(teaser(stream, number))
        own = stream.context.new_page()
        own.goto(teaser(stream, number).locator("h2 a").get_attribute("href"))
        whole = paragraphs(own.locator(".article__body"))
        own.close()
        assert len(whole) > len(before) >= 1
        assert whole[: len(before)] == before
        start = after.index(whole[0])
        assert after[start : start + len(whole)] == whole
    assert stream.url.endswith(ARTICLE)


def test_the_control_says_what_it_does(stream):
    control = controls(stream).first
    expect(control).to_have_text("keep reading")
    expect(control).to_have_attribute("aria-expanded", "false")
    open_rest(stream)
    expect(control).to_have_attribute("aria-expanded", "true")
    control.click()
    expect(control).to_have_text("keep reading")
    expect(control).to_have_attribute("aria-expanded", "false")


def test_what_happened_is_announced(stream):
    """A screen reader is told by a status that was there, and empty, before anything happened."""
    status = stream.get_by_role("main").get_by_role("status")
    expect(status).to_have_count(1)
    expect(status).to_be_empty()
    control = open_rest(stream)
    expect(status).to_contain_text(re.compile("open", re.I))
    control.click()
    expect(status).to_contain_text(re.compile("close", re.I))


def test_focus_goes_to_what_was_opened_and_comes_back(stream):
    """The next Tab after opening leads into the new text, or past it, never back to the top."""
    control = open_rest(stream)
    inside = teaser(stream).evaluate(
        "(teaser) => teaser.contains(document.activeElement) && document.activeElement.innerText"
    )
    assert len(inside) > 200
    control.click()
    expect(control).to_be_focused()


@pytest.mark.parametrize("distance", [80, 300, 760])
def test_closing_brings_the_reader_back_to_where_they_were(stream, distance):
    """Opening does not move the window, wherever in it the control stood; after closing it stands
    there again."""
    control = controls(stream).first
    scroll_to(stream, control, distance)
    place = height(control)
    scrolled = stream.evaluate("scrollY")
    open_rest(stream)
    assert stream.evaluate("scrollY") == scrolled
    stream.evaluate("scrollBy(0, 1500)")
    expect(control).to_be_in_viewport()
    control.click()
    expect(control).to_have_text("keep reading")
    assert height(control) == pytest.approx(place, abs=1)
    assert stream.evaluate("scrollY") == pytest.approx(scrolled, abs=1)


def test_a_double_click_opens_once(stream):
    asked = rests_asked_for(stream)
    controls(stream).first.dblclick()
    expect(controls(stream).first).to_have_text("Show less")
    stream.wait_for_timeout(400)
    expect(controls(stream).first).to_have_text("Show less")
    assert len(asked) == 1
    assert stream.url.endswith(ARTICLE)


def test_the_second_click_of_two_changes_nothing(stream):
    """When the answer is faster than the finger, too."""
    control = open_rest(stream)
    for text in ("keep reading", "Show less"):
        control.evaluate(
            """control => [1, 2].forEach((detail) => control.dispatchEvent(
              new MouseEvent("click", { detail, bubbles: true, cancelable: true })
            ))"""
        )
        expect(control).to_have_text(text)
        stream.wait_for_timeout(100)
        expect(control).to_have_text(text)


def test_opening_again_asks_for_nothing(stream):
    asked = rests_asked_for(stream)
    control = open_rest(stream)
    whole = teaser(stream).inner_text()
    control.click()
    expect(control).to_have_text("keep reading")
    open_rest(stream)
    assert teaser(stream).inner_text() == whole
    assert len(asked) == 1


def rests_asked_for(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda found: asked.append(found.url) if "/rest/" in found.url else None)
    return asked


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("distance", [80, 700], ids=["high", "low"])
def test_a_slow_answer_moves_nothing(browser: Browser, demo_site: Site, width, distance):
    """Layout shift 0 while the reader waits a second and when the answer comes."""
    context = browser.new_context(
        base_url=demo_site.url, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.goto(ARTICLE, wait_until="networkidle")
    page.route("**/rest/", answer_late)
    for number in range(3):
        control = controls(page).nth(number)
        scroll_to(page, control, distance)
        page.wait_for_timeout(200)
        control.click()
        expect(control).to_have_text("Show less")
        page.wait_for_timeout(200)
    assert shifted(page) == 0
    context.close()


def answer_late(route: Route) -> None:
    route.request.frame.page.wait_for_timeout(1000)
    route.continue_()


@pytest.mark.parametrize(
    "fail",
    [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=500, body="broken"),
        lambda route: route.fulfill(status=404, body="gone"),
    ],
    ids=["no network", "500", "404"],
)
def test_a_failed_fetch_follows_the_link(stream, fail):
    stream.route("**/rest/", fail)
    address = controls(stream).first.get_attribute("href")
    controls(stream).first.click()
    stream.wait_for_url(f"**{address}")
    assert address.endswith("#rest")
    expect(stream.locator("#rest")).to_be_in_viewport()


@pytest.mark.parametrize("how", [{"button": "middle"}, {"modifiers": ["Control"]}])
def test_a_click_for_a_new_tab_opens_the_article_there(stream, how):
    address = controls(stream).first.get_attribute("href")
    with stream.context.expect_page() as opened:
        controls(stream).first.click(**how)
    opened.value.wait_for_url(f"**{address}")
    expect(opened.value.locator("#rest")).to_be_in_viewport()
    expect(controls(stream).first).to_have_text("keep reading")


@pytest.mark.parametrize("start", [ARTICLE, LISTING])
def test_back_restores_what_was_open_and_where_the_reader_was(page, start):
    page.goto(start)
    open_rest(page, 0)
    open_rest(page, 1)
    words = teaser(page, 1).inner_text()
    # On into the second article, far below the first screen.
    page.evaluate("scrollBy(0, 700)")
    scrolled = page.evaluate("scrollY")
    assert scrolled > 1000
    with page.expect_navigation():
        page.locator(".footer a").first.evaluate("link => link.click()")
    page.go_back()
    expect(controls(page).nth(1)).to_have_text("Show less")
    expect(controls(page).nth(0)).to_have_text("Show less")
    expect(controls(page).nth(2)).to_have_text("keep reading")
    assert teaser(page, 1).inner_text() == words
    page.wait_for_function("y => Math.abs(scrollY - y) < 2", arg=scrolled)


def test_a_first_visit_opens_nothing(page):
    """What was open in one place says nothing about a page that is opened by a link."""
    page.goto(ARTICLE)
    open_rest(page)
    page.goto("/")
    page.goto(ARTICLE)
    expect(controls(page).first).to_have_text("keep reading")
    assert page.evaluate("scrollY") == 0


@pytest.fixture
def without_script(browser: Browser, demo_site: Site):
    context = browser.new_context(base_url=demo_site.url, java_script_enabled=False)
    yield context
    context.close()


def test_without_script_it_leads_to_the_very_paragraph(without_script: BrowserContext):
    """The link goes to #rest of the article, and that begins where the teaser stopped."""
    page = without_script.new_page()
    page.goto(ARTICLE)
    before = paragraphs(teaser(page).locator(".prose"))
    path = teaser(page).locator("h2 a").get_attribute("href")
    assert controls(page).first.get_attribute("href") == f"{path}#rest"
    controls(page).first.click()
    page.wait_for_url(f"**{path}#rest")
    whole = paragraphs(page.locator(".article__body"))
    rest = paragraphs(page.locator("#rest"))
    assert rest
    assert whole == before + rest
    assert abs(page.locator("#rest").evaluate("e => e.getBoundingClientRect().top")) < 100


def test_the_keyboard_is_enough(stream):
    control = controls(stream).first
    teaser(stream).locator("h2 a").focus()
    for _ in range(12):
        stream.keyboard.press("Tab")
        if control.evaluate("element => element === document.activeElement"):
            break
    expect(control).to_be_focused()
    outline = control.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none"
    stream.keyboard.press("Enter")
    expect(control).to_have_text("Show less")
    # On through the text to the control, and close it again.
    for _ in range(40):
        stream.keyboard.press("Tab")
        if control.evaluate("element => element === document.activeElement"):
            break
    stream.keyboard.press("Enter")
    expect(control).to_have_text("keep reading")
    expect(control).to_be_focused()


def test_a_listing_prints_what_is_open_and_no_control(page):
    """On paper: open text is there, closed text is not, no control."""
    page.goto(LISTING)
    open_rest(page, 0)
    opened = paragraphs(teaser(page, 0))
    closed = paragraphs(teaser(page, 1).locator(".prose"))
    page.emulate_media(media="print")
    assert set(opened) <= set(paragraphs(teaser(page, 0)))
    assert paragraphs(teaser(page, 1).locator(".prose")) == closed
    for control in controls(page).all():
        expect(control).to_be_hidden()


def test_an_article_prints_alone_with_what_is_open(stream):
    open_rest(stream, 1)
    opened = paragraphs(teaser(stream, 1))
    stream.emulate_media(media="print")
    assert set(opened) <= set(paragraphs(teaser(stream, 1)))
    expect(teaser(stream, 0)).to_be_hidden()
    expect(teaser(stream, 2)).to_be_hidden()
    expect(stream.locator(".article__address")).to_have_text(stream.url)
    for furniture in (".menu", ".rails", ".newsletter", ".footer", ".teaser__more"):
        for part in stream.locator(furniture).all():
            expect(part).to_be_hidden()


def test_two_can_be_open_at_once(stream):
    open_rest(stream, 0)
    first = teaser(stream, 0).inner_text()
    open_rest(stream, 2)
    expect(controls(stream).nth(0)).to_have_text("Show less")
    expect(controls(stream).nth(1)).to_have_text("keep reading")
    assert teaser(stream, 0).inner_text() == first


def test_no_id_stands_twice_with_everything_open(stream):
    """Footnotes of several articles on one page do not get into each other's way."""
    watch = Watch(stream)
    for number in range(3):
        open_rest(stream, number)
    ids = stream.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert sorted(set(ids)) == sorted(ids)
    links = stream.locator(".teaser a[href^='#']").evaluate_all(
        "found => found.map((link) => link.hash.slice(1))"
    )
    assert set(links) <= set(ids)
    assert watch.complaints == []
