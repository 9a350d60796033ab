"""That no query of any page grows with the archive: read from the databases' own plans."""

import re
from collections.abc import Callable
from io import StringIO
from math import inf
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from articles.database.statistics import analyze
from articles.models import Article, Author
from magazine.demo import archive
from tests import make
from tests.benchmarks import reader_pages
from tests.benchmarks.plans import MOST_ROWS, faults, large_tables
from tests.newsroom import change, person

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]

ARTICLES = 100_000
# The queries of some pages, and what is wrong with them.
Found = tuple[list[str], list[str]]


@pytest.fixture
def full(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Article:
    """An archive of short texts, and an article in it with all that asks the database."""
    monkeypatch.setattr(archive, "paragraph", lambda rng: archive.filled("The {subject}.", rng))
    # Those of before, whom alone the database would know.
    for _ in range(16):
        make.author()
    analyze((Author,))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("generate_archive", str(ARTICLES), stdout=StringIO())
    return reader_pages.make_full_article()


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


def wrong_with(client: Client, addresses: list[str], large: set[str], most: float) -> Found:
    queries, wrong = [], []
    for address in addresses:
        for sql in reader_pages.asked(client, address):
            queries.append(sql)
            # A search reads what it finds, however much that is.
            limit = inf if "q=" in address else most
            wrong += [f"{address}: {fault}: {sql}" for fault in faults(sql, large, limit)]
    return queries, wrong


def test_no_query_grows_with_the_archive(full, table):
    large = large_tables()
    assert {"articles_article", "articles_byline", "taggit_taggeditem"} <= large
    pages = reader_pages.addresses(full)
    assert set(pages) == reader_pages.names()
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
