"""An address is made of any headline or name, in any language, by one rule."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, Author, Page, Section, Series
from articles.slugs import slug_of
from tests import make
from tests.newsroom import ADD, change, typed

CASE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "slug-letters-dropped"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Straße & Œuvre: Łódź – Ørsted", "strasse-oeuvre-lodz-orsted"),
        ("Türkiye’de ışık", "turkiyede-isik"),
        ("Переговоры о мире", "peregovory-o-mire"),
        ("مستقبل المفاوضات", "mstqbl-lmfwdt"),
        ("김 지우", "gim-jiu"),
        ("日本", "riben"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "cafe"),
        ("—", ""),
        # Words with no blank between them are two; a number is one.
        ("Iran/Iraq: wait…what", "iran-iraq-wait-what"),
        ("War—peace, 1,000 days", "war-peace-1000-days"),
        ("😀🎉", "grinning-tada"),
    ],
)
def test_words_are_spelled_in_latin_letters(words: str, slug: str) -> None:
    assert slug_of(words) == slug


def test_a_draft_is_saved_whatever_the_language_of_its_headline(writer):
    """The four of the report, and one that nothing can spell."""
    if not CASE.exists():
        pytest.skip("The shared cases are not here.")
    headlines = [*(CASE / "headlines.txt").read_text().splitlines(), "؟ …"]
    assert len(headlines) == 5
    for headline in headlines:
        writer.post(ADD, typed(writer.get(ADD), headline=headline))
    slugs = list(Article.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs[0] == "strasse-oeuvre-lodz-orsted"
    assert all(slug.isascii() and len(slug) > 5 for slug in slugs)
    assert len(set(slugs)) == 5


def test_a_headline_whose_address_is_taken_gets_the_next_one(writer):
    """By an article, a page, an address of the magazine's own, or an old address."""
    renamed = make.article("Harbours", slug="ports")
    renamed.slug = "harbours"
    renamed.save()
    for headline, slug in {
        "Harbours": "harbours-2",
        "About": "about-2",
        "Search": "search-2",
        "Ports": "ports-2",
    }.items():
        writer.post(ADD, typed(writer.get(ADD), headline=headline))
        assert Article.objects.latest("pk").slug == slug


def test_the_address_follows_the_headline_until_somebody_chooses_one(writer):
    """Or until readers have seen it."""
    writer.post(ADD, typed(writer.get(ADD), headline="Порты"))
    article = Article.objects.get()
    assert article.slug == "porty"

    def save(**changes: str) -> str:
        writer.post(change(article), typed(writer.get(change(article)), **changes))
        article.refresh_from_db()
        return article.slug

    assert save(headline="Łódź") == "lodz"
    assert save(deck="A deck") == "lodz"
    assert save(slug="a-city") == "a-city"
    assert save(headline="Gdańsk") == "a-city"


def test_a_public_article_keeps_its_address_when_its_headline_changes(editor):
    article = make.article("Ports", slug="ports")
    editor.post(change(article), typed(editor.get(change(article)), headline="Harbours"))
    assert Article.objects.get().working_copy.content.slug == "ports"


@pytest.mark.parametrize("model", [Author, Section, Series])
def test_authors_and_groupings_have_their_address_by_the_same_rule(model):
    slugs = []
    for name in ("Łucja Đorđević", "Lucja Dordevic", "?", "!"):
        row = model(name=name)
        row.full_clean()
        row.save()
        slugs.append(row.slug)
    kind = model._meta.model_name
    assert slugs == ["lucja-dordevic", "lucja-dordevic-2", kind, f"{kind}-2"]


def test_a_page_and_an_article_never_get_the_same_address():
    assert Article.objects.create(headline="Žurnál").slug == "zurnal"
    assert Page.objects.create(title="Zurnal").slug == "zurnal-2"


def test_a_row_may_go_back_to_an_address_that_it_had():
    author = Author.objects.create(name="Ada")
    author.slug = "ada-quill"
    author.save()
    author.slug = ""
    author.save()
    assert author.slug == "ada"


def test_the_hundredth_of_a_name_costs_few_queries(django_assert_max_num_queries):
    Author.objects.bulk_create(
        Author(name="Ada", slug="ada" if number == 1 else f"ada-{number}")
        for number in range(1, 121)
    )
    with django_assert_max_num_queries(6):
        assert Author(name="Ada").free_slug() == "ada-121"


def test_a_slug_of_the_magazines_own_is_refused():
    with pytest.raises(ValidationError):
        Article(headline="Search", slug="search").full_clean()
