"""The real articles, imported into a magazine of their own, as their readers know them."""

import json
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.conftest import ROOT, Site, quickstarted
from tests.crawl import Client, Document

FILE = ROOT.parent / "shared" / "content" / "real-articles.json"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    if not FILE.is_file():
        pytest.skip(f"no real articles on this machine: {FILE.name} is missing")
    return json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def site(content, tmp_path_factory) -> Site:
    var = tmp_path_factory.mktemp("imported")
    with quickstarted(var, "magazine_imported_of_tests", "--no-demo") as site:
        site.output = site.manage("import_content", str(FILE))
        yield site


@pytest.fixture(scope="module")
def pages(site, content) -> list[Document]:
    """Each article's own page, in the order of the file."""
    with Client(site.url) as client:
        answers = [client.get(f"/{article['slug']}/") for article in content["articles"]]
    assert [answer.status for answer in answers] == [200] * 4
    return [Document(answer.body) for answer in answers]


@pytest.fixture(scope="module")
def front(site) -> Document:
    with Client(site.url) as client:
        return Document(client.get("/").body)


def words(page: Document, path: str) -> list[str]:
    return texts(page.tree, path)


def texts(tree: Any, path: str) -> list[str]:
    """The text of every element at `path`; of its space only that at the ends is taken away."""
    return ["".join(found.itertext()).strip(" \n") for found in tree.xpath(path)]


def one(name: str, within: str = "") -> str:
    return f'{within}//*[contains(concat(" ", @class, " "), " {name} ")]'


def label(article: dict[str, Any]) -> str:
    return " | ".join(filter(None, [article["format"], article["sections"][0]]))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_all_four_are_imported_and_a_second_time_changes_nothing(site):
    assert "4 created" in site.output
    assert "0 refused" in site.output
    again = site.manage("import_content", str(FILE))
    assert "4 unchanged" in again
    assert "0 created, 0 updated" in again


def test_headline_and_deck_read_as_they_were_written(pages, content):
    for page, article in zip(pages, content["articles"], strict=True):
        assert words(page, "//h1") == [article["headline"]]
        assert words(page, one("article__deck")) == ([article["deck"]] if article["deck"] else [])


def test_the_label_line_has_no_stray_bar(pages, content):
    """“QiOSK”, “Military Industrial Complex”, “Analysis | Asia-Pacific”, “Analysis | Europe”:
    above the text and under it again."""
    for page, article in zip(pages, content["articles"], strict=True):
        lines = words(page, one("label", one("article")))
        assert [squeezed(line) for line in lines] == [label(article)] * 2
    assert [label(article) for article in content["articles"]] == [
        "QiOSK",
        "Military Industrial Complex",
        "Analysis | Asia-Pacific",
        "Analysis | Europe",
    ]


def test_the_credit_stands_word_for_word_with_its_own_label(pages, content):
    """“Top Image credit” of the one, “Top photo credit” of the others."""
    for page, article in zip(pages, content["articles"], strict=True):
        image = article["image"]
        credits = words(page, one("legend__credit", one("article__lead")))
        assert credits == [f"{image['credit_label']}: {image['credit']}"]
        assert page.values(f"{one('article__lead')}//img/@alt") == [image["title"]]


def test_every_paragraph_stands_word_for_word(pages, content):
    """Quotation marks, dashes and no-break spaces included."""
    for page, article in zip(pages, content["articles"], strict=True):
        assert words(page, f"{one('article__body')}//p") == article["paragraphs"]


def test_the_stream_shows_the_other_three_as_teasers(pages, content):
    """Two paragraphs each, word for word; no control where nothing follows, one where it does."""
    by_headline = {article["headline"]: article for article in content["articles"]}
    for page, own in zip(pages, content["articles"], strict=True):
        headlines = words(page, one("teaser__headline"))
        assert sorted(headlines) == sorted(set(by_headline) - {own["headline"]})
        for teaser, headline in zip(page.tree.xpath(one("teaser")), headlines, strict=True):
            article = by_headline[headline]
            shown = texts(teaser, './/*[contains(@class, "prose")]//p')
            assert shown == article["paragraphs"][:2]
            controls = texts(teaser, ".//a[@data-rest]")
            assert controls == (["keep reading"] if article["complete"] else [])


def test_the_rails_show_the_newest_and_the_quick_takes(pages, front, content):
    """LATEST has all four, newest first; QiOSK has the one of its section."""
    newest = sorted(content["articles"], key=lambda one: one["published_at"], reverse=True)
    for page in pages:
        titles = words(page, one("rail__title"))
        assert [title.upper() for title in titles] == content["rails"]
        latest, quick = (texts(rail, ".//li//a") for rail in page.tree.xpath(one("rail")))
        assert latest == [article["headline"] for article in newest]
        assert quick == [content["articles"][0]["headline"]]


def test_the_front_page_shows_each_article_once(front, content):
    """Where all four stand in its main column, the rails have nothing left to show."""
    headlines = words(front, one("card__headline"))
    assert sorted(headlines) == sorted(article["headline"] for article in content["articles"])
    assert words(front, one("rail__title")) == []


def test_the_newsletter_block_has_its_words_on_every_page(pages, front, content):
    for page in [*pages, front]:
        assert words(page, one("newsletter__title")) == [content["newsletter"]["title"]]
        assert words(page, one("newsletter__blurb")) == [content["newsletter"]["blurb"]]


def test_the_picture_that_was_stored_on_its_side_stands_upright(pages, site):
    """And nothing that a camera wrote into it is left: no place, no time."""
    with Client(site.url) as client:
        for page in pages:
            [source] = page.values(f"{one('article__lead')}//img/@src")
            with Image.open(BytesIO(client.get(source).body)) as picture:
                assert picture.width > picture.height, source
                assert not picture.getexif(), source


def test_the_pages_of_real_articles_are_valid(pages, front):
    assert [problem for page in [*pages, front] for problem in page.problems] == []
