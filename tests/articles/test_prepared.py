"""Queries that are made once: with each question's own values, whoever asks."""

import gc
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.utils import timezone

import articles.views.article
import articles.views.front
import articles.views.listing  # noqa: F401 (what they have prepared)
from articles.database.prepared import Prepared
from articles.link_check.internal import KINDS, query_of
from articles.models import Article, Section
from articles.models.publishing import BEGINNING
from tests import make

pytestmark = pytest.mark.django_db


def of_keys() -> Prepared[Article]:
    return Prepared(
        lambda at, keys: Article.objects.published(at).filter(pk__in=keys).newest_first(),
        at=DateTimeField(),
        keys=[BigIntegerField()],
    )


@pytest.mark.parametrize("number", [1, 2, 4, 5, 17])
def test_a_list_may_have_any_length(django_assert_num_queries, number):
    """The statement is made for a round number of values; what is left over finds nothing more."""
    made = [make.article(minutes_ago=minutes) for minutes in range(1, 20)]
    keys = [article.pk for article in made[:number]]
    with django_assert_num_queries(1):
        assert of_keys().rows(at=timezone.now(), keys=keys) == made[:number]


def test_each_question_has_its_own_values():
    """Neither the rows nor the values of the one before are kept."""
    first, second = make.article("First"), make.article("Second")
    query = of_keys()
    now, before = timezone.now(), timezone.now() - timedelta(days=2)
    assert query.rows(at=now, keys=[first.pk]) == [first]
    assert query.rows(at=now, keys=[second.pk]) == [second]
    assert query.rows(at=before, keys=[second.pk]) == []
    second.headline = "Changed"
    second.save()
    assert query.rows(at=now, keys=[second.pk])[0].headline == "Changed"


def test_the_statement_is_made_once_for_a_length():
    made: list[int] = []

    def by_slug(slugs: list[Any]) -> Any:
        made.append(len(slugs))
        return Article.objects.filter(slug__in=slugs)

    query = Prepared(by_slug, slugs=[CharField()])
    for slugs in (["a"], ["b"], ["a", "b"], ["a", "b", "c", "d"], ["e"]):
        query.rows(slugs=slugs)
    assert made == [1, 4]


def test_what_somebody_typed_is_never_part_of_the_statement():
    article = make.article(slug="plain")
    query = Prepared(lambda slug: Article.objects.filter(slug=slug), slug=CharField())
    for slug in ("%s", "%(slug)s", "' OR 1=1 --", "plain'"):
        assert query.rows(slug=slug) == []
    assert query.first(slug="plain") == article


def test_values_and_related_rows_come_as_from_any_queryset(django_assert_num_queries):
    article = make.article(section=Section.objects.get(slug="europe"))
    flat = Prepared(
        lambda key: Article.objects.filter(pk=key).values_list("slug", flat=True),
        key=BigIntegerField(),
    )
    joined = Prepared(
        lambda key: Article.objects.filter(pk=key).select_related("section"), key=BigIntegerField()
    )
    assert flat.rows(key=article.pk) == [article.slug]
    with django_assert_num_queries(1):
        found = joined.first(key=article.pk)
        assert (found.published_at, found.section.slug) == (article.published_at, "europe")


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_over_its_own_connection():
    article = make.article()
    query = of_keys()
    values = {"at": timezone.now(), "keys": [article.pk]}
    assert query.rows(**values) == [article]

    def ask() -> tuple[list[Article], bool]:
        try:
            return query.rows(**values), connection.connection is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result() == ([article], True)


def test_no_query_of_the_readers_pages_has_kept_the_moment_at_which_it_was_made():
    """`published()` without a moment means now: in a statement that is made once, now would never
    pass."""
    query_of(*sorted(KINDS))
    prepared = [one for one in gc.get_objects() if type(one) is Prepared and of_ours(one)]
    assert len(prepared) >= 27
    for query in prepared:
        for value in query.make_for((1,) * len(query.lists)).params:
            is_bound = str(value).startswith(str(BEGINNING.date()))
            assert is_bound or not re.match(r"\d{4}-\d\d-\d\d", str(value)), query.make


def of_ours(query: Prepared[Any]) -> bool:
    return query.make.__module__.startswith(("articles.", "newsletter."))
