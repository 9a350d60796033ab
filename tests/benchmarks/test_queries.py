"""How many questions a page asks the database, in a small magazine and in a large one."""

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag

from articles.models import Article, Author, Format, Image, Section, Series
from tests import make
from tests.articles.picture_files import jpeg, upload

pytestmark = pytest.mark.benchmark

SMALL, LARGE = 30, 10_000
MOST = 13
LATER = "?before=29991231T000000.000000-1"


def addresses() -> dict[str, str]:
    """One address of every kind of page, of an article that has all that asks the database."""
    article = Article.objects.get(slug="full")
    return {
        "front": "/",
        "section": article.section.get_absolute_url(),
        "section, later page": article.section.get_absolute_url() + LATER,
        "format": article.format.get_absolute_url(),
        "series": article.series.get_absolute_url(),
        "author": article.byline[0].get_absolute_url(),
        "tag": f"/tag/{article.tags.get().slug}/",
        "article": "/full/",
        "rest": "/full/rest/",
        "corrections": "/corrections/",
        "static page": "/about/",
        "404": "/there-is-nothing-here/",
        "subscribed": "/newsletter/subscribed/",
    }


def fill(count: int) -> float:
    """Seconds that it took to bring the archive to `count` articles."""
    started = time.monotonic()
    others = Article.objects.exclude(slug__startswith="archive-").count()
    call_command("generate_archive", str(count - others), stdout=StringIO())
    assert Article.objects.count() == count
    return time.monotonic() - started


def queries(client) -> dict[str, int]:
    found = {}
    for kind, address in addresses().items():
        # What pages share is made for one that is none of these.
        version = make.content_version()
        client.get("/about/", **version)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, **version)
        assert answer.status_code == (404 if kind == "404" else 200), kind
        found[kind] = len(captured)
    return found


def make_a_full_article(image: Image) -> None:
    """With a series, a tag, two authors, a lead image, a link, a picture in its rest, and a
    correction."""
    article = make.article(
        slug="full",
        section=Section.objects.get(slug="europe"),
        format=Format.objects.get(slug="analysis"),
        series=Series.objects.all()[0],
        tags=[Tag.objects.all()[0].name],
        authors=Author.objects.all()[:2],
        lead_image=image,
        body=make.FIVE_PARAGRAPHS
        + f'<p><a href="/tag/none/">x</a></p><figure data-image="{image.pk}"></figure>',
    )
    article.correct("correction", "It was a Wednesday.")


@pytest.mark.django_db
def test_a_page_asks_as_much_in_a_large_archive_as_in_a_small_one(client, table):
    # What the archive takes its lead images from.
    image = Image.objects.create(file=upload(jpeg()), alt="Two halves, one red and one blue")
    fill(SMALL - 1)
    make_a_full_article(image)
    small = queries(client)
    seconds = fill(LARGE)
    large = queries(client)
    for kind in small:
        table.add(
            f"queries, {kind}, {SMALL} / {LARGE} articles",
            f"{small[kind]} / {large[kind]}",
            f"equal, ≤ {MOST}",
        )
    table.add(f"seconds to generate {LARGE} articles", f"{seconds:.1f}", "60 (not asserted)")
    assert small == large
    assert max(large.values()) <= MOST
