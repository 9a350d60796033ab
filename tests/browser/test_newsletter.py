"""Signing up in place and without script, and the pages behind the links of the mails."""

import email
import email.policy
import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessible import axe
from tests.browser.page_kinds import ARTICLE, visit
from tests.browser.progress import Watch
from tests.browser.test_reader_pages import HARD_TO_HIT, STICKING_OUT, THEMES, WIDTHS
from tests.conftest import Site

# A second list, so that there is a choice, and a form that has not been used today.
READY = """
from newsletter.models import MailingList, SignUp
MailingList.objects.get_or_create(
    slug="breaking", defaults={"name": "Breaking analysis", "blurb": "At once.", "position": 9}
)
SignUp.objects.all().delete()
"""


@pytest.fixture(scope="module")
def site(demo_site: Site) -> Site:
    demo_site.run(READY)
    return demo_site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def sign_up(page: Page, address: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Subscribe").click()


def mail_to(site: Site, address: str, subject: str) -> EmailMessage:
    """The mail to this address, once quickstart's worker has written it into the outbox."""
    outbox = Path(site.env["VAR_DIR"]) / "outbox"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for file in sorted(outbox.glob("*"), reverse=True):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if message["To"] == address and subject in message["Subject"]:
                return message
        time.sleep(0.3)
    raise AssertionError(f"no mail to {address} in {outbox}")


def part(message: EmailMessage, kind: str) -> str:
    return message.get_body((kind,)).get_content()


def link(message: EmailMessage, name: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/newsletter/{name}/\S+)", part(message, "plain"))
    assert found
    return found[1]


def inspect(page: Page) -> None:
    """Nothing sticks out at any width in either theme, every control can be hit, Axe is content."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(STICKING_OUT) == [], (page.url, theme, width)
        found = axe(page)
        assert len(found.response["passes"]) >= 5
        assert found.response["violations"] == [], (page.url, theme, found.generate_report())
    count, hard = page.evaluate(HARD_TO_HIT)
    assert count >= 1
    assert hard == [], page.url
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_with_script_the_form_answers_in_its_place(page: Page):
    """In the words of the page that it leads to without; the focus is where the words are."""
    watch = Watch(page)
    page.goto(ARTICLE)
    sign_up(page, "reader@somewhere.example")
    said = page.locator(".signup__said")
    expect(said).to_contain_text("Check your mail")
    expect(said).to_contain_text("a link to a page with one button")
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport()
    assert page.url.endswith(ARTICLE)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    inspect(page)
    page.get_by_role("button", name="Use another address").click()
    field = page.get_by_label("E-mail address")
    expect(field).to_be_focused()
    expect(field).to_have_value("reader@somewhere.example")
    expect(said).to_be_empty()
    assert watch.complaints == []
    assert page.context.cookies() == []


def test_with_script_a_bad_address_is_told_in_its_place(page: Page):
    page.goto(ARTICLE)
    field = page.get_by_label("E-mail address")
    for _ in range(2):
        sign_up(page, "reader@nowhere")
        expect(field).to_have_accessible_description(re.compile("does not look like"))
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        expect(page.locator("#signup-error")).to_have_count(1)
    inspect(page)
    sign_up(page, "reader@somewhere.example")
    expect(page.locator(".signup__said")).to_contain_text("Check your mail")
    assert page.url.endswith(ARTICLE)


def test_without_a_connection_the_address_stays_and_can_be_sent_again(page: Page):
    page.goto(ARTICLE)
    page.route("**/newsletter/subscribe/", lambda route: route.abort())
    sign_up(page, "reader@somewhere.example")
    field = page.get_by_label("E-mail address")
    expect(field).to_have_accessible_description(re.compile("could not be reached"))
    expect(field).to_have_value("reader@somewhere.example")
    page.unroute("**/newsletter/subscribe/")
    page.route("**/newsletter/subscribe/", lambda route: route.fulfill(status=503, body="busy"))
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("#signup-error")).to_have_count(1)
    page.unroute("**/newsletter/subscribe/")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator(".signup__said")).to_contain_text("Check your mail")


def test_two_quick_presses_send_the_form_once(page: Page):
    page.goto(ARTICLE)
    watch = Watch(page)
    page.get_by_label("E-mail address").fill("reader@somewhere.example")
    page.get_by_role("button", name="Subscribe").dblclick()
    expect(page.locator(".signup__said")).to_contain_text("Check your mail")
    assert sum(request.method == "POST" for request in watch.requests) == 1


def test_without_script_the_form_leads_to_the_page(browser: Browser, site: Site):
    """Which says honestly what comes, also when it is loaded again."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(ARTICLE)
    sign_up(page, "reader@somewhere.example")
    page.wait_for_url("**/newsletter/subscribed/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    context.close()


def test_without_script_a_bad_address_is_handed_back(page: Page):
    """The address stands in the field again, and the field names its error."""
    visit(page, "subscribe error")
    field = page.get_by_label("E-mail address")
    expect(field).to_have_value("reader@nowhere")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("does not look like"))
    sign_up(page, "reader@somewhere.example")
    expect(page.locator(".signup__said")).to_contain_text("Check your mail")


def test_from_the_form_to_the_mail_to_the_way_out(page: Page, site: Site):
    """A reader signs up, confirms, chooses, moves, leaves, comes back and is forgotten; each page
    and each mail is looked at on the way."""
    watch = Watch(page)
    page.goto(ARTICLE)
    sign_up(page, "walker@somewhere.example")
    expect(page.locator(".signup__said")).to_contain_text("Check your mail")
    message = mail_to(site, "walker@somewhere.example", "Please confirm")
    refusal = link(message, "refuse")

    page.goto(link(message, "confirm"))
    expect(page.get_by_label("Weekly round-up")).to_be_checked()
    expect(page.get_by_label("Breaking analysis")).not_to_be_checked()
    inspect(page)
    page.get_by_label("Weekly round-up").uncheck()
    page.get_by_role("button", name="Yes, subscribe me").click()
    expect(page.get_by_role("alert")).to_have_text("Please choose at least one.")
    inspect(page)
    page.get_by_label("Weekly round-up").check()
    page.get_by_role("button", name="Yes, subscribe me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed")
    inspect(page)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed")

    page.get_by_role("link", name="change what you get").click()
    key = page.url.rstrip("/").split("/")[-1]
    page.get_by_label("Breaking analysis").check()
    page.get_by_role("button", name="Save my lists").click()
    expect(page.get_by_role("status")).to_have_text("Your choice is saved.")
    expect(page.get_by_label("Breaking analysis")).to_be_checked()
    inspect(page)
    field = page.get_by_label("Get it at another address")
    field.fill("walker@nowhere")
    page.get_by_role("button", name="Change").click()
    expect(field).to_have_accessible_description(re.compile("does not look like"))
    inspect(page)
    field.fill("walker.new@somewhere.example")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("status")).to_contain_text("We are writing to the new address")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert "walker@somewhere.example" in Path(download.value.path()).read_text()

    moving = mail_to(site, "walker.new@somewhere.example", "new address")
    page.goto(link(moving, "move"))
    inspect(page)
    page.get_by_role("button", name="Yes, send it here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your mail comes here now")
    inspect(page)
    moved = mail_to(site, "walker@somewhere.example", "another address now")

    page.goto(refusal)
    inspect(page)
    page.goto(f"/newsletter/leave/{key}/")
    inspect(page)
    page.get_by_role("button", name="Leave this list").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You have left")
    inspect(page)
    page.get_by_role("button", name="Subscribe me again").click()
    expect(page.get_by_role("button", name="Leave this list")).to_be_visible()

    page.goto(f"/newsletter/erase/{key}/")
    inspect(page)
    page.get_by_role("button", name="Erase me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are forgotten")
    inspect(page)
    page.goto(f"/newsletter/leave/{key}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on no list")
    inspect(page)
    assert page.context.cookies() == []
    assert watch.hosts_beside(site.url) == set()
    # A page that answers 404 or 422 makes the browser say so; nothing else was complained of.
    assert [one for one in watch.complaints if "status of" not in one] == []

    for one in (message, moving, moved):
        sheet = page.context.new_page()  # on which no policy of ours forbids the mail its styles
        sheet.set_content(part(one, "html"))
        for theme in THEMES:
            sheet.emulate_media(color_scheme=theme)
            for width in WIDTHS:
                sheet.set_viewport_size({"width": width, "height": 900})
                assert sheet.evaluate(STICKING_OUT) == [], (one["Subject"], theme, width)
