"""The preview beside the form, and the link for somebody outside, in a browser."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import log_in
from tests.conftest import Site, quickstarted

ROWS = """
from articles.models import Article, Author, Revision, Section
article = Article.objects.create(
    headline="Saved words", slug="saved-words", body="<p>One of many lines.</p>" * 60,
    section=Section.objects.get(slug="europe"),
)
ada = Author.objects.create(name="Ada Quill", slug="ada-quill")
article.set_byline([ada])
Revision.objects.newest(article)
Article.objects.create(headline="Undisclosed", slug="undisclosed")
public = Article.objects.create(headline="Out", slug="out", body="<p>Text</p>")
public.set_byline([ada])
public.publish()
public.correct("correction", "It was a Wednesday.")
"""
# What the autosave of the form does: one row for the open form.
TYPED = """
from dataclasses import replace
from django.contrib.auth.models import User
from articles.models import Article, Revision, Snapshot
article = Article.objects.get(slug="saved-words")
typed = replace(Snapshot.of(article), headline={headline!r})
Revision.objects.update_or_create(
    session={session!r}, article=article, kind="autosaved",
    made_by=User.objects.get(username="chief"), defaults={{"snapshot": typed.data}},
)
"""
SESSION = "b6f7a4de-0000-4000-8000-000000000001"
FORM = "/admin/articles/article/1/change/"
SEEN = "iframe.live-preview__frame:not(.live-preview__frame--coming)"
LINKS = "/admin/articles/article/1/preview-links/"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var: Path = tmp_path_factory.mktemp("preview")
    with quickstarted(var, "magazine_preview_of_tests", "--no-demo") as site:
        shell(site, ROWS)
        yield site


def shell(site: Site, code: str) -> str:
    return site.run(code)


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def context(browser: Browser, newsroom: Site, complaints: list[str]) -> Iterator[BrowserContext]:
    """A chief's browser; a test that uses it fails where the browser complained."""
    context = browser.new_context(
        base_url=newsroom.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (event) =>"
        " console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
    )
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page = context.new_page()
    log_in(page, newsroom, "chief")
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.pages[0]


def shown(page: Page) -> FrameLocator:
    """The page in the preview that is seen, once it is there."""
    expect(page.locator(SEEN)).to_have_count(1, timeout=30_000)
    return page.frame_locator(SEEN)


def open_preview(page: Page) -> FrameLocator:
    page.goto(FORM)
    page.get_by_role("button", name="Preview beside the form").click()
    return shown(page)


def typed(page: Page, newsroom: Site, headline: str) -> None:
    """What somebody typed has been kept, and the form says so."""
    shell(newsroom, TYPED.format(headline=headline, session=SESSION))
    page.evaluate(
        "(session) => document.getElementById('article_form')"
        ".dispatchEvent(new CustomEvent('autosaved', { detail: { session } }))",
        SESSION,
    )


@pytest.mark.parametrize(
    ("name", "width", "rails"), [("Phone", 390, 0), ("Tablet", 768, 0), ("Desktop", 1280, 1)]
)
def test_the_preview_is_as_wide_as_each_kind_of_screen(page, name, width, rails):
    """The page lays itself out for that width; the frame is made smaller to fit, and remembered."""
    open_preview(page)
    page.get_by_role("button", name=name).click()
    frame = page.locator("iframe.live-preview__frame")
    assert frame.evaluate("(frame) => frame.contentWindow.innerWidth") == width
    box, stage = frame.bounding_box(), page.locator(".live-preview__stage").bounding_box()
    assert box["width"] <= stage["width"] + 1
    assert box["x"] >= stage["x"] - 1
    assert box["height"] == pytest.approx(stage["height"], abs=2)
    # The form makes room for it.
    form = page.get_by_label("Headline").bounding_box()
    assert form["x"] + form["width"] <= stage["x"]
    page.reload()
    expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    expect(shown(page).locator("h1")).to_have_text("Saved words")


@pytest.mark.parametrize("width", [360, 768, 900])
def test_in_a_narrow_window_it_stands_below_and_nothing_is_cut_off(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    expect(open_preview(page).locator("h1")).to_have_text("Saved words")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert page.locator("#live-preview").bounding_box()["width"] <= width


def test_it_follows_what_is_typed_and_stays_where_one_reads(page, newsroom):
    """The old page is in sight until the new one is there; then at the same place of it."""
    frame = open_preview(page)
    expect(frame.locator("h1")).to_have_text("Saved words")
    frame.locator("body").evaluate("() => window.scrollTo(0, 300)")
    typed(page, newsroom, "Typed words")
    expect(page.frame_locator(SEEN).locator("h1")).to_have_text("Typed words", timeout=30_000)
    frame = shown(page)
    assert frame.locator("body").evaluate("() => window.scrollY") == pytest.approx(300, abs=2)
    # Nobody but the person who typed it sees it.
    assert "Typed words" not in page.request.get("/admin/articles/article/1/preview/").text()


def test_keys_are_followed_within_the_page_that_is_shown(page):
    """With few requests, one after the other; only what was typed is made anew."""
    frame = open_preview(page)
    byline = frame.locator(".signature").first
    byline.evaluate("(one) => (one.ownerDocument.defaultView.marked = one.mark = true)")
    asked: list[str] = []
    open_now, most = [0], [0]

    def begin(request):
        if "/preview/" in request.url:
            asked.append(request.url)
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])

    def end(request):
        open_now[0] -= "/preview/" in request.url

    page.on("request", begin)
    page.on("requestfinished", end)
    deck = page.get_by_label("Deck", exact=False).first
    deck.fill("")
    deck.press_sequentially("A deck of its own, typed key by key", delay=30)
    expect(frame.locator(".article__deck")).to_have_text("A deck of its own, typed key by key")
    assert 1 <= len(asked) <= 12
    assert most == [1]
    assert byline.evaluate("(one) => one.mark && one.ownerDocument.defaultView.marked")
    page.get_by_label("Headline").fill("Other words")
    expect(frame.locator("h1")).to_have_text("Other words")
    assert byline.evaluate("(one) => one.mark && one.ownerDocument.defaultView.marked")


