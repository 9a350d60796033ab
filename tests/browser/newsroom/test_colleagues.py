"""What goes on around an article, in a browser: the calendar, notes, acts on many, shortcuts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site, quickstarted

CALENDAR = "/admin/articles/article/calendar/"
ROWS = """
from datetime import date, datetime, timedelta, timezone as zones
from django.contrib.auth.models import User
from django.utils import timezone
from articles.models import Article, Note
chief, editor = (User.objects.get(username=name) for name in ("chief", "editor"))
def make(headline, **fields):
    slug = headline.lower().replace(" ", "-")
    body = "<p>The first paragraph is short.</p><p>The <em>figures</em> of the port say more.</p>"
    return Article.objects.create(headline=headline, slug=slug, body=body, **fields)
make("Planned piece", due_on=date(2037, 3, 4), created_by=chief)
make("Scheduled piece", published_at=datetime(2037, 3, 5, 18, 0, tzinfo=zones.utc))
make("Public piece", published_at=timezone.now() - timedelta(hours=1))
noted = make("Noted piece", due_on=timezone.localdate(), created_by=chief, stage="in_review")
Note.objects.create(article=noted, author=editor, text="Are they right?",
    passage="figures of the port")
Note.objects.create(article=noted, author=editor, text="Cut this.", passage="words that are gone")
footed = make("Footed piece", created_by=chief)
footed.body = '<p>Cranes<small class="footnote">Forty.</small> stand<br>idle.</p>'
footed.save()
for number in range(15):
    make(f"Busy {number}", due_on=date(2037, 3, 6), created_by=chief)
"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine of these tests' own, in which they may write."""
    var = tmp_path_factory.mktemp("colleagues")
    with quickstarted(var, "magazine_colleagues_of_tests", "--no-demo") as site:
        site.run(ROWS)
        yield site


def drag(page: Page, headline: str, day: str) -> None:
    """To the head of the day's column, which is in the window."""
    column = page.locator(f"[data-day='{day}']")
    page.locator(".entry", has_text=headline).drag_to(column, target_position={"x": 40, "y": 60})


def stands_on(page: Page, headline: str, day: str) -> None:
    expect(page.locator(f"[data-day='{day}'] .entry", has_text=headline)).to_be_visible()


def test_an_entry_is_dragged_to_another_day_and_back_by_undo(desk):
    """The server has moved it: it stands there after the page was loaded anew."""
    page = desk.page
    desk.open(f"{CALENDAR}?week=2037-W10")
    drag(page, "Planned piece", "2037-03-07")
    stands_on(page, "Planned piece", "2037-03-07")
    expect(page.get_by_role("status")).to_have_text(
        "“Planned piece”: Due on Saturday 7 March 2037."
    )
    desk.open(f"{CALENDAR}?week=2037-W10")
    stands_on(page, "Planned piece", "2037-03-07")
    drag(page, "Planned piece", "2037-03-04")
    stands_on(page, "Planned piece", "2037-03-04")
    page.get_by_role("button", name="Undo").click()
    stands_on(page, "Planned piece", "2037-03-07")
    page.get_by_role("button", name="Undo").click()
    stands_on(page, "Planned piece", "2037-03-04")


def test_an_entry_is_moved_with_the_keyboard_alone(desk):
    """By arrows on its “Move”, or by a date; the focus stays on it and a voice says where it is."""
    page = desk.page
    desk.open(f"{CALENDAR}?month=2037-03")
    control = page.get_by_role("link", name="Move Scheduled piece")
    control.focus()
    page.keyboard.press("ArrowRight")
    stands_on(page, "Scheduled piece", "2037-03-06")
    expect(page.get_by_role("status")).to_contain_text("Public on 6 March 2037, 18:00 (UTC)")
    expect(control).to_be_focused()
    page.keyboard.press("ArrowUp")
    stands_on(page, "Scheduled piece", "2037-02-27")
    page.keyboard.press("Enter")
    page.get_by_label("To the day").fill("2037-03-05")
    page.keyboard.press("Enter")
    stands_on(page, "Scheduled piece", "2037-03-05")
    expect(control).to_be_focused()


