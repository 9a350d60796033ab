"""A deadline evening, end to end: three people at three desks, and the readers outside.

Everything is the real thing but the clock of the magazine, which the story moves on.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, expect

from tests.browser.logged_in import Desk, sit_down
from tests.conftest import (
    ROOT,
    Site,
    empty_site,
    stop,
    wait_until_served,
)

STORY = [
    "The harbour master keeps two diaries, one for the ships and one for the money.",
    "Nobody at the ministry has asked for the second.",
    "On Tuesday it was found in a drawer.",
]


@dataclass
class Magazine:
    """A site whose clock stands wherever the story needs it."""

    site: Site
    clock: Path

    def stand_at(self, moment: datetime) -> None:
        self.clock.write_text(str((moment - datetime.now(UTC)).total_seconds()))


@pytest.fixture(scope="module")
def magazine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Magazine]:
    var = tmp_path_factory.mktemp("evening")
    site = empty_site(var, "magazine_evening_of_tests")
    clock = var / "clock"
    clock.write_text("0")
    site.env |= {"CLOCK": str(clock), "SITE_URL": site.url}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"),
            *("--blocking-threads", "1", "--port", str(site.port), "--log-level", "warning"),
            "tests.browser.newsroom.clock:application",
        ],
        env=site.env,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        wait_until_served(site.url, server, seconds=60)
        yield Magazine(site, clock)
    finally:
        stop(server)


@pytest.fixture
def desks(browser: Browser, magazine: Magazine) -> Iterator[dict[str, Desk]]:
    """Writer, editor and chief, each in a browser of their own."""
    people = {}
    for account in ("writer", "editor", "chief"):
        context = browser.new_context(
            base_url=magazine.site.url, viewport={"width": 1280, "height": 900}
        )
        people[account] = sit_down(context, magazine.site, account)
    yield people
    for desk in people.values():
        desk.page.context.close()
        assert desk.complaints == []


@pytest.fixture
def reader(browser: Browser, magazine: Magazine) -> Iterator[APIRequestContext]:
    """Somebody outside, without a cookie."""
    context = browser.new_context(base_url=magazine.site.url)
    yield context.request
    context.close()


def press(desk: Desk, name: str) -> None:
    desk.page.get_by_role("button", name=name, exact=True).click()
    desk.page.wait_for_load_state()
    desk.settle()


def said(desk: Desk, words: str | re.Pattern[str]) -> None:
    expect(desk.page.locator(".messagelist")).to_contain_text(words)


def test_an_evening(magazine, desks, reader):
    """Filed, reviewed, cut in conflict, merged, set for six o'clock, corrected, moved, restored."""
    today = (datetime.now(UTC) + timedelta(days=1)).replace(hour=16, minute=30, second=0)
    writer, editor, chief = desks["writer"], desks["editor"], desks["chief"]

    # Half past four: the writer files.
    magazine.stand_at(today)
    writer.write("Two diaries in the harbour")
    for paragraph in STORY:
        writer.type(paragraph, "Enter")
    press(writer, "Hand in")
    writer.open("/admin/articles/article/")
    writer.page.get_by_role("link", name="Two diaries in the harbour").click()
    form = writer.page.url
    writer.settle()

    # The editor finds it on the first page, opens it, and cuts while the writer has it open.
    editor.open("/admin/")
    editor.page.get_by_role("link", name="Two diaries in the harbour").first.click()
    expect(editor.page.locator(".working__people")).to_contain_text("Writer has this open too")
    editor.page.get_by_label("Headline").fill("The second diary")
    editor.retype(STORY[1], "No minister has asked for the second.")
    editor.save()

    # The writer goes on with the older text: one paragraph touches, one does not.
    writer.retype(STORY[1], "No official has asked for the second.")
    writer.retype(STORY[2], "On Tuesday it lay in a drawer.")
    press(writer, "Save")
    expect(writer.page.get_by_role("heading", level=1)).to_have_text("Merge two versions")
    expect(writer.page.get_by_role("region", name="Theirs")).to_contain_text("No minister")
    writer.page.get_by_role("radio", name="Theirs").check()
    press(writer, "Merge")
    said(writer, "are one now")
    merged = (
        f"<p>{STORY[0]}</p><p>No minister has asked for the second.</p>"
        "<p>On Tuesday it lay in a drawer.</p>"
    )
    assert writer.stored == merged
    expect(writer.page.get_by_label("Headline")).to_have_value("The second diary")

    # The editor sets it for six o'clock; the checklist has nothing that blocks.
    editor.page.goto(form)
    assert editor.stored == merged
    press(editor, "Publish…")
    editor.page.get_by_label("At a time").check()
    six = today.replace(hour=18, minute=0)
    editor.page.get_by_label("Date and time").fill(six.strftime("%Y-%m-%dT%H:%M:%S"))
    press(editor, "Publish")
    said(editor, "Scheduled for")

    # The chief makes it the lead of the front page from six o'clock on.
    chief.open("/admin/articles/frontpage/")
    chief.page.get_by_label("Words of the headline").fill("second diary")
    chief.page.keyboard.press("Enter")
    chief.page.get_by_label("Pin at").select_option("lead.1")
    chief.page.get_by_role("button", name="Pin “The second diary”").click()
    expect(chief.page.locator("#front-status")).to_contain_text("Saved.")
    chief.page.get_by_text("At a time …").click()
    chief.page.get_by_label("At a time").fill(six.strftime("%Y-%m-%dT%H:%M:%S"))
    press(chief, "Publish at that time")
    expect(chief.page.locator(".front-desk__coming")).to_be_visible()

    # A minute before six nobody outside knows of it, whatever they ask.
    magazine.stand_at(six - timedelta(minutes=1))
    address = f"/{editor_slug(editor, form)}/"
    for path in ("/", address, f"{address}rest/", "/corrections/"):
        assert "second diary" not in reader.get(path).text().lower()
    assert reader.get(address).status == 404

    # A second after six it leads.
    magazine.stand_at(six + timedelta(seconds=1))
    lead = re.findall(r'class="card__headline"[^>]*><a[^>]*>([^<]*)', reader.get("/").text())[0]
    assert lead == "The second diary"
    assert "No minister has asked" in reader.get(address).text()

    # Ten past: a correction, at once; and a change of text and address, when it is published.
    magazine.stand_at(six + timedelta(minutes=10))
    chief.page.goto(form)
    chief.page.get_by_role("link", name="Add a correction").click()
    chief.page.get_by_label("Correction", exact=True).check()
    chief.page.get_by_role("textbox").fill("The drawer was found on Wednesday.")
    chief.page.get_by_role("button", name=re.compile("^Publish")).click()
    assert "found on Wednesday" in reader.get(address).text()
    assert "found on Wednesday" in reader.get("/corrections/").text()

    editor.page.goto(form)
    editor.retype("On Tuesday it lay in a drawer.", "On Wednesday it lay in a drawer.")
    editor.page.get_by_label("Slug").fill("harbour-diaries")
    editor.save()
    assert "On Tuesday" in reader.get(address).text()
    press(editor, "Publish…")
    editor.page.get_by_label("Readers should see “Updated”").check()
    press(editor, "Publish changes")
    said(editor, "Public since")
    moved = reader.get(address, max_redirects=0)
    assert (moved.status, moved.headers["location"]) == (301, "/harbour-diaries/")
    page = reader.get("/harbour-diaries/").text()
    assert "On Wednesday it lay" in page
    assert "Updated" in page

    # The chief wants the paragraph back as the writer first had it: restored, compared, published.
    chief.page.goto(form)
    chief.page.get_by_role("link", name="History").click()
    versions = chief.page.locator(".versions__list > .versions__version")
    versions.last.get_by_role("link").first.click()
    expect(chief.page.locator("main")).to_contain_text(STORY[1])
    chief.page.get_by_role("link", name=re.compile("^Restore")).click()
    press(chief, "Restore")
    said(chief, "is the working copy again")
    assert "On Wednesday it lay" in reader.get("/harbour-diaries/").text()
    chief.page.goto(form)
    assert chief.stored == "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
    press(chief, "Publish…")
    press(chief, "Publish changes")
    assert STORY[1] in reader.get(f"{address}").text(), "the old address has come back with it"


def editor_slug(desk: Desk, form: str) -> str:
    desk.page.goto(form)
    return desk.page.get_by_label("Slug").input_value()
