"""The addresses of every kind of page for readers, in an archive that has everything."""

from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from taggit.models import Tag

from articles.models import Article, Author, Format, Image, Section, Series
from tests import make
from tests.articles.picture_files import jpeg, upload

DEEP = "?before=20120101T000000.000000-1"
FIRST = "?after=20070101T000000.000000-1"
DEPTHS = {DEEP: ", in the middle", FIRST: ", near the oldest"}


def make_full_article() -> Article:
    """Make an article with all that asks the database, in an archive that is there already."""
    image = Image.objects.create(file=upload(jpeg()), alt="Two halves, one red and one blue")
    make.article(slug="withdrawn", authors=[make.author("Silent", slug="silent")]).withdraw()
    article = make.article(
        slug="full",
        section=Section.objects.get(slug="europe"),
        format=Format.objects.get(slug="analysis"),
        series=Series.objects.all()[0],
        tags=[Tag.objects.all()[0].name, "rare"],
        authors=[*Author.objects.all()[:2], make.author("Rare")],
        lead_image=image,
        body=make.FIVE_PARAGRAPHS
        + f'<p><a href="/tag/none/">x</a></p><figure data-image="{image.pk}"></figure>',
    )
    article.correct("correction", "It was a Wednesday.")
    article.also_in.add(Section.objects.create(name="Rare", slug="rare"))
    return article


def addresses(article: Article) -> dict[str, list[str]]:
    """Return those of each kind of page, by the name of its pattern."""
    most = Author.objects.annotate(number=Count("bylines")).order_by("-number")[0]
    largest = Tag.objects.annotate(number=Count("taggit_taggeditem_items")).order_by("-number")[0]
    lists = {
        "section": [article.section.get_absolute_url(), "/section/rare/"],
        "format": [article.format.get_absolute_url()],
        "series": [article.series.get_absolute_url()],
        "author": [
            most.get_absolute_url(),
            article.byline[-1].get_absolute_url(),
            "/author/silent/",
        ],
        "tag": [reverse("tag", args=[largest.slug]), "/tag/rare/"],
    }
    paged = {
        name: [first + mark for first in listed for mark in ("", DEEP, FIRST)]
        for name, listed in lists.items()
    }
    old = Article.objects.published().order_by("published_at")[0]
    return {
        **paged,
        "front": ["/"],
        "article": ["/full/", old.get_absolute_url(), "/withdrawn/", "/none/", "/about/"],
        "rest": ["/full/rest/"],
        "corrections": ["/corrections/"],
        "issues": ["/newsletter/"],
        "issues_feed": ["/newsletter/feed.xml"],
        "issue": ["/newsletter/issues/none/"],
        "subscribe": ["/newsletter/subscribe/"],
        "subscribed": ["/newsletter/subscribed/"],
    }


def names() -> set[str]:
    """Return the names of all patterns of pages for readers."""
    found, patterns = set(), list(get_resolver().url_patterns)
    while patterns:
        pattern = patterns.pop()
        patterns += getattr(pattern, "url_patterns", [])
        if hasattr(getattr(pattern, "callback", None), "reader_parameters"):
            found.add(pattern.name)
    return found


def asked(client: Client, address: str) -> list[str]:
    """Return the queries of a page."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address, follow=True)
    return [one["sql"] for one in captured if one["sql"].startswith("SELECT")]
