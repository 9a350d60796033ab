import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles import prose
from articles.models import Article, Author, Byline, Section
from magazine.demo import archive


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
def test_a_further_run_adds_more() -> None:
    """Also where articles were deleted in between, and with the same seed."""
    generate("30")
    Article.objects.filter(pk__in=Article.objects.order_by("-pk").values("pk")[:10]).delete()
    Article.objects.filter(pk__in=Article.objects.order_by("pk").values("pk")[:5]).delete()
    generate("30")
    assert Article.objects.count() == 45
    assert Author.objects.count() == archive.AUTHORS


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_archive() -> None:
    def made() -> list[tuple[str, str, list[str]]]:
        generate("15", "--seed", "7")
        rows = [
            (article.headline, article.body, [author.slug for author in article.byline])
            for article in Article.objects.order_by("pk")
        ]
        Article.objects.all().delete()
        return rows

    assert made() == made()


@pytest.mark.django_db
def test_nothing_synthetic_is_dated_in_the_future() -> None:
    generate("50")
    assert not Article.objects.filter(published_at__gt=timezone.now()).exists()
    assert Byline.objects.exists()


@pytest.mark.parametrize("count", ["0", "-5", "1000001", "many"])
def test_a_silly_number_is_refused(count: str) -> None:
    with pytest.raises(CommandError, match=r"N is a number from 1 to 1000000|invalid int value"):
        generate("--", count)
