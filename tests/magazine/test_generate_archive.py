import io
import itertools
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from taggit.models import Tag

from articles import prose
from articles.models import Article, Author, Byline, Section
from magazine.demo import archive
from tests import make


def generate(*arguments: str) -> str:
    output = io.StringIO()
    call_command("generate_archive", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_an_archive_is_spread_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections, formats, authors, tags, years: every listing has something to page through."""
    monkeypatch.setattr(archive, "BATCH", 150)
    assert "400 articles added" in generate("400")
    articles = list(Article.objects.published().with_byline())
    assert len(articles) == 400
    assert len({article.section_id for article in articles}) == Section.objects.count()
    assert len({article.format_id for article in articles}) == 7
    assert len({article.published_at.year for article in articles}) >= 20
    assert Author.objects.count() == archive.AUTHORS
    assert {len(article.byline) for article in articles} == {0, 1, 2, 3}
    assert all(article.tags.exists() for article in articles[:5])
    assert Article.objects.exclude(series=None).exists()
    assert Article.objects.exclude(also_in=None).exists()


@pytest.mark.django_db
def test_what_listings_read_is_derived_from_the_body() -> None:
    """Teaser, rest and word count are what `save()` would have made of it."""
    generate("20")
    for article in Article.objects.all():
        split = prose.split_teaser(article.body)
        assert (article.teaser, article.has_rest, article.word_count) == split
        assert article.prose_policy == prose.POLICY_VERSION
        assert article.teaser


@pytest.mark.django_db
def test_one_author_and_one_tag_have_far_more_than_the_others() -> None:
    """Some measurement must meet the longest listings."""
    generate("400")
    authors = Author.objects.annotate(number=Count("bylines")).order_by("-number")
    tags = Tag.objects.annotate(number=Count("taggit_taggeditem_items")).order_by("-number")
    assert authors[0].number > 1.2 * authors[1].number
    assert tags[0].number > 1.2 * tags[1].number


@pytest.mark.django_db
def test_a_further_run_goes_on_to_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was deleted stays deleted, and what others wrote does not count."""
    monkeypatch.setattr(archive, "BATCH", 10)
    make.article("Written by hand")
    assert "30 articles added, 30 of seed 1 in all." in generate("30")
    Article.objects.filter(pk__in=Article.objects.order_by("pk").values("pk")[5:9]).delete()
    assert "0 articles added, 30 of seed 1 in all." in generate("30")
    assert "0 articles added, 30 of seed 1 in all." in generate("20")
    assert "15 articles added, 45 of seed 1 in all." in generate("45")
    assert "10 articles added, 10 of seed 11 in all." in generate("10", "--seed", "11")
    assert Article.objects.count() == 1 + 30 - 4 + 15 + 10
    assert Author.objects.count() >= archive.AUTHORS


@pytest.mark.django_db
def test_a_run_that_was_killed_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a batch: the same command makes the same archive as one that ran through."""
    monkeypatch.setattr(archive, "BATCH", 10)
    insert, calls = archive.insert, itertools.count()

    def killed(*args: Any) -> None:
        if next(calls) == 9:
            raise KeyboardInterrupt
        insert(*args)

    monkeypatch.setattr(archive, "insert", killed)
    with pytest.raises(KeyboardInterrupt):
        generate("35")
    assert Article.objects.count() == 20
    monkeypatch.setattr(archive, "insert", insert)
    assert "15 articles added, 35 of seed 1 in all." in generate("35")
    gone_on = archived()
    Article.objects.all().delete()
    generate("35")
    assert archived() == gone_on


def archived() -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (
            article.slug,
            article.body,
            [author.slug for author in article.byline],
            sorted(tag.name for tag in article.tags.all()),
        )
        for article in Article.objects.order_by("pk")
    ]


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_archive() -> None:
    generate("15", "--seed", "7")
    first = archived()
    Article.objects.all().delete()
    generate("15", "--seed", "7")
    assert archived() == first
    assert len(first) == 15


@pytest.mark.django_db(transaction=True)
def test_the_database_knows_how_many_rows_there_are() -> None:
    """It has looked at the tables when the command ends."""
    generate("60")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'articles_article'")
        else:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'article_newest'")
        (said,) = cursor.fetchone()
    assert int(str(said).split()[0].partition(".")[0]) == 60


@pytest.mark.django_db
def test_nothing_synthetic_is_dated_in_the_future() -> None:
    generate("50")
    assert not Article.objects.filter(published_at__gt=timezone.now()).exists()
    assert Byline.objects.exists()


@pytest.mark.parametrize("count", ["0", "-5", "1000001", "many"])
def test_a_silly_number_is_refused(count: str) -> None:
    with pytest.raises(CommandError, match=r"N is a number from 1 to 1000000|invalid int value"):
        generate("--", count)
