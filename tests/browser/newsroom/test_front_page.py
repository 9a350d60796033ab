"""The front page desk in a browser: drag, keyboard, preview, publication at a time, undo."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.accessible import axe
from tests.browser.desks import Desk, sit_down
from tests.conftest import Site, quickstarted

FRONT = "/admin/articles/frontpage/"
ROWS = """
from datetime import timedelta
from io import BytesIO
from PIL import Image as Drawing
from django.core.files.base import ContentFile
from django.utils import timezone
from articles.models import Article, Image, Section
file = BytesIO()
Drawing.new("RGB", (900, 600), "teal").save(file, "JPEG")
image, _ = Image.objects.ingest(ContentFile(file.getvalue(), "a.jpg"), alt="A teal surface")
now = timezone.now()
africa = Section.objects.get(slug="africa")
for number in range(1, 13):
    Article.objects.create(
        headline=f"Headline {number}", slug=f"headline-{number}", body="<p>Text</p>",
        lead_image=image, section=africa, published_at=now - timedelta(minutes=number),
    )
Article.objects.create(headline="Ports at night", slug="ports-at-night", body="<p>Text</p>")
"""


@pytest.fixture(scope="module")
def magazine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("front")
    with quickstarted(var, "magazine_front_desk_of_tests", "--no-demo") as site:
        site.manage("shell", "--no-imports", "--command", ROWS)
        yield site


@pytest.fixture
def desk(browser: Browser, magazine: Site) -> Iterator[Desk]:
    """A chief at the desk, on a page that nobody has arranged; the browser must not complain."""
    erase = "from articles.models import FrontPage; FrontPage.objects.all().delete()"
    magazine.manage("shell", "--no-imports", "--command", erase)
    context = browser.new_context(
        base_url=magazine.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = sit_down(context, magazine, "chief")
    desk.open(FRONT)
    yield desk
    context.close()
    assert desk.complaints == []


def spot(desk: Desk, place: str) -> Locator:
    return desk.page.locator(f'.spot[data-place="{place}"]')


def stands(desk: Desk, place: str, headline: str, why: str) -> None:
    """Wait until this article stands there for this reason."""
    expect(spot(desk, place).locator(".spot__headline")).to_have_text(headline)
    expect(spot(desk, place).locator(".spot__why")).to_have_text(re.compile(f"^{why}"))


def saved(desk: Desk, sentence: str) -> None:
    expect(desk.page.locator("#front-status")).to_have_text(f"Saved. {sentence}")


def lead_of(desk: Desk) -> str:
    """What leads the page that readers get."""
    html = desk.page.request.get("/").text()
    return re.findall(r'class="card__headline"[^>]*><a[^>]*>([^<]*)', html)[0]


def test_cards_are_dragged_and_the_preview_follows(desk):
    """Between areas and within one; what moves is saved at once, and readers see none of it."""
    stands(desk, "lead.1", "Headline 1", "Fills itself")
    spot(desk, "seconds.3").drag_to(spot(desk, "lead.1"))
    saved(desk, "Lead is “Headline 4” now.")
    stands(desk, "lead.1", "Headline 4", "Pinned")
    frame = desk.page.frame_locator("iframe")
    expect(frame.locator(".front__lead .card__headline")).to_have_text("Headline 4")
    spot(desk, "seconds.1").drag_to(spot(desk, "seconds.2"))
    saved(desk, "Seconds 2 is “Headline 1” now.")
    desk.open(FRONT)
    stands(desk, "lead.1", "Headline 4", "Pinned")
    stands(desk, "seconds.2", "Headline 1", "Pinned")
    assert lead_of(desk) == "Headline 1"


def test_the_page_is_arranged_by_keyboard_alone(desk):
    """Arrows on “Move …” move at once, Enter asks where to; the focus goes along."""
    spot(desk, "seconds.2").locator("[data-handle]").focus()
    desk.page.keyboard.press("ArrowUp")
    saved(desk, "Seconds 1 is “Headline 3” now.")
    expect(spot(desk, "seconds.1").locator("[data-handle]")).to_be_focused()
    desk.page.keyboard.press("ArrowLeft")
    saved(desk, "Lead is “Headline 3” now.")
    expect(spot(desk, "lead.1").locator("[data-handle]")).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.page.locator("#front-status")).to_have_text("There is no place further on.")
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("combobox", name="To").select_option("latest.2")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    saved(desk, "Latest 2 is “Headline 3” now.")
    expect(spot(desk, "latest.2").locator("[data-handle]")).to_be_focused()


def test_an_article_is_found_and_pinned_with_words_of_its_own(desk):
    """A draft may be pinned; the desk says that it is none of the readers' business yet."""
    desk.page.get_by_label("Words of the headline").fill("ports")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".found")).to_have_text(re.compile("Ports at night — Draft"))
    desk.page.get_by_label("Pin at").select_option("seconds.1")
    desk.page.get_by_role("button", name="Pin “Ports at night”").click()
    saved(desk, "Seconds 1 is “Ports at night” now.")
    expect(spot(desk, "seconds.1").locator(".spot__warning")).to_contain_text("is not public")
    desk.page.get_by_role("link", name="Change Seconds 1").click()
    pinned = desk.page.get_by_role("combobox", name="Pinned article")
    pinned.fill("Headline 12")
    expect(desk.page.locator(".combobox__list [role=option]")).to_have_count(1)
    desk.type("ArrowDown", "Enter")
    expect(desk.page.locator(".combobox__item")).to_have_count(1)
    desk.page.get_by_label("Headline on this page").fill("A sharper line")
    desk.page.get_by_role("button", name="Save to the draft").click()
    stands(desk, "seconds.1", "A sharper line", "Pinned")


