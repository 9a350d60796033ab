"""Writing an issue of the newsletter in a browser: by key and by drag, seen as mail, approved."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site, quickstarted

LIST = "/admin/newsletter/issue/"
ROWS = """
from datetime import timedelta
from io import BytesIO
from PIL import Image as Drawing
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from articles.models import Article, Image, Section
from newsletter.models import Letterhead, MailingList, Subscriber
file = BytesIO()
Drawing.new("RGB", (900, 600), "teal").save(file, "JPEG")
image, _ = Image.objects.ingest(ContentFile(file.getvalue(), "a.jpg"), alt="A teal surface")
now = timezone.now()
for section, names in (("europe", ("One", "Two")), ("africa", ("Three", "Four"))):
    for number, name in enumerate(names):
        Article.objects.create(
            headline=name, slug=name.lower(), deck=f"Deck of {name}", lead_image=image,
            section=Section.objects.get(slug=section), body="<p>Text</p>",
            published_at=now - timedelta(minutes=number + 1),
        )
Article.objects.create(
    headline="Ports of old", slug="ports", body="<p>Text</p>", published_at=now - timedelta(days=60)
)
Letterhead.objects.current()
Letterhead.objects.update(postal_address="3 Signal Quay")
reader = Subscriber.objects.create(email="reader@example.org", confirmed_at=now)
reader.join(MailingList.objects.get())
User.objects.filter(username="chief").update(email="chief@example.org")
"""


@pytest.fixture(scope="module")
def magazine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("issue")
    with quickstarted(var, "magazine_issue_of_tests", "--no-demo") as site:
        site.run(ROWS)
        yield site


@pytest.fixture
def desk(browser: Browser, magazine: Site) -> Iterator[Desk]:
    """A chief with a new draft; the browser must not complain."""
    erase = "from newsletter.models import Issue; Issue.objects.all().delete()"
    magazine.run(erase)
    context = browser.new_context(
        base_url=magazine.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = sit_down(context, magazine, "chief")
    desk.open(f"{LIST}add/")
    desk.page.get_by_role("button", name="Begin the draft").click()
    expect(desk.page.get_by_role("button", name="Move “One”")).to_be_visible()
    yield desk
    context.close()
    assert desk.complaints == []


def handle(desk: Desk, headline: str) -> Locator:
    return desk.page.get_by_role("button", name=f"Move “{headline}”")


def saved(desk: Desk) -> None:
    """Wait until nothing is left to save."""
    expect(desk.page.locator("#issue-status")).to_have_text(re.compile("^Saved"), timeout=20_000)


def order(desk: Desk) -> list[str]:
    """What stands in the list, headings in capitals."""
    return desk.page.locator("[data-items]").evaluate(
        """(list) => [...list.children].filter((row) => !row.hidden).map((row) =>
        row.matches(".issue-heading") ? row.querySelector("input").value.toUpperCase()
        : row.querySelector("[data-own-headline]")?.textContent ?? "undo")"""
    )


def test_an_issue_is_composed_by_keyboard_seen_tested_and_approved(desk, magazine):
    """Subject, order, words, preview in both schemes and as text, a test, and the frozen mail."""
    page = desk.page
    assert order(desk) == ["EUROPE", "One", "Two", "AFRICA", "Three", "Four"]
    page.get_by_label("Subject").focus()
    desk.type("Straits & 🚢")
    expect(page.get_by_text("11 of 60 characters").first).to_be_visible()
    handle(desk, "Three").focus()
    page.keyboard.press("ArrowUp")
    assert order(desk) == ["EUROPE", "One", "Two", "Three", "AFRICA", "Four"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".issue-items [role=status]")).to_have_text("It stands first.")
    expect(handle(desk, "Three")).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert order(desk) == ["EUROPE", "One", "Two", "AFRICA", "Three", "Four"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert order(desk) == ["EUROPE", "Three", "One", "Two", "AFRICA", "Four"]
    saved(desk)
    page.locator(".issue-item", has_text="Two").locator("summary").click()
    page.locator(".issue-item", has_text="Two").get_by_label("Headline").fill("Sharper")
    saved(desk)
    page.get_by_role("button", name="Preview beside the form").click()
    mail = page.frame_locator(".issue-preview iframe:not(.live-preview__frame--coming)")
    expect(mail.locator("h3")).to_have_text(["Three", "One", "Sharper", "Four"])
    assert colour(desk, "light") == "rgb(245, 240, 230)"
    assert colour(desk, "dark") == "rgb(14, 13, 10)"
    page.get_by_role("button", name="Text", exact=True).click()
    expect(mail.locator("pre")).to_contain_text("AFRICA\n------\n\nFour\nDeck of Four\n")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Preview beside the form")).to_be_focused()
    page.get_by_role("button", name="Mail me a test").click()
    expect(page.locator(".messagelist")).to_contain_text("on its way to chief@example.org")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".publishing__state")).to_have_text("1 person gets it")
    page.get_by_role("button", name="Approve it").click()
    expect(page.locator(".publishing__state")).to_contain_text("Approved: goes out on")
    expect(mail.locator("h3")).to_have_text(["Three", "One", "Sharper", "Four"])
    assert page.locator("textarea").count() == 0


def colour(desk: Desk, scheme: str) -> str:
    """What the mail stands on in the frame, once it is shown in that scheme."""
    button = desk.page.get_by_role("button", name=scheme.capitalize(), exact=True)
    button.click()
    address = re.compile(f"scheme={scheme}")
    shown = desk.page.locator(".issue-preview iframe:not(.live-preview__frame--coming)")
    expect(shown).to_have_attribute("src", address)
    expect(desk.page.locator(".issue-preview [role=status]")).to_have_text("")
    frame = shown.element_handle().content_frame()
    return str(frame.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor"))


def test_articles_are_dragged_taken_out_put_back_and_added(desk):
    """Under another heading, which can be renamed; all of it is there after a reload."""
    page = desk.page
    handle(desk, "One").drag_to(
        page.locator(".issue-item", has_text="Four"), target_position={"x": 60, "y": 4}
    )
    assert order(desk) == ["EUROPE", "Two", "AFRICA", "Three", "One", "Four"]
    page.get_by_role("button", name="Take “Three” out").click()
    assert order(desk) == ["EUROPE", "Two", "AFRICA", "undo", "One", "Four"]
    expect(page.get_by_role("button", name="Put “Three” back")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take “Two” out").click()
    page.get_by_label("Add articles").fill("ports")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add “Ports of old”").click()
    page.get_by_role("combobox", name="Heading").first.fill("The sea")
    page.get_by_role("button", name="Add a heading").click()
    handle(desk, "Four").focus()
    saved(desk)
    page.reload()
    expect(handle(desk, "One")).to_be_visible()
    assert order(desk) == ["AFRICA", "Three", "One", "Four", "", "Ports of old"]


def test_looking_at_a_draft_saves_nothing(desk):
    """Else two who look at it would be in each other's way. What was typed before the script of
    the page ran is saved all the same."""
    desk.open(desk.page.url)
    expect(desk.page.locator("#issue-status")).to_have_text("")
    desk.page.route("**/issue*.js", lambda route: route.abort())
    desk.page.reload()
    desk.page.unroute("**/issue*.js")
    desk.page.get_by_label("Subject").fill("Typed early")
    desk.page.evaluate(
        "import(document.querySelector('script[src*=\"newsroom/issue/form.\"]').src)"
    )
    saved(desk)
    desk.complaints = [one for one in desk.complaints if "ERR_FAILED" not in one]


def test_two_editors_lose_nothing(desk):
    """The later one is shown the other's words, keeps the own ones, and chooses."""
    other = desk.page.context.new_page()
    other.goto(desk.page.url)
    other.get_by_label("Subject").fill("Theirs")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".messagelist")).to_contain_text("Saved.")
    desk.page.get_by_label("Subject").fill("Mine")
    late = desk.page.locator(".issue-late")
    expect(late).to_contain_text("Theirs", timeout=20_000)
    expect(desk.page.get_by_label("Subject")).to_have_value("Mine")
    late.get_by_role("button", name="Save mine in its place").click()
    expect(desk.page.locator(".messagelist")).to_contain_text("Saved.")
    expect(desk.page.get_by_label("Subject")).to_have_value("Mine")
    desk.complaints = [one for one in desk.complaints if "409" not in one]


