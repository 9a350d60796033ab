"""Of tags whose names differ in their capitals only there is one, whatever way it is made."""

import importlib
import threading

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from taggit.models import Tag

from articles.importing.lookup import get_or_create
from articles.models import Article, Author, Format, Revision, Section, Series, Slot
from articles.names import called, folded
from newsletter.models import MailingList
from tests import make
from tests.articles.cases import cases
from tests.articles.test_admin_bulk import perform
from tests.newsroom import ADD, change, errors, typed

ADD_TAG = "/admin/taggit/tag/add/"
# Two spellings of one name.
PAIRS = [
    ("Valencia", "valencia"),
    ("Ärger", "ärger"),
    ("ÇA", "ça"),
    ("Мир", "МИР"),
    ("Ørsted ÅÅ", "ØRSTED åå"),
    ("Grain trade", " grain   TRADE "),
    ("Cafe\N{COMBINING ACUTE ACCENT}", "CAFÉ"),
    ("NATO", "\ufeffＮＡＴＯ\u200b"),
    ("Шелковый", "шел\N{SOFT HYPHEN}ковый\u200e"),
]

pytestmark = pytest.mark.django_db


def test_the_second_tag_of_the_case_is_refused(editor):
    case = cases("tags-that-differ-in-case")
    assert "The second is refused: a tag of this name is there." in case["expected.txt"]
    assert editor.post(ADD_TAG, {"name": "Valencia", "slug": "valencia"}).status_code == 302
    page = editor.post(ADD_TAG, {"name": "valencia", "slug": "valencia-2"})
    assert errors(page) == {"name": ["A tag of this name is there: “Valencia”."]}
    assert Tag.objects.get().name == "Valencia"


@pytest.mark.parametrize(("known", "other"), PAIRS)
def test_a_tag_of_a_name_that_is_there_is_refused_in_any_script(editor, known, other):
    """Whatever addresses the two were given by hand."""
    Tag.objects.create(name=known, slug="something-else")
    page = editor.post(ADD_TAG, {"name": other, "slug": "another"})
    assert errors(page) == {"name": [f"A tag of this name is there: “{known}”."]}


def test_letters_that_differ_are_two_names():
    assert folded("می\N{ZERO WIDTH NON-JOINER}خواهم") != folded("میخواهم")
    assert folded("ı") != folded("i")


def test_a_tag_may_change_its_own_capitals(editor):
    tag = Tag.objects.create(name="valencia", slug="valencia")
    other = Tag.objects.create(name="ports", slug="ports")
    editor.post(f"/admin/taggit/tag/{tag.pk}/change/", {"name": "Valencia", "slug": "valencia"})
    tag.refresh_from_db()
    assert tag.name == "Valencia"
    sent = {"name": "VALENCIA", "slug": "ports"}
    page = editor.post(f"/admin/taggit/tag/{other.pk}/change/", sent)
    assert errors(page) == {"name": ["A tag of this name is there: “Valencia”."]}