def test_a_preview_that_cannot_be_loaded_leaves_the_last_one(page, newsroom):
    open_preview(page)
    page.route("**/preview/**", lambda route: route.fulfill(status=200, body="<p>No</p>"))
    typed(page, newsroom, "More words")
    expect(page.locator(".live-preview__status")).to_have_text("The preview could not be loaded.")
    expect(shown(page).locator("h1")).to_contain_text("words")


def test_it_is_opened_and_closed_by_keyboard(page):
    """Escape closes it from within and from without, and leads back to the button."""
    page.goto(FORM)
    button = page.get_by_role("button", name="Preview beside the form")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Desktop")).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#live-preview")).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    shown(page).locator("#main").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#live-preview")).to_be_hidden()
    expect(button).to_be_focused()


def test_links_in_it_open_beside_it(page, context):
    """No page of the magazine may stand in a frame; notes and the like stay within."""
    frame = open_preview(page)
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Ada Quill").first.click()
    expect(opened.value.locator("h1")).to_have_text("Ada Quill")
    expect(frame.locator("h1")).to_have_text("Saved words")


def test_a_new_article_says_that_there_is_nothing_to_show_yet(page):
    page.goto("/admin/articles/article/add/")
    page.get_by_role("button", name="Preview beside the form").click()
    expect(page.locator(".live-preview__status")).to_contain_text("nothing to show yet")


def make_link(page: Page, note: str) -> str:
    page.goto(LINKS)
    page.get_by_label("For whom").fill(note)
    page.get_by_role("button", name="Make a link").click()
    return page.get_by_role("textbox", name=f"Link for {note}").input_value()


def test_somebody_outside_reads_what_the_link_shows_until_it_is_closed(
    browser, page, newsroom, context
):
    """In a browser without an account; the editor copies the link with a button."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = make_link(page, "A source")
    page.get_by_role("button", name="Copy the link for A source").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    outside = browser.new_context()
    reader = outside.new_page()
    errors: list[str] = []
    reader.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    reader.goto(address)
    expect(reader.locator("h1")).to_have_text("Saved words")
    expect(reader.locator(".preview-bar")).to_contain_text("Preview: not public")
    assert "Undisclosed" not in reader.content()
    assert errors == []
    assert outside.cookies() == []
    page.get_by_role("button", name="Close the link for A source").click()
    expect(page.locator(".preview-links")).to_contain_text("Closed on")
    reader.reload()
    expect(reader.locator("h1")).to_have_text("This link has ended")
    outside.close()


def test_a_link_ends_when_the_clock_says_so(browser, page, newsroom):
    address = make_link(page, "Somebody late")
    shell(
        newsroom,
        "from datetime import timedelta\nfrom django.db.models import F\n"
        "from articles.models import PreviewLink\n"
        "week = timedelta(days=30)\n"
        "PreviewLink.objects.filter(note='Somebody late').update("
        "made_at=F('made_at') - week, expires_at=F('expires_at') - week)",
    )
    outside = browser.new_context()
    reader = outside.new_page()
    assert reader.goto(address).status == 410
    expect(reader.locator("h1")).to_have_text("This link has ended")
    outside.close()
    page.goto(LINKS)
    expect(page.locator(".preview-links")).to_contain_text("Ended with")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, complaints, scheme):
    """On the form with its preview, the questions, the lists and the pages for those outside."""
    page.emulate_media(color_scheme=scheme)
    address = make_link(page, f"Axe in {scheme}")
    looked_at = 0
    for where in (
        FORM,
        LINKS,
        "/admin/articles/article/3/corrections/",
        "/admin/articles/page/1/delete/",
        "/corrections/",
        "/out/",
        address,
    ):
        page.goto(where)
        if where == FORM:
            if page.locator("#live-preview").is_hidden():
                page.get_by_role("button", name="Preview beside the form").click()
            shown(page)
        found = axe(page)
        assert found.violations_count == 0, (
            f"{where}\n{json.dumps(found.response['violations'])[:3000]}"
        )
        looked_at += 1
    assert looked_at == 7
    complaints.clear()  # what axe itself is refused is none of ours
