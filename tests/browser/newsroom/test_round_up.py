"""A round-up from the form on a page to the reader's mailbox and out of it again, as a newcomer
sees it: quickstart's server, its worker, and the mails in its outbox."""

import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.logged_in import sit_down
from tests.browser.test_newsletter import link, mail_to, part, sign_up
from tests.conftest import Site, quickstarted

READER = "reader@somewhere.example"
ROWS = """
from django.utils import timezone
from articles.models import Article
Article.objects.create(
    headline="Ports at night", slug="ports-at-night", deck="Who unloads when nobody looks.",
    body="<p>First.</p><p>Second.</p><p>Third.</p>", published_at=timezone.now(),
)
"""


@pytest.fixture(scope="module")
def magazine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("round-up")
    with quickstarted(var, "magazine_round_up_of_tests", "--no-demo") as site:
        site.run(ROWS)
        yield site


@pytest.fixture
def reader(browser: Browser, magazine: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=magazine.url)
    yield context.new_page()
    context.close()


def test_a_reader_signs_up_gets_the_round_up_and_leaves_with_one_click(browser, magazine, reader):
    reader.goto("/")
    sign_up(reader, READER)
    expect(reader.locator(".signup__said")).to_contain_text("Check your mail")
    reader.goto(link(mail_to(magazine, READER, "Please confirm"), "confirm"))
    reader.get_by_role("button", name="Yes, subscribe me").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("You are subscribed")

    context = browser.new_context(base_url=magazine.url, reduced_motion="reduce")
    desk = sit_down(context, magazine, "chief")
    page = desk.page
    desk.open("/admin/newsletter/letterhead/1/change/")
    page.get_by_label("Postal address").fill("3 Signal Quay")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_be_visible()
    desk.open("/admin/newsletter/issue/add/")
    page.get_by_role("button", name="Begin the draft").click()
    page.get_by_label("Subject").fill("The week in ports")
    expect(page.locator("#issue-status")).to_have_text(re.compile("^Saved"), timeout=20_000)
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".publishing__state")).to_have_text("1 person gets it")
    page.get_by_role("button", name="Approve it").click()
    page.get_by_role("link", name="Watch it go out").click()
    expect(page.get_by_text("1 of 1 done")).to_be_visible(timeout=60_000)

    mail = mail_to(magazine, READER, "The week in ports")
    assert "Ports at night" in part(mail, "plain")
    assert "Ports at night" in part(mail, "html")
    assert "3 Signal Quay" in part(mail, "plain")
    reader.goto("/newsletter/")
    reader.get_by_role("link", name="The week in ports").click()
    expect(reader.get_by_role("link", name="Ports at night")).to_be_visible()

    # What a mail program does when its own “Unsubscribe” is pressed (RFC 8058).
    address = mail["List-Unsubscribe"].strip(" <>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with urllib.request.urlopen(address, b"List-Unsubscribe=One-Click", timeout=20) as answer:
        assert answer.status == 200
        assert answer.url == address
    reader.goto(link(mail, "preferences"))
    expect(reader.get_by_label("Weekly round-up")).not_to_be_checked()

    desk.open("/admin/newsletter/issue/")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    context.close()
    assert desk.complaints == []