def test_a_lost_connection_is_said_and_made_good(desk):
    """What was typed stays, and is saved when the network is back."""
    desk.page.context.set_offline(True)
    desk.page.get_by_label("Subject").fill("Typed on a train")
    expect(desk.page.locator("#issue-status")).to_contain_text(
        "The connection is lost", timeout=20_000
    )
    desk.page.context.set_offline(False)
    saved(desk)
    desk.page.reload()
    expect(desk.page.get_by_label("Subject")).to_have_value("Typed on a train")
    desk.complaints = [one for one in desk.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_the_form_works_without_script(browser, magazine, desk):
    """Places and headings are fields, and the buttons do the rest."""
    context = browser.new_context(base_url=magazine.url, java_script_enabled=False)
    context.add_cookies(desk.page.context.cookies())
    page = context.new_page()
    page.goto(desk.page.url)
    two = page.locator(".issue-item", has_text="Two")
    two.get_by_label("Place").fill("0")
    two.get_by_label("Under the heading").fill("First of all")
    page.locator(".issue-item", has_text="Four").get_by_label("Take out").check()
    page.get_by_label("Subject").fill("Without script")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.locator(".issue-heading").all_inner_texts() == ["First of all", "Europe", "Africa"]
    assert page.locator(".issue-item__headline").all_inner_texts()[:3] == ["Two", "One", "Three"]
    page.get_by_label("Add articles").fill("ports")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Add “Ports of old”").click()
    expect(page.locator(".messagelist")).to_contain_text("is added at the end")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_an_issue(desk, scheme):
    """The list, the question, the draft with its preview, approval, the frozen mail; on a phone."""
    page = desk.page
    page.get_by_label("Subject").fill("The week")
    saved(desk)
    draft = page.url
    page.emulate_media(color_scheme=scheme)
    looked_at = 0
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        pages = [LIST, f"{LIST}add/", f"{draft}?q=o", draft.replace("/change/", "/approve/")]
        for address in (*pages, draft.replace("/change/", "/decide/cancel/"), "approved"):
            if address == "approved":
                if width == 1280:
                    continue
                desk.open(draft.replace("/change/", "/approve/"))
                page.get_by_role("button", name="Approve it").click()
                expect(page.locator(".issue-preview iframe")).to_have_count(1)
            else:
                desk.open(address)
            if address.endswith("?q=o"):
                page.get_by_role("button", name="Preview beside the form").click()
                expect(page.locator(".issue-preview [role=status]")).to_have_text("")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            found = axe(page)
            assert found.violations_count == 0, (address, width, found.generate_report())
            looked_at += 1
    assert looked_at == 11
