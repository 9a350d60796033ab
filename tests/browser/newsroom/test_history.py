"""The history of an article in a browser: listed, compared, restored."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.benchmarks.test_accessibility import THEMES, told, violations
from tests.browser.logged_in import EVERY_NODE
from tests.conftest import Site, quickstarted

ROWS = """
from dataclasses import replace
from io import BytesIO
from PIL import Image as Drawing
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from articles.models import Article, Image, Revision
for colour in ("teal", "olive"):
    file = BytesIO()
    Drawing.new("RGB", (900, 600), colour).save(file, "JPEG")
    Image.objects.ingest(ContentFile(file.getvalue(), "a.jpg"), alt=f"A surface in {{colour}}")
body = {body!r}
article = Article.objects.create(headline="Every node", slug="every-node", body=body)
article.publish()
chief = User.objects.get(username="chief")
first, second = Image.objects.order_by("pk")
edits = [
    {{"headline": "Every node, edited", "lead_image": first.pk, "tags": ("ports",)}},
    {{"body": body.replace("A <strong>bold", "One <strong>bold").replace("12", "13")
              .replace("<p>End</p>", "") + "<p>New</p>" + "<p>Same</p>" * 9,
      "lead_image": second.pk}},
    {{"body": body.replace('data-image="1"', 'data-image="2"', 1), "deck": "A deck"}},
]
for changes in edits:
    newest = Article.objects.get(pk=article.pk).working_copy
    text = replace(newest.content, **changes)
    Revision.objects.save_revision(article, text, base=newest.pk, by=chief, note="Cut")
newest = Article.objects.get(pk=article.pk).working_copy
typed = replace(newest.content, headline="Typed at night")
from tests import make
make.autosave(article, typed, session="one", base=newest.pk, by=chief)
"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine with one public article of five versions."""
    with quickstarted(
        tmp_path_factory.mktemp("history"), "magazine_history_of_tests", "--no-demo"
    ) as site:
        site.run(ROWS.format(body=EVERY_NODE))
        yield site


def test_an_old_version_is_found_compared_and_restored(desk, newsroom):
    """From the list to the comparison to the question to the form; readers see nothing of it."""
    page = desk.page
    desk.open("/admin/articles/article/1/change/")
    page.get_by_role("link", name="History").click()
    versions = page.locator(".versions__list > .versions__version")
    expect(versions).to_have_count(5)
    expect(versions.first).to_contain_text("Working copy")
    page.get_by_label("A, the old one: Version 3", exact=True).check()
    page.get_by_label("B, the new one: Version 4", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 3 and version 4")
    body = page.locator(".comparison__body")
    expect(body.locator("p del").first).to_contain_text("A")
    expect(body.locator("p ins").first).to_contain_text("One")
    expect(body.get_by_text("unchanged paragraphs").first).to_be_visible()
    expect(page.locator(".comparison__value img")).to_have_count(2)
    page.get_by_role("link", name="Restore version 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Restore version 3?")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".messagelist")).to_contain_text(
        "Version 3 is the working copy again, as version 6."
    )
    desk.open("/admin/articles/article/1/history/")
    expect(versions.first).to_contain_text("“Version 3 restored”")
    page.goto("/every-node/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Every node")


def test_its_pages_are_for_everybody(desk, tmp_path: Path):
    """Axe finds nothing in either theme, and nothing is wider than a phone."""
    history = "/admin/articles/article/1/history/"
    desk.open(history)
    ways = desk.page.locator(".versions__list > .versions__version").last.locator("a")
    version = ways.first.get_attribute("href")
    key = int(version.rstrip("/").rsplit("/", 1)[-1])
    compare = f"/admin/articles/article/1/compare/?a={key + 3}&b={key + 4}"
    found = {}
    for path in (history, version, compare, f"{version}restore/"):
        desk.open(path)
        for details in desk.page.locator("details").all():
            details.locator("summary").click()
        for theme in THEMES:
            desk.page.emulate_media(color_scheme=theme)
            found[path, theme] = violations(desk.page)
        desk.page.set_viewport_size({"width": 360, "height": 800})
        wider = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path
        desk.page.set_viewport_size({"width": 1280, "height": 900})
    assert len(found) == 8
    assert not any(found.values()), told(found)
