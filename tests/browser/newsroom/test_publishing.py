"""Going public in a browser: the page of publishing, and the checklist beside the form."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessible import axe
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site, quickstarted

ROWS = """
from dataclasses import replace
from articles.models import Article, Revision
def made(slug, **fields):
    return Article.objects.create(headline=slug.capitalize(), slug=slug, **fields)
for slug in ("now", "timed", "held", "plain", "blocked", "typed"):
    made(slug, body="<p>Text.</p>")
Article.objects.filter(slug="blocked").update(slug="about")
live = made("live", body='<p>A “slip <a href="/gone/">there</a>.</p>')
live.publish()
newest = Revision.objects.newest(live)
again = replace(newest.content, headline="Live again")
Revision.objects.save_revision(live, again, base=newest.pk, by=None)
"""
LOOK = """
from articles.models import Article
for article in Article.objects.all():
    print(article.slug, article.pk, article.published_at, article.embargoed_until, sep="|")
"""
AUTOSAVE = """
from dataclasses import replace
from django.contrib.auth.models import User
from articles.models import Article, Revision
article = Article.objects.get(slug="typed")
text = replace(Revision.objects.newest(article).content, slug="admin", deck="A deck")
user = User.objects.get(username="editor")
from tests import make
make.autosave(article, text, session="one", base=None, by=user)
"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine in Berlin, in which these tests may publish."""
    var = tmp_path_factory.mktemp("publishing")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIME_ZONE", "Europe/Berlin")
        with quickstarted(var, "magazine_publishing_of_tests", "--no-demo") as site:
            shell(site, ROWS)
            site.manage("check_links")
            yield site


def shell(site: Site, code: str) -> str:
    return site.run(code)


def row(site: Site, slug: str) -> list[str]:
    """Key, moment of publication and embargo of an article."""
    return next(
        line.split("|")[1:] for line in shell(site, LOOK).splitlines() if line.startswith(slug)
    )


keys: dict[str, str] = {}


def address(site: Site, slug: str, page: str = "publish") -> str:
    """Of an article's page in the newsroom; asking a site for its keys takes seconds."""
    if not keys:
        keys.update(line.split("|")[:2] for line in shell(site, LOOK).splitlines())
    return f"/admin/articles/article/{keys[slug]}/{page}/"


@pytest.fixture
def desk(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    """An editor's desk; a test that uses it fails if the browser complained of anything."""
    context = browser.new_context(
        base_url=newsroom.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = sit_down(context, newsroom, "editor")
    yield desk
    context.close()
    assert desk.complaints == []


def test_from_the_form_to_the_public_in_two_clicks(desk, newsroom):
    """And taken off the site again."""
    desk.open(address(newsroom, "now", "change"))
    desk.page.get_by_role("link", name="Publishing: now").click()
    expect(desk.page.locator(".publishing__state")).to_have_text("Draft — not public")
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.page.locator(".messagelist")).to_contain_text("Public since")
    assert desk.page.request.get("/now/").status == 200
    desk.page.get_by_role("link", name="Publishing: now").click()
    desk.page.get_by_role("link", name="Take off the site").click()
    desk.page.get_by_role("button", name="Take it off the site").click()
    assert desk.page.request.get("/now/").status != 200


def test_a_time_is_typed_and_one_that_the_clock_skips_is_asked_about(desk, newsroom):
    """With the time zone beside it; then taken back."""
    desk.open(address(newsroom, "timed"))
    at = desk.page.get_by_label("Date and time")
    expect(at).to_be_hidden()
    desk.page.get_by_label("At a time").check()
    expect(desk.page.locator("#id_at_helptext")).to_contain_text("Time zone: Europe/Berlin (now")
    at.fill("2198-03-25T02:30:00")
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    question = desk.page.get_by_label("Instead of it?")
    expect(desk.page.locator(".errorlist")).to_contain_text("The clock skips 02:30 on that day.")
    question.select_option(label="03:30 CEST (UTC+2)")
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    said = desk.page.locator(".messagelist")
    expect(said).to_contain_text("Scheduled for 25 March 2198, 03:30 (CEST)")
    assert row(newsroom, "timed")[1] == "2198-03-25 01:30:00+00:00"
    desk.open(address(newsroom, "timed"))
    desk.page.get_by_role("button", name="Do not publish it").click()
    expect(said).to_contain_text("No longer scheduled")
    assert row(newsroom, "timed")[1] == "None"


def test_an_embargo_blocks_now_and_goes_with_a_time(desk, newsroom):
    """The page says so, and keeps what was typed."""
    desk.open(address(newsroom, "held"))
    desk.page.get_by_label("Embargo until").fill("2198-07-02T06:00:00")
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.page.locator(".errornote")).to_contain_text("It cannot be published as it is")
    desk.page.get_by_label("At a time").check()
    desk.page.get_by_label("Date and time").fill("2198-07-01T18:00:00")
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.page.locator(".messagelist")).to_contain_text("Embargoed until 2 July 2198, 06:00")
    assert row(newsroom, "held")[1:] == ["2198-07-01 16:00:00+00:00", "2198-07-02 04:00:00+00:00"]


