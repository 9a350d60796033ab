"""The whole newsroom in a browser: what breaks the policy, and what keeps somebody out."""

import json

import pytest

from tests.benchmarks.test_accessibility import THEMES, told, violations
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site

pytestmark = pytest.mark.benchmark

# Of a public article with a working copy, a lost conflict, an autosave, a note and a correction.
ROWS = """
import json, uuid
from dataclasses import replace
from django.contrib.auth.models import User
from articles.models import Article, FrontPage, Image, Note, Revision
chief = User.objects.get(username="chief")
article = Article.objects.published().newest_first()[0]
first = Revision.objects.newest(article)
typed = replace(first.content, headline="Changed", body=first.content.body + "<p>More.</p>")
second = Revision.objects.save_revision(article, typed, base=first.pk, by=chief).revision
other = replace(first.content, headline="Changed otherwise")
lost = Revision.objects.save_revision(article, other, base=first.pk, by=chief).revision
session = str(uuid.uuid4())
from tests import make
make.autosave(article, typed, session=session, base=second.pk, by=chief)
Note.objects.create(article=article, author=chief, text="Right?")
print(json.dumps({"article": article.pk, "first": first.pk, "second": second.pk,
    "lost": lost.pk, "picture": Image.objects.order_by("pk")[0].pk, "chief": chief.pk}))
"""
PAGES = {
    "first page": "/admin/",
    "list": "/admin/articles/article/?q=the",
    "new article": "/admin/articles/article/add/",
    "form": "/admin/articles/article/{article}/change/",
    "preview": "/admin/articles/article/{article}/preview/",
    "preview links": "/admin/articles/article/{article}/preview-links/",
    "publishing": "/admin/articles/article/{article}/publish/",
    "withdrawal": "/admin/articles/article/{article}/withdraw/",
    "history": "/admin/articles/article/{article}/history/",
    "comparison": "/admin/articles/article/{article}/compare/?a={first}&b={second}",
    "version": "/admin/articles/article/{article}/versions/{first}/",
    "restoring": "/admin/articles/article/{article}/versions/{first}/restore/",
    "merge": "/admin/articles/article/{article}/merge/{lost}/",
    "corrections": "/admin/articles/article/{article}/corrections/",
    "notes": "/admin/articles/article/{article}/notes/",
    "manuscript": "/admin/articles/article/docx/",
    "dead links": "/admin/articles/article/links/",
    "calendar": "/admin/articles/article/calendar/",
    "calendar, month": "/admin/articles/article/calendar/?month=2026-11",
    "desk": "/admin/articles/frontpage/",
    "place on the desk": "/admin/articles/frontpage/place/lead.1/",
    "library": "/admin/articles/image/",
    "picture": "/admin/articles/image/{picture}/change/",
    "words of pictures": "/admin/articles/image/words/?keys={picture}",
    "log": "/admin/log/",
    "people": "/admin/auth/user/",
    "invitation": "/admin/articles/invitation/add/",
    "lost factor": "/admin/auth/user/{chief}/change/",
    "account": "/accounts/",
    "login": "/accounts/login/",
}


@pytest.fixture(scope="module")
def keys(demo_site: Site) -> dict[str, int]:
    made = demo_site.run(ROWS)
    return dict(json.loads(made.splitlines()[-1]))


def test_pages_of_the_newsroom(browser, demo_site, keys, table):
    """Axe in both themes, and everything that the browser refuses or complains of."""
    context = browser.new_context(
        base_url=demo_site.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = sit_down(context, demo_site, "chief")
    outside = Desk(browser.new_context(base_url=demo_site.url).new_page())
    found, complaints = {}, []
    for name, address in PAGES.items():
        here = outside if name == "login" else desk
        here.open(address.format(**keys))
        assert here.page.url.split("?")[0].endswith(address.format(**keys).split("?")[0]), name
        # Axe itself puts styles into the page, which the policy refuses.
        complaints += here.complaints
        for theme in THEMES:
            here.page.emulate_media(color_scheme=theme)
            found[name, theme] = violations(here.page)
        here.complaints.clear()
    outside.page.context.close()
    context.close()
    for name in PAGES:
        count = sum(len(found[name, theme]) for theme in THEMES)
        table.add(f"axe violations, newsroom, {name}, both themes", str(count), "0")
    table.add(f"complaints of the browser on {len(PAGES)} pages", str(len(complaints)), "0")
    assert len(found) == 2 * len(PAGES) == 60
    assert not any(found.values()), told(found)
    assert complaints == []
