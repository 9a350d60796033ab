"""Working on an article: nothing typed is lost, whoever else works on it."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, OpenForm, Revision, Snapshot
from tests import make
from tests.newsroom import ADD, change, person, typed

pytestmark = pytest.mark.django_db


def autosave_address(article: Article | None) -> str:
    if article is None:
        return "/admin/articles/article/autosave/"
    return reverse("admin:articles_article_autosave", args=[article.pk])


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


@pytest.fixture
def second(db) -> Client:
    """Another editor, in a browser of their own."""
    user = User.objects.create_user("bea", first_name="Bea", last_name="Bauer", is_staff=True)
    user.groups.add(Group.objects.get(name="Editor"))
    client = Client()
    client.force_login(user)
    return client


# Autosave


def test_typing_is_kept_in_one_row_and_shown_to_nobody_else(editor, second):
    """Fifty times within one open form: one row, the last text, and the article as it was."""
    article = make.article("Public")
    data = typed(editor.get(change(article)))
    for number in range(50):
        answer = editor.post(autosave_address(article), {**data, "headline": f"Typed {number}"})
        assert answer.status_code == 200
    (row,) = Revision.objects.all()
    assert row.content.headline == "Typed 49"
    assert stored(article).headline == "Public"
    assert stored(article).revisions.numbered().count() == 0
    assert "Typed 49" in editor.get(change(article)).content.decode()
    assert "Typed 49" not in second.get(change(article)).content.decode()
    taken = second.get(change(article), {"take_up": row.pk})
    assert "Typed 49" not in taken.content.decode()
    assert editor.get(change(article), {"take_up": "x' or 1"}).status_code == 200


def test_an_autosave_costs_few_queries(editor, django_assert_max_num_queries):
    """However long somebody types."""
    article = make.article()
    data = typed(editor.get(change(article)))
    editor.post(autosave_address(article), data)
    with django_assert_max_num_queries(6):
        editor.post(autosave_address(article), {**data, "headline": "More"})


def test_what_was_typed_is_offered_taken_up_and_saved(editor):
    """The form then holds the text and the lists as they were typed."""
    author = make.author("Ada Quill")
    article = make.article("Public", minutes_ago=None)
    data = typed(
        editor.get(change(article)), headline="Typed", byline=[str(author.pk)], tags=["ports"]
    )
    editor.post(autosave_address(article), data)
    row = Revision.objects.autosaves_of(User.objects.get()).get()
    page = editor.get(change(article))
    assert f"?take_up={row.pk}" in page.content.decode()
    assert page.context["adminform"].form.initial["headline"] == "Public"
    again = editor.get(change(article), {"take_up": row.pk})
    assert again.context["offered"] == []
    data = typed(again)
    assert (data["headline"], data["tags"], data["session"]) == ("Typed", ["ports"], row.session)
    assert editor.post(change(article), data).status_code == 302
    assert stored(article).headline == "Typed"
    assert stored(article).byline == [author]
    assert not Revision.objects.filter(kind="autosaved").exists()


def test_a_new_article_is_kept_before_it_is_saved(editor):
    """Without a headline even; and once saved, it is offered no more."""
    data = typed(editor.get(ADD), body="<p>First words</p>", tags=["ports"])
    assert editor.post(autosave_address(None), data).json()["revision"]
    assert Article.objects.count() == 0
    row = Revision.objects.get()
    page = editor.get(ADD, {"take_up": row.pk})
    data = typed(page, headline="At last")
    assert data["body"] == "<p>First words</p>"
    assert editor.post(ADD, data).status_code == 302
    assert Article.objects.get().body == "<p>First words</p>"
    assert list(Article.objects.get().tags.names()) == ["ports"]
    assert not Revision.objects.filter(kind="autosaved").exists()


def test_a_late_autosave_does_not_bring_back_what_was_saved(editor):
    """The request that was on its way while the form was sent."""
    article = make.article(minutes_ago=None)
    data = typed(editor.get(change(article)), headline="Saved")
    editor.post(change(article), data)
    late = editor.post(autosave_address(article), {**data, "headline": "Late"})
    assert late.status_code == 409
    assert not Revision.objects.filter(kind="autosaved").exists()
    asked = editor.get(autosave_address(article), {"session": data["session"]})
    assert asked.json() == {"saved": True}
    never = editor.get(autosave_address(article), {"session": str(uuid.uuid4())})
    assert never.json() == {"saved": False}


@pytest.mark.parametrize(
    ("change_of", "status"),
    [
        ({"session": "no name"}, 404),
        ({"session": ""}, 404),
        ({"base": "99999999999999999999"}, 200),
        ({"base": "12345"}, 200),
        ({"section": "abc", "byline": ["x", "-1", "9" * 40]}, 200),
        ({"headline": "nul\0l", "tags": ["a\0b"], "body": "<p>nul\0l</p>"}, 200),
        ({"body": "<script>alert(1)</script><p onclick=x>Safe</p>"}, 200),
        ({"headline": "x" * 100_000}, 200),
    ],
)
def test_odd_input_is_kept_as_words_or_refused(editor, change_of, status):
    article = make.article()
    data = {**typed(editor.get(change(article))), **change_of}
    assert editor.post(autosave_address(article), data).status_code == status
    if status == 200:
        assert "script" not in Revision.objects.get().content.body
        page = editor.get(change(article), {"take_up": Revision.objects.get().pk})
        assert page.status_code == 200


def test_nobody_types_into_what_they_may_not_change(editor, client):
    """Nor with the name of a form that is open on another article."""
    writer = person("Writer")
    client.force_login(writer)
    other, own = make.article("Other"), make.article(minutes_ago=None, created_by=writer)
    data = {"session": str(uuid.uuid4()), "headline": "Mine now"}
    assert client.post(autosave_address(other), data).status_code == 403
    assert client.post(autosave_address(own), data).status_code == 200
    assert client.post(autosave_address(other), data).status_code == 404
    assert client.get(autosave_address(other), data).status_code == 404
    assert Revision.objects.count() == 1


def test_what_was_typed_can_be_thrown_away_by_its_author_only(editor, second):
    article = make.article()
    editor.post(autosave_address(article), typed(editor.get(change(article)), headline="Oh"))
    address = reverse("admin:articles_article_discard", args=[Revision.objects.get().pk])
    assert second.post(address).status_code == 404
    assert editor.get(address).status_code == 405
    assert editor.post(address).status_code == 302
    assert Revision.objects.count() == 0


# Out of reach while the form was open


def test_what_was_typed_for_a_deleted_article_becomes_a_new_one(editor, second):
    """A colleague deletes the draft; saving it opens the text as a new article."""
    article = make.article("Ports", minutes_ago=None)
    data = typed(editor.get(change(article)), body="<p>Typed in vain?</p>", tags=["ports"])
    editor.post(autosave_address(article), data)
    Article.objects.all().delete()
    assert editor.post(autosave_address(article), data).status_code == 404
    page = editor.post(change(article), data, follow=True)
    assert page.redirect_chain[-1][0].startswith(f"{ADD}?take_up=")
    assert "was deleted meanwhile" in page.content.decode()
    assert typed(page)["body"] == "<p>Typed in vain?</p>"
    assert editor.post(ADD, typed(page)).status_code == 302
    saved = Article.objects.get()
    assert (saved.headline, saved.body) == ("Ports", "<p>Typed in vain?</p>")
    assert list(saved.tags.names()) == ["ports"]
    assert not Revision.objects.filter(kind="autosaved").exists()


def test_what_a_writer_typed_while_an_editor_took_over_is_kept(client, second):
    """It cannot be saved any more, but is shown to the writer, and to nobody else."""
    writer = person("Writer")
    client.force_login(writer)
    article = make.article("Ports", minutes_ago=None, created_by=writer)
    data = typed(client.get(change(article)))
    article.publish()
    answer = client.post(autosave_address(article), {**data, "deck": "Typed after that"})
    assert answer.json()["taken_over"]
    page = client.post(
        change(article), {**data, "deck": "Last words", "body": "<p>Kept</p>"}, follow=True
    )
    html = page.content.decode()
    assert "is an editor’s now" in html
    assert "Last words" in html
    assert "<p>Kept</p>" in html
    assert "Save keeps it" not in html
    assert Revision.objects.autosaves_of(writer).count() == 1
    assert stored(article).deck == ""
    assert "Last words" not in second.get(change(article)).content.decode()


# Live articles


def test_saving_a_live_article_leaves_the_public_page_as_it_is(editor, client):
    """Until its changes are published; the form shows what waits."""
    article = make.article("Before", slug="live", tags=["a"])
    reader = Client()
    data = typed(editor.get(change(article)), headline="After", tags=["a", "b"], _continue="")
    page = editor.post(change(article), data, follow=True)
    assert typed(page)["headline"] == "After"
    assert typed(page)["tags"] == ["a", "b"]
    assert "After" not in reader.get("/live/").content.decode()
    page = editor.post(change(article), typed(page, slug="later", _continue=""), follow=True)
    assert page.context["absolute_url"] == "/live/"
    assert list(stored(article).tags.names()) == ["a"]
    stored(article).publish()
    assert "After" in reader.get("/later/").content.decode()
    assert sorted(stored(article).tags.names()) == ["a", "b"]


def test_the_stage_is_nobodys_text(editor, second):
    """Who moves it changes nothing else, and does not undo what a colleague moved meanwhile."""
    article = make.article(minutes_ago=None)
    first_page, second_page = editor.get(change(article)), second.get(change(article))
    bea = User.objects.get(username="bea")
    editor.post(change(article), typed(first_page, stage="in_review", assignee=bea.pk))
    data = typed(second_page, due_on="2026-12-24", headline="New")
    data["initial-stage"] = "draft"
    second.post(change(article), data)
    now = stored(article)
    assert (now.stage, now.assignee, str(now.due_on)) == ("in_review", bea, "2026-12-24")
    assert now.headline == "New"


# Two editors


def test_two_editors_of_different_things_are_merged_and_told(editor, second):
    article = make.article("Ports", minutes_ago=None)
    mine, theirs = editor.get(change(article)), second.get(change(article))
    second.post(change(article), typed(theirs, deck="Who pays?"))
    page = editor.post(change(article), typed(mine, headline="Harbours"), follow=True)
    assert (stored(article).headline, stored(article).deck) == ("Harbours", "Who pays?")
    assert "theirs is: Deck" in page.content.decode()


def test_two_editors_of_the_same_choose(editor, second):
    """Both texts stand side by side; whichever loses is a version still."""
    article = make.article("Ports", body="<p>One.</p><p>Two.</p>", minutes_ago=None)
    mine, theirs = editor.get(change(article)), second.get(change(article))
    second.post(change(article), typed(theirs, headline="Docks", body="<p>Uno.</p><p>Two.</p>"))
    page = editor.post(
        change(article),
        typed(mine, headline="Quays", body="<p>Eins.</p><p>Two.</p>", author_note="Mine"),
        follow=True,
    )
    html = page.content.decode()
    assert [place["key"] for place in page.context["places"]] == ["headline", "body-at-1"]
    assert all(text in html for text in ("Docks", "Quays", "Ports", "Eins.", "Uno.", "One."))
    address = page.redirect_chain[-1][0]
    seen = page.context["newest"].pk

    assert editor.post(address, {"seen": seen, "headline": "own"}).status_code == 409
    assert stored(article).headline == "Docks"
    done = editor.post(address, {"seen": seen, "headline": "own", "body-at-1": "both"})
    assert done.status_code == 302
    now = stored(article)
    assert (now.headline, now.author_note) == ("Quays", "Mine")
    assert now.body == "<p>Eins.</p><p>Uno.</p><p>Two.</p>"
    headlines = {version.content.headline for version in article.revisions.numbered()}
    assert headlines == {"Ports", "Docks", "Quays"}


def test_a_merge_is_asked_again_where_a_third_save_came_between(editor, second):
    article = make.article("Ports", minutes_ago=None)
    mine, theirs = editor.get(change(article)), second.get(change(article))
    second.post(change(article), typed(theirs, headline="Docks"))
    page = editor.post(change(article), typed(mine, headline="Quays"), follow=True)
    second.post(change(article), typed(second.get(change(article)), headline="Wharves"))
    again = editor.post(
        page.redirect_chain[-1][0], {"seen": page.context["newest"].pk, "headline": "own"}
    )
    assert again.status_code == 409
    assert "Wharves" in again.content.decode()
    assert "saved again" in again.content.decode()
    assert stored(article).headline == "Wharves"


def test_nobody_merges_what_they_may_not_change(client):
    """Nor a version of another article, nor what is only autosaved."""
    writer = person("Writer")
    client.force_login(writer)
    other, own = make.article("Other"), make.article(minutes_ago=None, created_by=writer)
    version = Revision.objects.newest(other)
    elsewhere = reverse("admin:articles_article_merge", args=[own.pk, version.pk])
    assert client.get(elsewhere).status_code == 404
    assert client.post(elsewhere, {"seen": version.pk}).status_code == 404
    forbidden = reverse("admin:articles_article_merge", args=[other.pk, version.pk])
    assert client.get(forbidden).status_code == 403


# Presence


def test_the_form_says_who_else_has_it_open(editor, second, time_machine):
    """As long as it is open there; and whether they saved it meanwhile."""
    article = make.article("Ports", minutes_ago=None)
    address = reverse("admin:articles_article_presence", args=[article.pk])
    names = ("session", "base")
    mine, theirs = typed(editor.get(change(article))), typed(second.get(change(article)))
    say = {name: mine.get(name, "") for name in names}
    also = {name: theirs.get(name, "") for name in names}
    assert editor.post(address, say).json() == {"people": [], "newest": None}
    assert second.post(address, also).json()["people"] == ["editor"]
    assert editor.post(address, say).json()["people"] == ["Bea Bauer"]
    second.post(address, {**also, "gone": ""})
    assert editor.post(address, say).json()["people"] == []
    assert OpenForm.objects.count() == 1

    Revision.objects.newest(article)
    mine = typed(editor.get(change(article)))
    second.post(change(article), typed(second.get(change(article)), deck="New"))
    newest = editor.post(address, {name: mine[name] for name in names}).json()["newest"]
    assert newest["who"] == "Bea Bauer"


def test_a_form_that_was_left_open_and_went_silent_is_forgotten(editor, second, time_machine):
    article = make.article()
    address = reverse("admin:articles_article_presence", args=[article.pk])
    second.post(address, {"session": str(uuid.uuid4()), "base": ""})
    say = {"session": str(uuid.uuid4()), "base": ""}
    assert editor.post(address, say).json()["people"] == ["Bea Bauer"]
    time_machine.move_to(timezone.now() + timedelta(seconds=55))
    assert editor.post(address, say).json()["people"] == []
    assert OpenForm.objects.count() == 1


def test_a_version_shows_what_can_still_be_found(editor):
    """Taking up a text whose author is gone loses the author, not the text."""
    article = make.article(minutes_ago=None)
    author = make.author()
    content = replace(Snapshot.of(article), authors=(author.pk,), headline="Kept words")
    row = Revision.objects.begin_autosave(
        article, content, session=str(uuid.uuid4()), base=None, by=User.objects.get()
    )
    author.delete()
    page = editor.get(change(article), {"take_up": row.pk})
    assert typed(page)["headline"] == "Kept words"


# Handing in


def test_a_writer_hands_in_with_one_button(client):
    """The text is saved with it; a new article too."""
    writer = person("Writer")
    client.force_login(writer)
    data = typed(client.get(ADD), headline="Filed", _hand_in="")
    client.post(ADD, data)
    article = Article.objects.get()
    assert (article.stage, article.headline) == ("in_review", "Filed")
    page = client.get(change(article))
    assert not page.context["may_hand_in"]
    client.post(change(article), typed(page, stage="draft"))
    page = client.get(change(article))
    client.post(change(article), typed(page, deck="Cut", _hand_in=""))
    article.refresh_from_db()
    assert (article.stage, article.deck) == ("in_review", "Cut")