def test_what_blocks_is_refused_and_leads_to_the_field(desk, newsroom):
    """From the page of publishing to the field of the form, ready to type."""
    desk.open(address(newsroom, "about"))
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.page.locator(".errornote")).to_contain_text("It cannot be published as it is")
    desk.page.get_by_role("link", name="Another page has the address").click()
    expect(desk.page.get_by_label("Slug")).to_be_focused()
    assert row(newsroom, "about")[1] == "None"


def test_the_checklist_follows_the_autosave_and_leads_to_each_field(desk, newsroom):
    """What blocks is said once to those who listen; a hidden input leads to what stands for it."""
    desk.open(address(newsroom, "typed", "change"))
    panel = desk.page.locator("[data-checklist]")
    expect(panel.locator("li")).to_have_count(2)
    panel.get_by_role("link", name="It has no deck.").click()
    expect(desk.page.get_by_label("Deck")).to_be_focused()
    shell(newsroom, AUTOSAVE)
    desk.page.evaluate(
        "document.getElementById('article_form').dispatchEvent("
        "new CustomEvent('autosaved', {detail: {session: 'one'}}))"
    )
    expect(panel.locator("li").first).to_contain_text("one of the magazine's own addresses")
    expect(panel.get_by_role("link", name="It has no deck.")).to_have_count(0)
    expect(panel.get_by_role("status")).to_contain_text("1 point must be mended")


def test_everything_works_without_script(browser, newsroom):
    """The time is asked for beside the choice, and the button sends it."""
    context = browser.new_context(base_url=newsroom.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(newsroom.passwords["editor"])
    page.get_by_role("button", name="Log in").click()
    page.goto(address(newsroom, "plain"))
    page.get_by_label("At a time").check()
    page.get_by_label("Date and time").fill("2198-07-01T18:00:00")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Scheduled for 1 July 2198, 18:00 (CEST)")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(browser, newsroom, scheme):
    """On a draft, a live article, a refusal, the form and the report."""
    context = browser.new_context(base_url=newsroom.url, color_scheme=scheme)
    desk = sit_down(context, newsroom, "editor")
    looked_at = 0
    for path in (
        address(newsroom, "typed"),
        address(newsroom, "live"),
        address(newsroom, "about"),
        address(newsroom, "live", "change"),
        "/admin/articles/article/links/",
        "/admin/articles/article/links/?of=elsewhere",
    ):
        desk.open(path)
        if path == address(newsroom, "about"):
            desk.page.get_by_role("button", name="Publish", exact=True).click()
            expect(desk.page.locator(".errornote")).to_be_visible()
        for width in (360, 768, 1280):
            desk.page.set_viewport_size({"width": width, "height": 900})
            wide = desk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, (path, width)
        found = axe(desk.page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        looked_at += 1
    assert looked_at == 6
    context.close()
