"""That no query of any page grows with the archive: read from the databases' own plans."""

import re
from io import StringIO
from math import inf
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from taggit.models import Tag

from articles.database.statistics import analyze
from articles.models import Article, Author, Byline, Format, Image, Section, Series
from magazine.demo import archive
from tests import make
from tests.articles.picture_files import jpeg, upload
from tests.benchmarks.plans import MOST_ROWS, faults, large_tables
from tests.newsroom import change, person

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]

ARTICLES = 100_000
DEEP = "?before=20120101T000000.000000-1"
FIRST = "?after=20070101T000000.000000-1"
# The queries of some pages, and what is wrong with them.
Found = tuple[list[str], list[str]]


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Article:
    """An archive of short texts, and an article in it with all that asks the database."""
    monkeypatch.setattr(archive, "paragraph", lambda rng: archive.filled("The {subject}.", rng))
    call_command("generate_archive", str(ARTICLES), stdout=StringIO())
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
    analyze((Article, Byline, Article.tags.through, Article.also_in.through, Author, Tag))
    return article


def readers_pages(article: Article) -> dict[str, list[str]]:
    """The addresses of each kind of page for readers, by the name of its pattern."""
    most = Author.objects.annotate(number=Count("bylines")).order_by("-number")[0]
    largest = Tag.objects.annotate(number=Count("taggit_taggeditem_items")).order_by("-number")[0]
    lists = {
        "section": [article.section.get_absolute_url()],
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


def names_of_readers_pages() -> set[str]:
    found, patterns = set(), list(get_resolver().url_patterns)
    while patterns:
        pattern = patterns.pop()
        patterns += getattr(pattern, "url_patterns", [])
        if hasattr(getattr(pattern, "callback", None), "reader_parameters"):
            found.add(pattern.name)
    return found


def newsroom_pages(article: Article, client: Client) -> list[str]:
    """Every list, and the list of articles by each order and each choice of each filter."""
    listed = reverse("admin:articles_article_changelist")
    changes = client.get(listed).context["cl"]
    orders = [f"?o={sign}{n}" for n in range(1, len(changes.list_display)) for sign in ("", "-")]
    filters = [
        choice["query_string"] for spec in changes.filter_specs for choice in spec.choices(changes)
    ]
    searches = ["harbour", "zzzqq nothing", "rare harbour", "birk"]
    return [
        *(
            reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
            for model in admin.site._registry
        ),
        *(listed + query for query in (*orders, *filters)),
        *(f"{listed}?{urlencode({'q': words})}" for words in searches),
        change(article),
        f"{listed}calendar/",
        f"{listed}calendar/?month=2020-03",
        "/admin/",
    ]


def asked(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        client.get(address, follow=True)
    return [one["sql"] for one in captured if one["sql"].startswith("SELECT")]


def wrong_with(client: Client, addresses: list[str], large: set[str], most: float) -> Found:
    queries, wrong = [], []
    for address in addresses:
        for sql in asked(client, address):
            queries.append(sql)
            # A search reads what it finds, however much that is.
            limit = inf if "q=" in address else most
            wrong += [f"{address}: {fault}: {sql}" for fault in faults(sql, large, limit)]
    return queries, wrong


def test_no_query_grows_with_the_archive(full, table):
    large = large_tables()
    assert {"articles_article", "articles_byline", "taggit_taggeditem"} <= large
    pages = readers_pages(full)
    assert set(pages) == names_of_readers_pages()
    addresses = [address for some in pages.values() for address in some]
    queries, wrong = wrong_with(Client(), addresses, large, MOST_ROWS["reader"])
    assert not any(re.search(r"COUNT\(\*\)|OFFSET", sql) for sql in queries)

    chief = Client()
    chief.force_login(person("Chief"))
    rooms = newsroom_pages(full, chief)
    asked_there, wrong_there = wrong_with(chief, rooms, large, MOST_ROWS["newsroom"])
    table.add(
        "reader pages / queries looked at", f"{len(addresses)} / {len(queries)}", "≥ 30 / 200"
    )
    table.add(
        "newsroom pages / queries looked at", f"{len(rooms)} / {len(asked_there)}", "≥ 80 / 600"
    )
    print("\n".join(sorted(line[:1500] for line in wrong + wrong_there)))
    assert wrong + wrong_there == []
    assert len(addresses) >= 30
    assert len(queries) >= 200
    assert len(rooms) >= 80
    assert len(asked_there) >= 600
