"""The same byline everywhere, in the same order (the design's eighth promise)."""

import json

import lxml.html
import pytest

from articles.models import Author, Format, Section
from tests import make

pytestmark = pytest.mark.django_db
NAMES = ["Zoë Ahlgren", "ليلى مصاروة", "The Forum", "Amy Bell"]


@pytest.fixture
def authors() -> list[Author]:
    """Four whose order is neither that of the alphabet nor that in which they were stored."""
    stored = {name: make.author(name) for name in sorted(NAMES)}
    return [stored[name] for name in NAMES]


def with_class(tree: lxml.html.HtmlElement, name: str) -> list[lxml.html.HtmlElement]:
    return tree.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]")


def page(client, address: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(client.get(address).content.decode())


def bylines(client, address: str, block: str) -> list[list[str]]:
    """The names in each byline that stands inside an element of the class `block`."""
    blocks = with_class(page(client, address), block)
    found = [line for element in blocks for line in with_class(element, "byline")]
    return [[link.text_content() for link in line.xpath(".//a[@rel='author']")] for line in found]


def test_the_byline_has_one_order_on_page_card_teaser_and_structured_data(client, authors):
    """The order in which the editor put the authors, wherever the article is shown."""
    europe = Section.objects.get(slug="europe")
    make.article(slug="signed", section=europe, authors=authors)
    make.article(slug="other", section=europe, minutes_ago=90)

    assert bylines(client, "/signed/", "article__head") == [NAMES]
    assert bylines(client, "/", "card") == [NAMES]
    assert bylines(client, "/section/europe/", "teaser") == [NAMES]
    assert bylines(client, "/other/", "teaser") == [NAMES]

    [script] = page(client, "/signed/").xpath("//script[@type='application/ld+json']")
    assert [author["name"] for author in json.loads(script.text)["author"]] == NAMES


def test_a_byline_reads_as_a_sentence(client, authors):
    """Commas, and one “and” before the last name."""
    for count, sentence in enumerate(
        [
            "By Zoë Ahlgren",
            "By Zoë Ahlgren and ليلى مصاروة",
            "By Zoë Ahlgren, ليلى مصاروة and The Forum",
            "By Zoë Ahlgren, ليلى مصاروة, The Forum and Amy Bell",
        ],
        start=1,
    ):
        made = make.article(authors=authors[:count])
        [head] = with_class(page(client, made.get_absolute_url()), "article__head")
        [line] = with_class(head, "byline")
        assert " ".join(line.text_content().split()) == sentence


def test_an_article_that_nobody_signed_shows_no_byline(client):
    """Not even the word “By”."""
    make.article(slug="unsigned")
    assert bylines(client, "/unsigned/", "article__head") == []
    assert bylines(client, "/", "card") == []


@pytest.mark.parametrize(
    ("section", "format", "line"),
    [
        ("europe", "analysis", "Analysis | Europe"),
        ("europe", None, "Europe"),
        (None, "analysis", "Analysis"),
        (None, None, None),
    ],
)
def test_the_label_never_has_a_stray_bar(client, section, format, line):
    """`Format | Section`, or either alone, or no line at all."""

    made = make.article(
        section=Section.objects.filter(slug=section).first(),
        format=Format.objects.filter(slug=format).first(),
    )
    lines = with_class(page(client, made.get_absolute_url()), "label")
    labels = [" ".join(label.text_content().split()) for label in lines]
    assert labels == ([line, line] if line else [])
