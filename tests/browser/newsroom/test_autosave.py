"""Working on an article in a browser: what is typed stays, and two people get along."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site

KEPT = re.compile("Kept as you type")


@pytest.fixture
def second(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    """The editor's desk, in a browser of their own."""
    context = browser.new_context(base_url=newsroom.url, viewport={"width": 1280, "height": 900})
    desk = sit_down(context, newsroom, "editor")
    yield desk
    context.close()
    assert desk.complaints == []


def written(desk: Desk, headline: str, *paragraphs: str) -> str:
    """The address of a new draft's form."""
    desk.write(headline)
    for paragraph in paragraphs:
        desk.type(paragraph, "Enter")
    desk.save()
    return desk.page.url


def test_a_closed_window_loses_no_word(desk):
    """Neither a new article that was never saved, nor a change of one that was."""
    desk.write("Typed on a train")
    desk.type("Words in a tunnel")
    expect(desk.page.locator(".working__kept")).to_have_text(KEPT, timeout=15_000)
    window = desk.page
    desk.page = window.context.new_page()
    window.close()
    desk.open("/admin/articles/article/add/")
    offer = desk.page.locator(".unsaved li", has_text="Typed on a train")
    offer.get_by_role("link", name="Go on with it").click()
    expect(desk.page.get_by_role("textbox", name="Body")).to_contain_text("Words in a tunnel")
    desk.save()
    assert desk.stored == "<p>Words in a tunnel</p>"
    desk.open("/admin/articles/article/add/")
    expect(offer).to_have_count(0)


def test_what_is_typed_beside_the_text_is_not_offered_as_text(desk):
    """A note for colleagues, or a word that somebody searches authors by."""
    written(desk, "Talked about", "First")
    held = "Object.keys(localStorage).filter((key) => key.startsWith('typed:')).length"
    before = desk.page.evaluate(held)
    desk.page.get_by_label("New note for colleagues").fill("Is that right?")
    desk.page.get_by_role("combobox", name="Byline").fill("Nobody")
    assert desk.page.evaluate(held) == before
    desk.retype("First", "Second")
    assert desk.page.evaluate(held) == before + 1
    expect(desk.page.locator(".working__kept")).to_have_text(KEPT, timeout=15_000)


def test_without_a_connection_the_text_waits_in_the_browser(desk):
    """It is sent by itself when the connection is back."""
    written(desk, "Offline for a while", "First")
    desk.page.context.set_offline(True)
    desk.retype("First", "Second")
    kept = desk.page.locator(".working__kept")
    expect(kept).to_contain_text("no connection", timeout=15_000)
    desk.complaints.clear()  # the browser names the request that failed
    desk.page.context.set_offline(False)
    expect(kept).to_have_text(KEPT, timeout=15_000)


def test_a_session_that_ended_gives_the_text_back_after_the_login(desk, newsroom):
    """Logged out in the middle of a sentence, one logs in again and goes on."""
    address = written(desk, "Logged out", "Before")
    desk.page.context.clear_cookies()
    desk.retype("Before", "After the session had ended")
    expect(desk.page.locator(".working__kept")).to_contain_text("logged out", timeout=15_000)
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.page.goto(address)
    desk.complaints.clear()
    desk.page.get_by_label("Username").fill("chief")
    desk.page.get_by_label("Password").fill(newsroom.passwords["chief"])
    desk.page.get_by_role("button", name="Log in").click()
    desk.page.get_by_role("link", name="Go on with it").click()
    expect(desk.page.get_by_role("textbox", name="Body")).to_contain_text("had ended")
    desk.save()
    assert desk.stored == "<p>After the session had ended</p>"


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept as typed", "saved at once"])
def test_text_outlives_all_sessions(desk, newsroom, is_kept):
    """The table of sessions is emptied while somebody types, and then saves; the form is sent
    before or after the script was told."""
    headline = f"Sessions gone, {'later' if is_kept else 'sooner'}"
    address = written(desk, headline, "Before")
    newsroom.run(
        "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
    )
    newsroom.sessions.clear()
    desk.retype("Before", "After all sessions had gone")
    if is_kept:
        expect(desk.page.locator(".working__kept")).to_contain_text("logged out", timeout=15_000)
    desk.page.get_by_role("button", name="Save", exact=True).click()
    desk.page.get_by_label("Username").fill("chief")
    desk.page.get_by_label("Password").fill(newsroom.passwords["chief"])
    desk.page.get_by_role("button", name="Log in").click()
    desk.page.wait_for_url(address)
    desk.complaints.clear()
    desk.page.get_by_role("link", name="Go on with it").click()
    expect(desk.page.get_by_role("textbox", name="Body")).to_contain_text("all sessions had gone")
    desk.save()
    assert desk.stored == "<p>After all sessions had gone</p>"


def test_what_cannot_be_looked_up_without_a_session_is_said(desk):
    """Authors, pictures, an embed: the login page is no answer, and nothing goes into the text."""
    written(desk, "Looked up", "Before")
    desk.page.context.clear_cookies(name="sessionid")
    desk.page.get_by_role("button", name="Choose a picture").click()
    expect(desk.page.locator("dialog[open]")).to_contain_text("cannot be read now")
    desk.page.get_by_role("button", name="Close", exact=True).click()
    desk.page.get_by_role("combobox", name="Byline").fill("Ada")
    expect(desk.page.locator(".field-byline [role=status]")).to_contain_text("cannot be read now")
    desk.tool("Embed a video, post or document")
    desk.type("https://vimeo.com/76979871")
    desk.page.get_by_label("Title").fill("A film")
    desk.type("Enter")
    expect(desk.page.locator("dialog[open]")).to_contain_text("cannot be looked up now")
    assert "data-embed" not in desk.stored


def test_two_editors_see_each_other_and_are_merged(desk, second):
    """What does not touch is merged at once; what does is chosen side by side."""
    address = written(desk, "Two at once", "Alpha", "Beta", "Gamma")
    second.page.goto(address)
    expect(second.page.locator(".working__people")).to_contain_text("Chief has this open too")
    second.retype("Gamma", "Gamma by the editor")
    second.save()
    expect(desk.page.locator(".working__people")).to_contain_text("Editor", timeout=30_000)
    desk.retype("Alpha", "Alpha by the chief")
    desk.save()
    expect(desk.page.locator(".messagelist")).to_contain_text("theirs is: Body (paragraph 3)")
    both = "<p>Alpha by the chief</p><p>Beta</p><p>Gamma by the editor</p>"
    assert desk.stored == both

    second.page.goto(address)
    second.retype("Beta", "Beta of the editor")
    second.save()
    desk.retype("Beta", "Beta of the chief")
    desk.page.get_by_role("button", name="Save", exact=True).click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Merge two versions")
    expect(desk.page.get_by_role("region", name="Yours")).to_contain_text("of the chief")
    expect(desk.page.get_by_role("region", name="Theirs")).to_contain_text("of the editor")
    desk.page.get_by_label("Both, yours first").check()
    desk.page.get_by_role("button", name="Merge").click()
    expect(desk.page.locator(".messagelist")).to_contain_text("are one now")
    assert desk.stored == both.replace(
        "<p>Beta</p>", "<p>Beta of the chief</p><p>Beta of the editor</p>"
    )
