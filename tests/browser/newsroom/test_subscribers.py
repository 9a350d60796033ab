"""The newsletter's subscribers and a running issue in a browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site, quickstarted

ROWS = """
from datetime import timedelta
from django.utils import timezone
from newsletter.models import Consent, Delivery, Issue, MailEvent, MailingList
from newsletter.models import Subscriber, Suppression
now = timezone.now()
to = MailingList.objects.all()[0]
for name in ("ada", "bo"):
    person = Subscriber.objects.create(email=f"{name}@example.org", confirmed_at=now)
    person.join(to)
    person.consents.create(action="confirmed", lists=str(to), wording="Yes")
Suppression.objects.suppress(person.digest, Suppression.Reason.BOUNCED)
issue = Issue.objects.create(
    list=to, subject="The week", html="x", text="x", slug="the-week", approved_at=now,
    started_at=now, prepared_at=now, state="paused",
)
def rows(state, number, **fields):
    Delivery.objects.bulk_create(
        Delivery(issue=issue, address=f"{state}{one}@example.org", state=state, **fields)
        for one in range(number)
    )
rows("sent", 30, finished_at=now)
rows("pending", 60)
rows("deferred", 2, error="Try again later", code=451)
rows("failed", 4, error="No such user", code=550, finished_at=now)
rows("unknown", 4, error="The connection broke", finished_at=now)
sent = Delivery.objects.create(
    issue=issue, address="ada@example.org", state="sent",
    subscription=Subscriber.objects.get(email="ada@example.org").subscriptions.get(),
)
MailEvent.objects.receive("mailbox", "1", kind="soft", happened_at=now, delivery=sent)
"""
MORE = """
from newsletter.models import Delivery, Issue
from django.utils import timezone
some = Delivery.objects.filter(state="pending").values_list("pk", flat=True)[:{number}]
Delivery.objects.filter(pk__in=list(some)).update(state="sent", finished_at=timezone.now())
Issue.objects.filter(state="sending").update(state="{state}")
"""
WATCH = "/admin/newsletter/issue/1/watch/"
LIST = "/admin/newsletter/subscriber/"
PAGES = [
    LIST,
    f"{LIST}?q=bo%40example.org",
    f"{LIST}1/change/",
    f"{LIST}2/change/",
    f"{LIST}1/erase/",
    f"{LIST}import/",
    f"{LIST}export/",
    WATCH,
    "/admin/newsletter/mailevent/",
    "/admin/newsletter/mailevent/1/change/",
]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("subscribers")
    with pytest.MonkeyPatch.context() as patch:
        # The tests say what becomes of the mails, not quickstart's worker.
        patch.setenv("NEWSLETTER_SENDING", "False")
        with quickstarted(var, "magazine_subscribers_of_tests", "--no-demo") as site:
            shell(site, ROWS)
            yield site


def shell(site: Site, code: str) -> None:
    site.run(code)


@pytest.fixture
def desk(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    """A chief's desk; a test that uses it fails if the browser complained of anything."""
    context = browser.new_context(
        base_url=newsroom.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = sit_down(context, newsroom, "chief")
    yield desk
    context.close()
    assert desk.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_at_every_width(desk, scheme):
    """At 360, 768 and 1280 pixels nothing sticks out."""
    desk.page.emulate_media(color_scheme=scheme)
    looked_at = 0
    for path in PAGES:
        for width in (360, 768, 1280):
            desk.page.set_viewport_size({"width": width, "height": 900})
            desk.open(path)
            wider = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, (path, width)
            looked_at += 1
        assert desk.complaints == []
        found = axe(desk.page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        # Axe itself tries styles on some pages, which the policy refuses.
        desk.complaints.clear()
    assert looked_at == 30


def choose(desk: Desk, content: str) -> None:
    desk.open(f"{LIST}import/")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()}
    desk.page.get_by_label("CSV file").set_input_files(file)
    desk.page.get_by_label("How and when").fill("Signed the list at the spring conference.")
    desk.page.get_by_role("button", name="Look it through").click()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_a_file_is_imported_to_its_end_while_somebody_looks_on(desk, width):
    desk.page.set_viewport_size({"width": width, "height": 900})
    lines = "".join(f"reader{number}-{width}@example.org\n" for number in range(2_500))
    choose(desk, f"email\n{lines}nobody\n")
    expect(desk.page.get_by_text("Line 2502")).to_be_visible(timeout=60_000)
    for scheme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=scheme)
        found = axe(desk.page)
        assert found.violations_count == 0, found.generate_report()
    desk.page.get_by_role("button", name="Import 2500 people").click()
    expect(desk.page.get_by_text("Done: 2500 people are on")).to_be_visible(timeout=90_000)
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_that_is_none_is_refused_beside_its_field(desk):
    choose(desk, "\0\0")
    expect(desk.page.get_by_text("It is no text.")).to_be_visible()
    found = axe(desk.page)
    assert found.violations_count == 0, found.generate_report()


