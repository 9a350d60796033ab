"""Which articles stand beside each other."""

import pytest

from articles import related
from articles.models import Article, Format, Section, Series
from articles.page_parts import PageParts
from articles.templatetags.cards import card
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def stream_of(article: Article) -> list[str]:
    keys = related.stream(article, article.tags.all(), PageParts())
    return [other.headline for other in related.cards(keys, PageParts())]


def test_the_stream_prefers_the_series_then_tags_then_section_then_the_newest():
    """Whatever their dates: a better reason wins over a newer article."""
    series = Series.objects.create(name="Straits", slug="straits")
    europe = Section.objects.get(slug="europe")
    article = make.article(series=series, section=europe, tags=["shipping"], minutes_ago=50)
    for minutes in range(1, 5):
        make.article(f"Newest {minutes}", minutes_ago=minutes)
    assert stream_of(article) == ["Newest 1", "Newest 2", "Newest 3"]
    make.article("Same section", section=europe, minutes_ago=60)
    assert stream_of(article) == ["Same section", "Newest 1", "Newest 2"]
    make.article("Same tag", tags=["shipping"], minutes_ago=70)
    assert stream_of(article) == ["Same tag", "Same section", "Newest 1"]
    make.article("Same series", series=series, minutes_ago=80)
    assert stream_of(article) == ["Same series", "Same tag", "Same section"]


def test_the_stream_never_holds_the_article_itself_nor_another_twice():
    """One that shares series, tag and section stands there once."""
    series = Series.objects.create(name="Straits", slug="straits")
    shared = {"series": series, "section": Section.objects.get(slug="europe"), "tags": ["a", "b"]}
    articles = [make.article(f"Number {number}", **shared) for number in range(6)]
    for article in articles:
        stream = stream_of(article)
        assert len(stream) == len(set(stream)) == 3
        assert article.headline not in stream


def test_the_stream_is_the_same_at_every_load():
    """Even where dates and reasons are equal."""
    moment = make.article().published_at
    article = make.article(published_at=moment)
    for _ in range(8):
        make.article(published_at=moment)
    assert len({tuple(stream_of(article)) for _ in range(5)}) == 1


def test_a_small_magazine_has_a_short_stream():
    article = make.article()
    assert stream_of(article) == []
    make.article("The other")
    assert stream_of(article) == ["The other"]


def test_a_page_asks_no_more_queries_for_a_large_magazine(client, django_assert_max_num_queries):
    """Ten at the most beside what all pages share, with every kind of neighbour there can be."""
    series = Series.objects.create(name="Straits", slug="straits")
    for section in Section.objects.all():
        for number in range(6):
            make.article(
                section=section,
                series=series,
                tags=["a", "b"],
                authors=[make.author(), make.author()],
                slug=f"{section.slug}-{number}",
            )
    for address in ("/", "/europe-1/", "/europe-1/rest/", "/section/europe/", "/tag/a/", "/about/"):
        version = make.content_version()
        with django_assert_max_num_queries(6):
            client.get("/corrections/", **version)
        with django_assert_max_num_queries(10):
            assert client.get(address, **version).status_code == 200


def test_authors_of_many_articles_keep_their_order_in_each():
    """The order is the article's own, whether it was fetched with others or alone."""
    ada, ben, cai = make.author("Ada"), make.author("Ben"), make.author("Cai")
    signed = {"One": [ada, ben, cai], "Two": [cai, ben, ada], "Three": [ben, ada], "Four": [ada]}
    for headline, authors in signed.items():
        make.article(headline, authors=authors)
    for articles in (Article.objects.for_cards(), Article.objects.all()):
        assert {article.headline: article.byline for article in articles} == signed


def test_a_card_and_a_teaser_ask_for_nothing_that_was_not_fetched(django_assert_num_queries):
    """The rows of `for_cards()` hold a part of the columns: all that is shown, and no more."""
    section = Section.objects.get(slug="europe")
    kind = Format.objects.create(name="Essay", slug="essay")
    made = make.article(
        deck="A deck", section=section, format=kind, lead_image=picture(), authors=[make.author()]
    )
    [article] = Article.objects.for_cards().filter(pk=made.pk)
    with django_assert_num_queries(0):
        shown = card(article, "h2", sizes="100vw", in_section=False)
        [teased] = related.render_teasers([article]).values()
    for told in ("<img", "Europe", "Essay", made.headline, made.byline[0].name):
        assert told in shown
        assert told in teased
    assert "body" in article.get_deferred_fields()
