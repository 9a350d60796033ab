"""The front page desk in a browser: drag, keyboard, preview, publication at a time, undo."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import Desk, sit_down
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
        site.run(ROWS)
        yield site


@pytest.fixture
def desk(browser: Browser, magazine: Site) -> Iterator[Desk]:
    """A chief at the desk, on a page that nobody has arranged; the browser must not complain."""
    erase = "from articles.models import FrontPage; FrontPage.objects.all().delete()"
    magazine.run(erase)
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
    below = {"x": 40, "y": spot(desk, "seconds.2").bounding_box()["height"] - 4}
    spot(desk, "seconds.1").drag_to(spot(desk, "seconds.2"), target_position=below)
    saved(desk, "Seconds 2 is “Headline 1” now.")
    desk.open(FRONT)
    stands(desk, "lead.1", "Headline 4", "Pinned")
    stands(desk, "seconds.2", "Headline 1", "Pinned")
    assert lead_of(desk) == "Headline 1"


def test_a_card_is_put_in_between_and_what_is_pushed_out_is_named(desk):
    """A line shows where; the ones below move down, the one moved does not change places."""
    for place in ("seconds.1", "seconds.2", "seconds.3", "seconds.4", "latest.1"):
        spot(desk, place).locator("summary").click()
        spot(desk, place).get_by_role("button", name="Pin “").click()
        expect(spot(desk, place).locator(".spot__why")).to_have_text(re.compile("^Pinned"))
    third = spot(desk, "seconds.3")
    spot(desk, "latest.1").locator(".spot__headline").hover()
    desk.page.mouse.down()
    third.hover(position={"x": 60, "y": 6})
    third.hover(position={"x": 60, "y": 8})
    expect(third).to_have_class(re.compile("is-before"))
    assert third.evaluate("(one) => getComputedStyle(one).boxShadow") != "none"
    desk.page.mouse.up()
    expect(desk.page.locator("#front-status")).to_contain_text(
        "Saved. Seconds 3 is “Headline 6” now. “Headline 5” was pushed out"
    )
    numbers = [2, 3, 6, 4]
    for position, number in enumerate(numbers, start=1):
        stands(desk, f"seconds.{position}", f"Headline {number}", "Pinned")
    expect(desk.page.locator(".is-before, .is-after, .is-dragged")).to_have_count(0)
    # The same by keyboard: down by one within the area, and into the next.
    spot(desk, "seconds.2").locator("[data-handle]").focus()
    desk.type("ArrowDown")
    stands(desk, "seconds.2", "Headline 6", "Pinned")
    stands(desk, "seconds.3", "Headline 3", "Pinned")
    expect(desk.page.locator(".version__note").first).to_have_text(
        "Before “Headline 5” was pushed out"
    )


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_buttons_that_publish_stay_in_view_and_cover_no_focus(desk, width):
    """However far one scrolls, and whatever the keyboard reaches above."""
    spot(desk, "seconds.3").drag_to(spot(desk, "lead.1"))
    saved(desk, "Lead is “Headline 4” now.")
    desk.page.get_by_role("button", name="Publish now").click()
    expect(desk.page.locator(".messagelist")).to_contain_text("Published.")
    desk.page.set_viewport_size({"width": width, "height": 640})
    desk.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    bar = desk.page.locator(".front-desk__publish")
    for name in ("Publish now", "Undo what is public"):
        expect(bar.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    expect(bar.get_by_text("At a time …")).to_be_in_viewport(ratio=1)
    assert bar.bounding_box()["height"] <= 130
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    desk.page.locator(".area [data-handle]").last.focus()
    covered, looked_at = [], 0
    for _ in range(25):
        desk.page.keyboard.press("Shift+Tab")
        top, is_bar, name = desk.page.evaluate(
            "() => [document.activeElement.getBoundingClientRect().top,"
            " !!document.activeElement.closest('.front-desk__publish'),"
            " document.activeElement.outerHTML.slice(0, 90)]"
        )
        edge = bar.evaluate("(bar) => bar.getBoundingClientRect().bottom")
        looked_at += not is_bar
        if not is_bar and top < edge:
            covered.append(name)
    assert covered == []
    assert looked_at == 25


def test_places_that_fill_themselves_are_one_line_each_until_opened(desk):
    """By click and by key; what was opened stays open after a move, and a line takes a drop."""
    line = spot(desk, "seconds.2")
    assert line.bounding_box()["height"] <= 60
    expect(line.get_by_role("link", name="Change Seconds 2")).to_be_hidden()
    line.locator("summary").focus()
    desk.type("Enter")
    expect(line.get_by_role("link", name="Change Seconds 2")).to_be_visible()
    spot(desk, "seconds.4").drag_to(spot(desk, "latest.1"))
    saved(desk, "Latest 1 is “Headline 5” now.")
    expect(line.get_by_role("link", name="Change Seconds 2")).to_be_visible()
    expect(spot(desk, "latest.1").get_by_role("link", name="Change")).to_be_visible()
    expect(spot(desk, "seconds.3").get_by_role("link", name="Change")).to_be_hidden()


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
    desk.page.get_by_text("At a time …").click()
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
    page.locator('.spot[data-place="seconds.2"] summary').click()
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