def test_who_loses_the_connection_during_an_import_is_told_and_the_work_goes_on(desk):
    choose(desk, "email\n" + "".join(f"late{number}@example.org\n" for number in range(1_500)))
    address = re.compile(r".*/import/\d+/$")
    expect(desk.page).to_have_url(address, timeout=60_000)

    def cut(route: Route) -> None:
        route.abort() if route.request.resource_type == "fetch" else route.continue_()

    desk.page.get_by_role("button", name="Import 1500 people").wait_for(timeout=60_000)
    desk.page.route(address, cut)
    desk.page.get_by_role("button", name="Import 1500 people").click()
    trouble = desk.page.get_by_role("status")
    expect(trouble).to_contain_text("The connection is lost.", timeout=30_000)
    expect(trouble).to_contain_text("The work goes on without this page.")
    desk.page.unroute(address)
    expect(desk.page.get_by_text("Done: 1500 people are on")).to_be_visible(timeout=60_000)
    # The browser itself names each request that was cut off; nothing else was wrong.
    assert desk.complaints
    assert all("ERR_FAILED" in complaint for complaint in desk.complaints)
    desk.complaints.clear()


def test_an_issue_is_watched_without_loading_the_page_again(desk, newsroom):
    """It counts on, says when the connection is lost and back, and what it came to."""
    page = desk.page
    desk.open(WATCH)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.evaluate("window.same = true")
    expect(page.get_by_text("of 101 done")).to_have_text("39 of 101 done, 38 %")
    shell(newsroom, MORE.format(number=40, state="sending"))
    expect(page.get_by_text("of 101 done")).to_have_text("79 of 101 done, 78 %", timeout=30_000)
    expect(page.locator("#watch-said")).to_have_text("Sending: 70 % done.")

    page.route("**/watch/now/", lambda route: route.abort())
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost.", timeout=30_000)
    page.unroute("**/watch/now/")
    expect(page.get_by_role("alert")).to_be_hidden(timeout=30_000)
    assert page.evaluate("window.same")

    page.get_by_role("button", name="Send again to unknown0@example.org").click()
    expect(page.locator(".messagelist")).to_contain_text("unknown0@example.org is sent again")
    page.get_by_role("button", name="Leave unknown1@example.org").click()
    expect(page.locator(".messagelist")).to_contain_text("unknown1@example.org is left at that")
    expect(page.get_by_role("button", name="unknown1")).to_have_count(0)

    shell(newsroom, MORE.format(number=100, state="sent"))
    expect(page.locator("#watch-said")).to_have_text("Sent.", timeout=30_000)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(5_000)
    assert [url for url in asked if "/now/" in url] == []
    assert {("ERR_FAILED" in complaint) for complaint in desk.complaints} == {True}
    desk.complaints.clear()


def test_without_script_all_of_it_works(browser: Browser, newsroom: Site, desk):
    state = desk.page.context.storage_state()
    context: BrowserContext = browser.new_context(
        base_url=newsroom.url, java_script_enabled=False, storage_state=state
    )
    page = context.new_page()
    page.goto(WATCH)
    expect(page.get_by_text("of 101 done")).to_be_visible()
    page.goto(f"{LIST}import/")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"email\nplain@example.org\n"}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_label("How and when").fill("Signed the list at the spring conference.")
    page.get_by_role("button", name="Look it through").click()
    page.get_by_role("button", name="Import 1 person").click()
    expect(page.get_by_text("Done: 1 person is on")).to_be_visible()
    page.goto(f"{LIST}?q=plain")
    page.get_by_role("link", name="plain@example.org").click()
    page.get_by_role("link", name="Erase this person").click()
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("No import brings this person back")).to_be_visible()
    context.close()