def test_a_move_that_is_refused_says_why_and_moves_nothing(desk):
    """Nothing is scheduled for the past."""
    page = desk.page
    desk.open(f"{CALENDAR}?week=2037-W10")
    page.get_by_role("link", name="Move Scheduled piece").click()
    page.get_by_label("To the day").fill("2020-03-05")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("is past")
    stands_on(page, "Scheduled piece", "2037-03-05")


def test_a_move_after_the_session_ended_says_so_and_leaves_the_page(desk):
    """The login page is no answer to a move."""
    page = desk.page
    desk.open(f"{CALENDAR}?week=2037-W10")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("link", name="Move Planned piece").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("your session has ended")
    stands_on(page, "Planned piece", "2037-03-04")


def test_of_two_editors_who_move_the_same_the_second_sees_where_it_is(browser, newsroom, desk):
    """The page is loaded anew and says why."""
    page = desk.page
    context = browser.new_context(base_url=newsroom.url)
    other = sit_down(context, newsroom, "editor")
    for window in (desk, other):
        window.open(f"{CALENDAR}?week=2037-W10")
    control = other.page.get_by_role("link", name="Move Planned piece")
    control.focus()
    other.page.keyboard.press("ArrowRight")
    stands_on(other.page, "Planned piece", "2037-03-05")
    page.get_by_role("link", name="Move Planned piece").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("status")).to_contain_text("Somebody has moved it meanwhile.")
    stands_on(page, "Planned piece", "2037-03-05")
    other.page.keyboard.press("ArrowLeft")
    stands_on(other.page, "Planned piece", "2037-03-04")
    context.close()
    desk.complaints = [one for one in desk.complaints if "status of 409" not in one]


def test_a_busy_day_is_folded(desk):
    """And what is folded is opened by one click."""
    page = desk.page
    desk.open(f"{CALENDAR}?week=2037-W10")
    expect(page.get_by_text("Busy 14")).to_be_hidden()
    page.get_by_text("3 more").click()
    expect(page.get_by_text("Busy 14")).to_be_visible()


def open_noted(desk: Desk) -> Page:
    desk.open("/admin/articles/article/?q=noted")
    desk.page.get_by_role("link", name="Noted piece").click()
    expect(desk.page.locator(".ProseMirror")).to_be_visible()
    return desk.page


def selected(page: Page) -> str:
    return str(page.evaluate("getSelection().toString()"))


def test_a_note_shows_its_passage_in_the_text_or_says_that_it_is_gone(desk):
    """Across the marks inside the words."""
    page = open_noted(desk)
    note = page.locator(".note", has_text="Are they right?")
    note.get_by_role("button", name="Show in text").click()
    assert selected(page) == "figures of the port"
    page.locator(".note", has_text="Cut this.").get_by_role("button", name="Show in text").click()
    expect(page.locator(".notes__status")).to_have_text("These words no longer stand in the text.")


def test_a_note_is_written_on_selected_words_and_resolved_without_leaving(desk):
    """What was typed into the article meanwhile is still there, and nothing asks on leaving."""
    page = open_noted(desk)
    page.locator(".ProseMirror p").first.click(click_count=3)
    expect(page.locator(".notes__about q")).to_have_text("The first paragraph is short.")
    page.get_by_label("New note for colleagues").fill("Too short?")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".notes__status")).to_have_text("Note added.")
    note = page.locator(".note", has_text="Too short?")
    expect(note.locator("blockquote")).to_have_text("The first paragraph is short.")
    expect(page.locator(".notes__count")).to_have_text("3 open")
    note.get_by_role("button", name="Resolve").click()
    expect(page.locator(".notes__count")).to_have_text("2 open")
    expect(page.locator(".note--resolved")).to_contain_text("Resolved by Chief")