def test_the_database_refuses_it_too():
    Tag.objects.create(name="Valencia", slug="valencia")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(name="vaLencia", slug="valencia-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.bulk_create([Tag(name="VALENCIA", slug="valencia-3")])
    if connection.vendor == "postgresql":  # SQLite lowers ASCII alone
        Tag.objects.create(name="Ärger", slug="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            Tag.objects.create(name="ärger", slug="b")


@pytest.mark.parametrize(("known", "other"), PAIRS)
def test_every_other_way_takes_the_tag_that_is_there(editor, known, other):
    """The form of an article, acts on many, taggit's own add() and set(), a restored version."""
    Tag.objects.create(name=known, slug="something-else")
    editor.post(ADD, typed(editor.get(ADD), headline="One", tags=[other, "New"]))
    one = Article.objects.get()
    assert sorted(one.tags.names()) == sorted([known, "New"])
    assert set(one.working_copy.content.tags) == {known, "New"}
    assert Revision.objects.count() == 1

    two = make.article("Two", minutes_ago=None)
    perform(editor, "tag", two, tags=[other])
    assert list(two.tags.names()) == [known]
    assert two.revisions.get(number=2).content.tags == (known,)
    perform(editor, "tag", two, tags=[other])
    assert two.revisions.count() == 2

    three = make.article("Three")
    three.tags.add(other, known)
    assert list(three.tags.names()) == [known]
    three.tags.set([other])
    assert list(three.tags.names()) == [known]
    assert Tag.objects.count() == 2


@pytest.mark.parametrize(("known", "other"), PAIRS)
def test_a_new_tag_that_is_typed_in_two_ways_is_one(editor, known, other):
    editor.post(ADD, typed(editor.get(ADD), headline="One", tags=[known, other]))
    assert Tag.objects.get().name == known
    article = Article.objects.get()
    article.tags.set([])
    Tag.objects.all().delete()
    article.tags.add(known, other)
    assert Tag.objects.get().name == known


def test_two_who_type_a_new_tag_in_two_ways_get_one(editor, chief):
    """The article is public, so neither text has made a row for it when both are merged."""
    article = make.article("One", tags=["ports"])
    first, second = (typed(one.get(change(article))) for one in (editor, chief))
    editor.post(change(article), {**first, "tags": ["ports", "Ärger"]})
    chief.post(change(article), {**second, "tags": ["ports", "ärger"]})
    article.refresh_from_db()
    assert article.working_copy.content.tags == ("ports", "Ärger")


def test_a_preview_shows_the_tag_that_is_there(editor):
    Tag.objects.create(name="Ärger", slug="aerger")
    article = make.article("One", minutes_ago=None)
    row = make.autosave(article, Revision.objects.newest(article).content, by=None)
    shown = row.content.__class__(headline="One", tags=("ärger", "new")).apply_to(article)
    assert [(tag.name, bool(tag.pk)) for tag in shown.tags.all()] == [
        ("Ärger", True),
        ("new", False),
    ]


def test_a_capital_that_databases_lower_in_two_ways_is_known(editor):
    tag = Tag.objects.create(name="İstanbul")
    page = editor.post(ADD_TAG, {"name": "istanbul", "slug": "another"})
    assert errors(page) == {"name": ["A tag of this name is there: “İstanbul”."]}
    article = make.article(tags=["istanbul"])
    assert article.tags.get() == tag


def test_many_tags_are_looked_up_at_once(django_assert_num_queries):
    names = [f"Tag {number}" for number in range(30)]
    for name in names:
        Tag.objects.create(name=name)
    with django_assert_num_queries(1):
        found = called(Tag, [name.upper() for name in names])
    assert [found[folded(name)][0].name for name in names] == names


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("known", "other"), [("Valencia", "valencia"), ("ÇA", "ça")])
def test_two_who_make_a_tag_at_once_make_one(known, other):
    """By the form of tags, and by the tags of two articles; neither is answered with an error."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write after the other")
    chief = User.objects.create_superuser("chief")
    articles = [make.article(minutes_ago=None), make.article(minutes_ago=None)]
    barrier = threading.Barrier(2)
    answers: list[int] = []
    clients = [Client(raise_request_exception=False) for _ in articles]
    forms = []
    for client, article in zip(clients, articles, strict=True):
        client.force_login(chief)
        forms.append(typed(client.get(change(article))))

    def run(number: int, name: str) -> None:
        barrier.wait()
        page = clients[number].post(change(articles[number]), {**forms[number], "tags": [name]})
        answers.append(page.status_code)
        barrier.wait()
        sent = {"name": f"{name} two", "slug": f"slug-{number}"}
        answers.append(clients[number].post(ADD_TAG, sent).status_code)
        connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate((known, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 302, 302, 302]
    assert Tag.objects.count() == 2
    assert {tag.pk for one in articles for tag in one.tags.all()} == {Tag.objects.earliest("pk").pk}


BEFORE = "0005_autosaves_outlive_their_article"


@pytest.mark.django_db(transaction=True)
def test_tags_that_were_two_become_the_older_one():
    """With all that leads to the younger: articles, places of the front page, mailing lists."""
    call_command("migrate", "articles", BEFORE, verbosity=0)
    try:
        tags = [
            Tag.objects.create(name=name, slug=f"slug-{number}")
            for number, name in enumerate(["valencia", "Valencia", "VALENCIA", "Ärger", "ärger"])
        ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM django_content_type WHERE model = 'article'")
            (kind,) = cursor.fetchone()
        through = Article.tags.through
        for key, tag in [(1, 0), (1, 1), (2, 1), (2, 2), (3, 4)]:
            through.objects.create(tag=tags[tag], object_id=key, content_type_id=kind)
        # The table of front pages has fewer columns there than the model has by now.
        before = MigrationExecutor(connection).loader.project_state(("articles", BEFORE)).apps
        page = before.get_model("articles", "FrontPage").objects.create()
        for number in (1, 2):
            page.slots.create(area="seconds", position=number, tag_id=tags[number + 1].pk)
        MailingList.objects.create(name="Ports", slug="ports", tag=tags[1])
    finally:
        call_command("migrate", "articles", verbosity=0)
    assert list(Tag.objects.order_by("pk")) == [tags[0], tags[3]]
    rows = through.objects.order_by("object_id").values_list("object_id", "tag__name")
    assert list(rows) == [(1, "valencia"), (2, "valencia"), (3, "Ärger")]
    assert [slot.tag.name for slot in Slot.objects.order_by("position")] == ["valencia", "Ärger"]
    assert MailingList.objects.get(slug="ports").tag == tags[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(name="vAlencia", slug="another")


# Its siblings


@pytest.mark.parametrize("model", [Section, Format, Series])
@pytest.mark.parametrize(("known", "other"), PAIRS)
def test_groupings_are_one_of_a_name_too(model, known, other):
    model.objects.create(name=known, slug="something-else")
    with pytest.raises(ValidationError) as caught:
        model(name=" ".join(other.split()), slug="another").full_clean()
    kind = model._meta.verbose_name
    assert caught.value.message_dict == {"name": [f"A {kind} of this name is there: “{known}”."]}
    assert get_or_create(model, other).name == known


@pytest.mark.parametrize("model", [Section, Format, Series])
def test_the_database_holds_that_of_groupings(model):
    model.objects.create(name="Straits")
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(name="straits")


def test_two_authors_may_have_one_name():
    """Two people may; their addresses tell them apart."""
    for name in ("Ada Quill", "ada quill"):
        author = Author(name=name)
        author.full_clean()
        author.save()
    assert Author.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_groupings_that_were_two_stay_two_under_names_that_differ():
    """Nobody but an editor can say what becomes of them, so the younger gets a number."""
    module = importlib.import_module("articles.migrations.0007_group_names_whatever_their_case")
    call_command("migrate", "articles", "0006", verbosity=0)
    try:
        names = ["Straits", "straits", "straits (2)", "STRAITS"]
        for number, name in enumerate(names):
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO articles_series (name, slug, description) VALUES (%s, %s, '')",
                    [name, f"s-{number}"],
                )
    finally:
        call_command("migrate", "articles", verbosity=0)
    assert module.KINDS == ["Section", "Format", "Series"]
    found = list(Series.objects.order_by("pk").values_list("name", flat=True))
    assert found == ["Straits", "straits (3)", "straits (2)", "STRAITS (4)"]
