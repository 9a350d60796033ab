"""Withdrawing and deleting: what becomes of the address that readers have."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.importing.lookup import find_by_slug
from articles.models import Article, Note, OpenForm, Page, Redirect, RedirectOutcome, Section
from tests import make
from tests.newsroom import change, person

pytestmark = pytest.mark.django_db


def deletion(row: Article | Page) -> str:
    return reverse(f"admin:articles_{row._meta.model_name}_delete", args=[row.pk])


def withdrawn(slug: str = "gone-words", **fields) -> Article:
    article = make.article("Undisclosed", slug=slug, **fields)
    article.withdraw()
    return article


# Withdrawing


def test_a_withdrawn_article_answers_that_it_was_withdrawn(client):
    """At its address and at that of its rest, from each old address; and says no word of it."""
    article = make.article("Undisclosed", slug="old-words")
    article.slug = "new-words"
    article.save()
    article.withdraw()
    for address in ("/old-words/", "/new-words/", "/new-words/rest/"):
        answer = client.get(address)
        assert answer.status_code == 410
        html = answer.content.decode()
        assert "has been withdrawn" in html
        assert 'content="noindex' in html
        assert "Undisclosed" not in html
    assert client.get("/New-Words").headers["Location"] == "/new-words/"


def test_published_again_it_is_there(client):
    article = withdrawn()
    article.publish()
    assert client.get("/gone-words/").status_code == 200


def test_what_waits_to_be_public_again_is_withdrawn_until_then(client, time_machine):
    """Whether it was withdrawn first, or put off while it was public."""
    tomorrow = timezone.now() + timedelta(days=1)
    articles = [withdrawn("first"), make.article(slug="second")]
    for article in articles:
        article.publish(tomorrow)
        assert client.get(article.get_absolute_url()).status_code == 410
        assert article.has_been_public
    time_machine.move_to(tomorrow + timedelta(minutes=1))
    for article in articles:
        assert client.get(article.get_absolute_url()).status_code == 200


def test_what_nobody_has_seen_is_not_found_when_it_is_taken_back(client):
    """A scheduled article that is stopped was never there."""
    article = make.article(minutes_ago=-60, slug="never-out")
    article.withdraw()
    assert client.get("/never-out/").status_code == 404
    assert not article.has_been_public


# Deleting


def test_a_draft_that_nobody_has_seen_is_deleted_as_ever(editor):
    draft = make.article(minutes_ago=None)
    assert "Where should its address lead?" not in editor.get(deletion(draft)).content.decode()
    editor.post(deletion(draft), {"post": "yes"})
    assert not Article.objects.exists()
    assert not Redirect.objects.exists()


def test_the_question_is_short_and_names_who_has_it_open(editor):
    """However many notes and versions go with it."""
    writer = person("Writer")
    draft = make.article("Ports", minutes_ago=None)
    for number in range(60):
        Note.objects.create(article=draft, author=writer, text=f"Note {number}")
    OpenForm.objects.note(draft, writer, str(uuid.uuid4()))
    html = editor.get(deletion(draft)).content.decode()
    assert "writer has it open now" in html
    assert "Note 7" not in html
    OpenForm.objects.all().delete()
    assert "open now" not in editor.get(deletion(draft)).content.decode()


@pytest.mark.parametrize(
    ("sent", "leads"),
    [
        ({"to": "row", "row": "successor"}, "/successor/"),
        ({"to": "row", "row": " /Successor/ "}, "/successor/"),
        ({"to": "row", "row": "http://testserver/successor/?x=1"}, "/successor/"),
        ({"to": "row", "row": "The next one"}, "/successor/"),
        ({"to": "row", "row": "about"}, "/about/"),
        ({"to": "section", "section": "europe"}, "/section/europe/"),
        ({"to": "front"}, "/"),
        ({"to": "gone"}, None),
    ],
)
def test_every_address_of_a_deleted_article_leads_where_the_editor_says(
    editor, client, sent, leads
):
    """The present one and the older ones, in one step; or they answer 410 from then on."""
    make.article("The next one", slug="successor")
    article = make.article(slug="oldest")
    for slug in ("older", "present"):
        article.slug = slug
        article.save()
    Redirect.objects.set_target("/2019/imported.html", article)
    article.withdraw()
    if "section" in sent:
        sent = {**sent, "section": str(Section.objects.get(slug="europe").pk)}
    assert "Where should its address lead?" in editor.get(deletion(article)).content.decode()
    assert editor.post(deletion(article), sent).status_code == 302
    assert not Article.objects.filter(pk=article.pk).exists()
    for address in ("/oldest/", "/older/", "/present/", "/2019/imported.html"):
        answer = client.get(address)
        if leads:
            assert (answer.status_code, answer.headers["Location"]) == (301, leads), address
        else:
            assert answer.status_code == 410, address
            assert "has been withdrawn" in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "required"),
        ({"to": "nowhere"}, "valid choice"),
        ({"to": "row"}, "Say which article or page."),
        ({"to": "row", "row": "no such thing"}, "No public article or page"),
        ({"to": "row", "row": "draft-words"}, "No public article or page"),
        ({"to": "row", "row": "https://[broken"}, "No public article or page"),
        ({"to": "section"}, "Choose a section."),
        ({"to": "section", "section": "999"}, "valid choice"),
    ],
)
def test_without_an_answer_nothing_is_deleted(editor, sent, sentence):
    """The question comes again, with what was typed."""
    make.article(slug="draft-words", minutes_ago=None)
    article = withdrawn()
    page = editor.post(deletion(article), sent)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert sent.get("row", "") in page.content.decode()
    assert Article.objects.filter(pk=article.pk).exists()


def test_what_is_public_is_withdrawn_before_it_is_deleted(editor):
    live = make.article()
    assert editor.get(deletion(live)).status_code == 403
    assert editor.post(deletion(live), {"to": "gone"}).status_code == 403
    assert Article.objects.exists()


def test_a_writer_deletes_nothing_that_was_public(writer):
    article = withdrawn()
    assert writer.post(deletion(article), {"to": "gone"}).status_code == 403
    assert Article.objects.exists()


def test_a_get_deletes_nothing(editor):
    article = withdrawn()
    editor.get(deletion(article), {"to": "gone"})
    assert Article.objects.exists()


def test_many_at_once_are_deleted_only_if_nobody_has_seen_them(editor):
    """Those that were public are named, and then none of all goes."""
    drafts = [make.article(minutes_ago=None) for _ in range(2)]
    seen = withdrawn()
    action = {"action": "delete_selected", "post": "yes"}
    address = "/admin/articles/article/"
    page = editor.post(
        address,
        {**action, "_selected_action": [row.pk for row in (*drafts, seen)]},
        follow=True,
    )
    assert "“Undisclosed”" in page.content.decode()
    assert Article.objects.count() == 3
    editor.post(address, {**action, "_selected_action": [row.pk for row in drafts]})
    assert list(Article.objects.all()) == [seen]


def test_deleting_a_page_asks_too(chief, client):
    """Whether it is public now or was once."""
    about = Page.objects.get(slug="about")
    assert "Where should its address lead?" in chief.get(deletion(about)).content.decode()
    assert chief.post(deletion(about), {"to": "row", "row": "about"}).status_code == 200
    chief.post(deletion(about), {"to": "front"})
    assert client.get("/about/").headers["Location"] == "/"
    masthead = Page.objects.get(slug="masthead")
    Page.objects.filter(pk=masthead.pk).update(is_public=False)
    action = {"action": "delete_selected", "post": "yes", "_selected_action": [masthead.pk]}
    chief.post("/admin/articles/page/", action)
    assert Page.objects.filter(pk=masthead.pk).exists()


def test_whoever_takes_the_address_of_what_is_gone_has_it(client):
    withdrawn("taken").delete_leading_to(RedirectOutcome.GONE)
    assert client.get("/taken/").status_code == 410
    make.article(slug="taken")
    assert client.get("/taken/").status_code == 200


def test_an_import_does_not_take_the_successor_for_the_deleted_article():
    """A renamed article is known by its old address; a deleted one's address is another's now."""
    successor = make.article(slug="successor")
    withdrawn("deleted").delete_leading_to(successor)
    assert Redirect.objects.at("/deleted/").url == "/successor/"
    assert find_by_slug(Article, "deleted") is None
    successor.slug = "renamed"
    successor.save()
    assert find_by_slug(Article, "successor") == successor


def test_the_question_before_withdrawing_says_what_readers_will_be_told(editor):
    address = reverse("admin:articles_article_withdraw", args=[make.article().pk])
    assert "is told that it was withdrawn" in editor.get(address).content.decode()


def test_the_form_of_a_withdrawn_article_leads_to_its_deletion(editor):
    article = withdrawn()
    assert deletion(article) in editor.get(change(article)).content.decode()
