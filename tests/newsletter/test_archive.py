"""Past issues for anybody: in words that were mailed, as far as they are public."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone
from lxml import etree

from articles.models import Article, Section
from newsletter.approval import approve
from newsletter.models import Issue
from newsletter.models.subscribers import EXAMPLE_KEY
from tests import make
from tests.crawl import Document
from tests.newsletter.issues import ready, sent
from tests.newsroom import person, picture

pytestmark = pytest.mark.django_db

LIST, FEED = "/newsletter/", "/newsletter/feed.xml"


@pytest.fixture
def chief():
    return person("Chief")


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_an_issue_is_read_in_the_words_of_the_mail(client, chief):
    """Headlines, summaries, headings and the opening note; with the bylines of the site."""
    article = make.article("Ports", authors=[make.author("Ada Quill")], lead_image=picture())
    made = ready(article, opening='<p>Hello <a href="/about/">there</a></p>')
    made.items.update(headline="Sharper & <b>", summary="For the mail")
    approve(made, chief)
    made.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    html = page(client, made.get_absolute_url())
    for words in ("Sharper &amp; &lt;b&gt;", "For the mail", "Europe", "Hello", "Ada Quill"):
        assert words in html
    assert ">Ports<" not in html
    assert f'href="/{article.slug}/"' in html
    assert "The week in straits" in page(client, LIST)


def test_its_pages_are_valid(client, chief):
    """By the standard's parser, with odd words and without any heading."""
    made = sent(
        make.article("<b> & “odd”", lead_image=picture()),
        by=chief,
        subject="🚢 & مرحبا <i>",
        heading="",
        opening="<h2>Hello</h2><p>There</p>",
    )
    for address in (LIST, made.get_absolute_url(), f"/newsletter/issues/{EXAMPLE_KEY}/"):
        assert Document(client.get(address).content).problems == [], address


def test_nothing_of_a_recipient_stands_on_it(client, chief):
    """Neither the marker nor a way to anybody's preferences."""
    made = sent(by=chief)
    for address in (LIST, FEED, made.get_absolute_url()):
        html = page(client, address)
        assert made.marker not in html
        assert "/leave/" not in html
        assert "/preferences/" not in html


def test_only_what_has_begun_to_go_out_is_there(client, chief):
    """Not a draft, nor what waits for its time, nor what is kept out of the archive."""
    draft, waits = ready(subject="Draft"), ready(subject="Waits")
    approve(waits, chief, timezone.now() + timedelta(hours=1))
    private = sent(by=chief, subject="Private", is_in_archive=False)
    for address in (LIST, FEED):
        html = page(client, address)
        assert not any(name in html for name in ("Draft", "Waits", "Private"))
    assert draft.slug is None
    for made in (waits, private):
        assert client.get(made.get_absolute_url()).status_code == 404
    waits.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    assert "Waits" in page(client, LIST)
    waits.cancel()
    assert "Waits" in page(client, waits.get_absolute_url())


def test_an_article_that_was_withdrawn_leaves_every_issue(client, chief):
    """It comes back with the article; a deleted one is gone."""
    article, other = make.article("Ports at night"), make.article("Grain")
    made = sent(article, other, by=chief)
    article.withdraw()
    for address in (FEED, made.get_absolute_url()):
        html = page(client, address)
        assert "Ports at night" not in html
        assert "Grain" in html
    article.publish()
    assert "Ports at night" in page(client, made.get_absolute_url())
    other.delete()
    assert "Grain" not in page(client, made.get_absolute_url())
    Article.objects.all().delete()
    assert "None of its articles is on the site" in page(client, made.get_absolute_url())


def test_an_issue_named_after_a_hidden_article_is_told_by_its_day(client, chief):
    """Its page keeps its address, which stands in the mail; nothing leads there meanwhile."""
    article = make.article("Ports at night")
    words = {"subject": "Ports at NIGHT, and more", "preheader": "Ports at night; Grain"}
    made = sent(article, make.article("Grain"), by=chief, **words)
    article.withdraw()
    html = page(client, made.get_absolute_url())
    assert "ports at night" not in html.lower()
    assert "Issue of " in html
    for address in (LIST, FEED):
        assert "ports" not in page(client, address).lower(), address
    article.publish()
    for address in (LIST, FEED, made.get_absolute_url()):
        assert "Ports at NIGHT, and more" in page(client, address)
        assert "Ports at night; Grain" in page(client, address)


def test_a_preheader_tells_of_no_article_that_was_hidden_meanwhile(client, chief):
    article = make.article("Ports at night")
    made = sent(article, make.article("Grain"), by=chief, preheader="Ports at night; Grain")
    Article.objects.filter(pk=article.pk).update(published_at=None)
    for address in (LIST, FEED, made.get_absolute_url()):
        html = page(client, address)
        assert "The week in straits" in html
        assert "ports at night" not in html.lower()


def test_the_feed_is_one_that_readers_of_feeds_understand(client, chief):
    """Titles of any script, full addresses, moments, and links to the articles."""
    article = make.article("Ports & <grain>", slug="ports")
    made = sent(article, by=chief, subject="Straits 🚢 & مرحبا", preheader="What <is> in it")
    response = client.get(FEED)
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    (entry,) = etree.fromstring(response.content).iter("item")
    assert entry.findtext("title") == "Straits 🚢 & مرحبا"
    assert entry.findtext("link") == f"http://localhost:8000{made.get_absolute_url()}"
    description = entry.findtext("description")
    assert "What &lt;is&gt; in it" in description
    assert '<a href="http://localhost:8000/ports/">Ports &amp; &lt;grain&gt;</a>' in description
    assert parsedate_to_datetime(entry.findtext("pubDate")) == made.started_at.replace(
        microsecond=0
    )


def test_the_archive_is_turned_page_by_page(client, chief):
    """By marks, as the other listings; every issue once."""
    now = timezone.now()
    for number in range(23):
        made = ready(subject=f"Number {number:02}.")
        Issue.objects.filter(pk=made.pk).update(
            state="sent",
            slug=f"number-{number}",
            html="h",
            text="t",
            approved_at=now,
            started_at=now - timedelta(hours=number),
        )
    seen: list[str] = []
    address, pages = LIST, 0
    while address:
        response = client.get(address)
        found = response.context["page"]
        seen += [one.subject for one in found.rows]
        address = f"{LIST}{found.older}" if found.older else ""
        pages += 1
    assert pages == 3
    assert seen == [f"Number {number:02}." for number in range(23)]
    assert client.get(f"{LIST}?before=x").status_code == 404


def test_the_pages_are_the_same_for_everybody_and_cost_the_same(
    client, chief, django_assert_max_num_queries
):
    """No cookie; the number of queries does not grow with the articles."""
    europe = Section.objects.get(slug="europe")
    made = sent(*(make.article(section=europe, lead_image=picture()) for _ in range(30)), by=chief)
    for address, most in ((LIST, 6), (FEED, 4), (made.get_absolute_url(), 9)):
        client.force_login(chief)
        with django_assert_max_num_queries(most):
            response = client.get(address)
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
        assert "public" in response.headers["Cache-Control"]


def test_an_empty_archive_says_so(client):
    assert "No issue has been sent yet." in page(client, LIST)
    assert not list(etree.fromstring(client.get(FEED).content).iter("item"))