def test_a_version_takes_over_at_its_time_and_is_undone_with_one_click(desk):
    """Typed, waited for, seen by readers, and taken back."""
    spot(desk, "seconds.4").drag_to(spot(desk, "lead.1"))
    saved(desk, "Lead is “Headline 5” now.")
    moment = datetime.now(UTC) + timedelta(seconds=8)
    desk.page.get_by_label("What is new").fill("The evening")
    desk.page.get_by_label("At a time").fill(moment.strftime("%Y-%m-%dT%H:%M:%S"))
    desk.page.get_by_role("button", name="Publish at that time").click()
    expect(desk.page.locator(".front-desk__coming")).to_contain_text("“The evening” takes over")
    assert lead_of(desk) == "Headline 1"
    # As it will stand then.
    desk.page.get_by_role("button", name="another version takes over").click()
    desk.page.wait_for_timeout(max(0, (moment - datetime.now(UTC)).total_seconds() * 1000) + 1000)
    assert lead_of(desk) == "Headline 5"
    desk.open(FRONT)
    expect(desk.page.locator(".version").first).to_contain_text("What readers see")
    desk.page.get_by_role("button", name="Undo what is public, “The evening”").click()
    expect(desk.page.locator(".messagelist")).to_contain_text("Undone")
    assert lead_of(desk) == "Headline 1"


def test_a_lost_connection_or_session_is_said_and_nothing_is_pretended(desk):
    """The page goes on showing what is stored."""
    desk.page.route("**/arrange/*", lambda route: route.abort())
    desk.page.route("**/arrange/", lambda route: route.abort())
    spot(desk, "seconds.4").drag_to(spot(desk, "lead.1"))
    expect(desk.page.locator("#front-status")).to_contain_text("Not saved")
    stands(desk, "lead.1", "Headline 1", "Fills itself")
    desk.page.unroute_all()
    desk.page.context.clear_cookies(name="sessionid")
    spot(desk, "seconds.4").drag_to(spot(desk, "lead.1"))
    expect(desk.page.locator("#front-status")).to_contain_text("You are no longer logged in.")
    desk.page.get_by_label("Words of the headline").fill("Ports")
    desk.page.get_by_role("button", name="Find").click()
    expect(desk.page.locator("#front-status")).to_contain_text("cannot be read now")
    expect(desk.page.locator("#front-found")).to_have_count(1)
    desk.complaints = [one for one in desk.complaints if "ERR_FAILED" not in one]


def test_the_desk_works_without_script(browser, magazine, desk):
    """The same buttons send the same forms, and the preview is there."""
    cookies = desk.page.context.cookies()
    context = browser.new_context(base_url=magazine.url, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(FRONT)
    page.get_by_role("button", name="Move “Headline 3” up").click()
    expect(page.locator(".messagelist")).to_have_text("Seconds 1 is “Headline 3” now.")
    page.get_by_label("Words of the headline").fill("12")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Pin “Headline 12”", exact=True).click()
    expect(page.locator(".messagelist")).to_have_text("Lead is “Headline 12” now.")
    page.get_by_role("link", name="Change Lead").click()
    page.get_by_label("Place:").select_option("seconds.3")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator(".messagelist")).to_have_text("Lead is saved.")
    expect(page.locator('.spot[data-place="seconds.3"]')).to_contain_text("Headline 12")
    page.get_by_role("button", name="18:00").click()
    expect(page.frame_locator("iframe").locator(".card").first).to_be_visible()
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".messagelist")).to_contain_text("Published.")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_desk(browser, magazine, desk, scheme):
    """With a draft, warnings, versions and results; the form of a place; the dialog; on a phone."""
    spot(desk, "seconds.4").drag_to(spot(desk, "lead.1"))
    saved(desk, "Lead is “Headline 5” now.")
    desk.page.get_by_role("button", name="Publish now").click()
    expect(desk.page.locator(".messagelist")).to_contain_text("Published.")
    desk.page.emulate_media(color_scheme=scheme)
    looked_at = 0
    for width in (1280, 360):
        desk.page.set_viewport_size({"width": width, "height": 900})
        for address in (f"{FRONT}?q=ports", f"{FRONT}place/lead.1/", "dialog"):
            if address == "dialog":
                desk.open(FRONT)
                spot(desk, "lead.1").locator("[data-handle]").click()
            else:
                desk.open(address)
            assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
            found = axe(desk.page)
            assert found.violations_count == 0, (address, width, found.generate_report())
            looked_at += 1
    assert looked_at == 6
