"""What search engines are told of an article."""

import json
import re
from datetime import UTC, datetime

import pytest

from articles.models import Article, Author, Format, Section
from tests import make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENING = datetime(2026, 3, 1, 19, tzinfo=UTC)


def facts_of(client, article: Article) -> dict:
    """The JSON-LD of the article's page, read as a search engine reads it."""
    html = client.get(article.get_absolute_url()).content.decode()
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(scripts) == 1
    return json.loads(scripts[0])


def test_an_article_is_described_as_news_with_its_dates_and_place_in_the_magazine(client):
    """Dates carry their offset, addresses are full, and groups go by their names."""
    article = make.article(
        "The strait",
        slug="the-strait",
        deck="Who pays for the pilots",
        section=Section.objects.get(slug="europe"),
        format=Format.objects.get(slug="analysis"),
        tags=["shipping"],
        published_at=NOON,
        updated_at=EVENING,
    )
    facts = facts_of(client, article)
    assert facts["@type"] == "NewsArticle"
    assert facts["headline"] == "The strait"
    assert facts["description"] == "Who pays for the pilots"
    assert facts["datePublished"] == "2026-03-01T12:00:00+00:00"
    assert facts["dateModified"] == "2026-03-01T19:00:00+00:00"
    assert facts["url"] == facts["mainEntityOfPage"] == "http://localhost:8000/the-strait/"
    assert (facts["articleSection"], facts["genre"]) == ("Europe", "Analysis")
    assert facts["keywords"] == ["shipping"]


def test_people_and_organisations_are_told_apart(client):
    """An organisation that signs is no person."""
    ines = make.author("Ines Roth")
    forum = make.author("The Forum", kind=Author.Kind.ORGANISATION)
    facts = facts_of(client, make.article(authors=[forum, ines]))
    assert [(author["@type"], author["name"]) for author in facts["author"]] == [
        ("Organization", "The Forum"),
        ("Person", "Ines Roth"),
    ]


def test_what_an_article_does_not_have_is_left_out(client):
    """No empty author, section or picture: a validator calls each an error."""
    facts = facts_of(client, make.article())
    assert {"author", "articleSection", "genre", "keywords", "image"}.isdisjoint(facts)
    assert facts["dateModified"] == facts["datePublished"]


def test_an_article_without_a_deck_is_described_by_its_first_words(client):
    """Plain text: no tags, and an ampersand is an ampersand."""
    article = make.article(body="<p>Salt &amp; <em>water</em>.</p><p>More.</p><p>Yet more.</p>")
    assert facts_of(client, article)["description"] == "Salt & water. More."


def test_the_first_words_stand_apart_wherever_a_line_or_an_item_ends(client):
    body = "<p>One<br>two<small class=footnote>x</small></p><ul><li>three</li><li>four</li></ul>"
    article = make.article(body=f"{body}<p>five</p>")
    assert facts_of(client, article)["description"] == "One two three four five"


def test_no_headline_can_leave_the_script_element(client):
    """Whatever an editor types stays data, character for character."""
    headline = "</script><script>alert(1)</script> & <!-- “so”"
    article = make.article(headline)
    assert facts_of(client, article)["headline"] == headline
