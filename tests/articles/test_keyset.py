"""Listings cut by the last row seen."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404, QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import keyset
from articles.models import Article, Section
from tests import make

pytestmark = pytest.mark.django_db


def page(query: str | None = "", length: int = 3) -> keyset.Slice:
    query = QueryDict((query or "").lstrip("?"))
    return keyset.cut(Article.objects.published(), query, length)


@pytest.fixture
def eleven() -> list[Article]:
    """Newest first; four of them share one moment."""
    moment = timezone.now() - timedelta(hours=1)
    made = [
        make.article(published_at=moment - timedelta(minutes=max(0, number - 3)))
        for number in range(11)
    ]
    return sorted(made, key=lambda article: (article.published_at, article.pk), reverse=True)


def test_going_older_shows_every_article_once(eleven):
    seen, query = [], ""
    while query is not None:
        found = page(query)
        seen += found.rows
        query = found.older
    assert seen == eleven


def test_going_newer_leads_back_over_the_same_pages(eleven):
    first = page()
    second = page(first.older)
    third = page(second.older)
    assert page(third.newer).rows == second.rows
    assert page(page(third.newer).newer).rows == first.rows
    assert first.newer is None


def test_parts_of_a_listing_are_paged_as_one(eleven):
    """Each article once, whether it stands in one part or in both."""
    articles = Article.objects.published()
    some = articles.filter(pk__in=[article.pk for article in eleven[::2]])
    others = articles.filter(pk__in=[article.pk for article in eleven[1::2] + eleven[:3]])
    pages, query = [], ""
    while query is not None:
        query = QueryDict(query.lstrip("?"))
        pages.append(keyset.cut(some, query, 3, also=[others]))
        query = pages[-1].older
    assert [row for page in pages for row in page.rows] == eleven
    newer = QueryDict(pages[2].newer.lstrip("?"))
    assert keyset.cut(some, newer, 3, also=[others]).rows == pages[1].rows


def test_the_first_page_is_full_when_one_comes_back_to_it(eleven):
    """A reader who goes back to the top sees a whole page, new articles included."""
    older = page(page().older)
    new = make.article(minutes_ago=1)
    back = page(older.newer)
    assert back.rows[-1] == eleven[2] or new in back.rows
    assert len(back.rows) == 3


def test_a_new_article_moves_nothing_on_a_later_page(eleven):
    query = page().older
    before = page(query).rows
    make.article(minutes_ago=1)
    assert page(query).rows == before


@pytest.mark.parametrize(
    "mark",
    [
        "x",
        "-",
        "20260101T000000.000000",
        "20260101T000000.000000-x",
        "20269901T000000.0-1",
        "1-1",
        "20260101T000000.000000-99999999999999999999",
        "20260101T000000.000000--1",
        "\x00",
        "0" * 5000,
    ],
)
def test_a_mark_that_no_page_wrote_is_not_found(mark):
    for parameter in ("before", "after"):
        query = QueryDict(mutable=True)
        query[parameter] = mark
        with pytest.raises(Http404):
            keyset.cut(Article.objects.published(), query)


def test_a_later_page_asks_as_many_queries_as_the_first(client, django_assert_num_queries):
    """And none of them counts rows or skips over them."""
    europe = Section.objects.get(slug="europe")
    for _ in range(25):
        make.article(section=europe)
    with CaptureQueriesContext(connection) as first:
        page = client.get("/section/europe/").context["page"]
    with django_assert_num_queries(len(first)):
        client.get(f"/section/europe/{page.older}")
    assert len(first) <= 10
    assert not any("COUNT(" in query["sql"] or "OFFSET" in query["sql"] for query in first)