def test_the_passage_of_a_note_is_words_without_marks_of_footnotes(desk):
    """It is found again across the mark and the broken line."""
    desk.open("/admin/articles/article/?q=footed")
    page = desk.page
    page.get_by_role("link", name="Footed piece").click()
    page.locator(".ProseMirror p").first.click(position={"x": 4, "y": 4})
    page.keyboard.press("Control+a")
    about = page.locator(".notes__about q")
    expect(about).to_have_text("Cranes stand idle.")
    page.get_by_label("New note for colleagues").fill("All?")
    page.get_by_role("button", name="Add note").click()
    note = page.locator(".note", has_text="All?")
    expect(note.locator("blockquote")).to_have_text("Cranes stand idle.")
    page.evaluate("getSelection().removeAllRanges()")
    note.get_by_role("button", name="Show in text").click()
    shown = selected(page)
    assert shown.startswith("Cranes")
    assert shown.endswith("idle.")


def test_keys_of_one_letter_lead_around_and_can_be_turned_off(desk):
    """They never act while somebody types."""
    page = desk.page
    desk.open("/admin/")
    page.keyboard.type("gc")
    page.wait_for_url(re.compile("calendar"))
    desk.open("/admin/")
    page.keyboard.press("/")
    page.keyboard.type("gc?")
    expect(page.get_by_role("searchbox")).to_have_value("gc?")
    page.get_by_role("button", name="Find").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Use the keys of one letter").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_label("Use the keys of one letter").check()


def test_a_scheduled_article_counts_down_on_the_first_page(desk):
    """In words that change by themselves."""
    desk.open("/admin/")
    expect(desk.page.locator("time.countdown").first).to_have_text(re.compile(r"in \d+ d \d+ h"))


def test_articles_are_assigned_from_the_list(desk):
    """First the question, then the word of what was done."""
    page = desk.page
    desk.open("/admin/articles/article/?q=busy")
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_label("Action:").select_option("assign")
    page.get_by_role("button", name=re.compile("Go|Run")).click()
    page.get_by_label("Assignee").select_option(label="Editor")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator(".messagelist")).to_contain_text("15 articles changed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, newsroom, scheme):
    """On the first page, the list, the calendar, the log, the notes and the question."""
    context = browser.new_context(
        base_url=newsroom.url, color_scheme=scheme, reduced_motion="reduce"
    )
    desk = sit_down(context, newsroom, "chief")
    page = desk.page
    open_noted(desk)
    notes = page.url.split("/change/")[0] + "/notes/"
    move = page.url.split("/change/")[0] + "/move/due/"
    broken, looked = [], 0
    for address in (
        page.url,
        "/admin/",
        "/admin/articles/article/",
        f"{CALENDAR}?week=2037-W10",
        f"{CALENDAR}?month=2037-03",
        "/admin/log/",
        notes,
        move,
        "question",
    ):
        if address == "question":
            desk.open("/admin/articles/article/?q=busy")
            page.locator(".action-select").first.check()
            page.get_by_label("Action:").select_option("tag")
            page.get_by_role("button", name=re.compile("Go|Run")).click()
            page.wait_for_load_state("networkidle")
        else:
            desk.open(address)
        found = axe(page).response["violations"]
        broken += [f"{address} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        looked += 1
    context.close()
    assert broken == []
    assert looked == 9


@pytest.mark.parametrize("width", [360, 768])
def test_no_page_is_wider_than_the_window(browser, newsroom, width):
    """Neither the calendar nor the panels."""
    context = browser.new_context(base_url=newsroom.url, viewport={"width": width, "height": 800})
    desk = sit_down(context, newsroom, "chief")
    for address in (
        "/admin/",
        f"{CALENDAR}?week=2037-W10",
        f"{CALENDAR}?month=2037-03",
        "/admin/log/",
    ):
        desk.open(address)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()
