"""What the newsroom costs in a small magazine and in a large one."""

import time
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Author, Image, Revision
from tests import make
from tests.articles.picture_files import jpeg, upload
from tests.newsroom import change, person, typed

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]

SMALL, LARGE = 100, 10_000
PICTURES, AUTHORS = 2_000, 200
ROUNDS = 25
LIST = "/admin/articles/article/"
SEARCH = {"q": "harbour"}


def asked(client: Client, address: str, data: dict | None = None) -> int:
    """How many queries a page makes."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, data)
    assert answer.status_code == 200
    return len(captured)


def cost(client: Client, address: str, data: dict | None = None) -> float:
    """Processor seconds for one request: the least of many, for the machine does other things."""
    client.get(address, data)
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        client.get(address, data)
        spent.append(time.process_time() - before)
    return min(spent)


def fill_up(picture: Image) -> None:
    """Bring articles, pictures and authors to their large numbers."""
    copied = {
        field.attname: getattr(picture, field.attname)
        for field in Image._meta.concrete_fields
        if not field.primary_key and field.name not in ("file", "alt")
    }
    Image.objects.bulk_create(
        Image(file=str(picture.file), alt=f"A harbour, seen for the {number}th time", **copied)
        for number in range(PICTURES - Image.objects.count())
    )
    make_authors = range(AUTHORS - Author.objects.count())
    Author.objects.bulk_create(
        Author(name=f"Writer {number}", slug=f"writer-{number}") for number in make_authors
    )
    others = Article.objects.exclude(slug__startswith="archive-").count()
    call_command("generate_archive", str(LARGE - others), stdout=StringIO())


@pytest.fixture
def chief(db) -> Client:
    client = Client()
    client.force_login(person("Chief"))
    return client


def test_the_newsroom_costs_as_much_in_a_large_magazine_as_in_a_small_one(chief, table):
    picture = Image.objects.create(file=upload(jpeg()), alt="Two halves, one red and one blue")
    article = make.article(
        "Open", authors=[make.author(), make.author()], tags=["a", "b"], lead_image=picture
    )
    call_command("generate_archive", str(SMALL - 1), stdout=StringIO())
    # A form like those of every day: of a public article whose changes wait to be published.
    page = chief.get(change(article))
    chief.post(change(article), typed(page, headline="Open and changed"))
    small = asked(chief, change(article)), cost(chief, change(article))
    fill_up(picture)
    assert (Article.objects.count(), Image.objects.count()) == (LARGE, PICTURES)
    assert Author.objects.count() >= AUTHORS
    large = asked(chief, change(article)), cost(chief, change(article))
    ratio = large[1] / small[1]
    name = f"article form, {SMALL} / {LARGE} articles"
    table.add(f"queries, {name}", f"{small[0]} / {large[0]}", "equal, ≤ 25")
    table.add(f"processor time, {name}", f"{large[1] / small[1]:.2f} times", "≤ 1.5 times")
    assert small[0] == large[0] <= 25
    assert ratio <= 1.5

    found = asked(chief, LIST, SEARCH)
    seconds = cost(chief, LIST, SEARCH)
    table.add(f"queries, article list with search, {LARGE} articles", str(found), "≤ 12")
    table.add("the same, processor time", f"{seconds * 1000:.0f} ms", "")
    with CaptureQueriesContext(connection) as captured:
        chief.get(LIST, SEARCH)
    counts = [one["sql"] for one in captured if "COUNT(" in one["sql"]]
    assert all("LIMIT" in sql for sql in counts), "a count that looks at every row"
    assert found <= 12


def test_an_hour_of_typing_is_one_row(chief, table):
    """An autosave every three seconds for an hour."""
    article = make.article()
    address = f"/admin/articles/article/{article.pk}/autosave/"
    data = typed(chief.get(change(article)))
    chief.post(address, {**data, "deck": "The first word"})
    for number in range(1200):
        with CaptureQueriesContext(connection) as captured:
            chief.post(address, {**data, "deck": f"Typed {number}"})
        assert len(captured) <= 5
    table.add("queries, autosave", str(len(captured)), "≤ 5")
    rows = Revision.objects.filter(made_by=User.objects.get())
    table.add("rows after an hour of typing", str(rows.count()), "1")
    assert rows.get().content.deck == "Typed 1199"
