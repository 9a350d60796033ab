"""Working on an article: nothing typed is lost, whoever else works on it."""

import uuid
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article, Revision, Snapshot
from tests import make
from tests.newsroom import ADD, change, person, stored, typed

pytestmark = pytest.mark.django_db


def autosave_url(article: Article | None) -> str:
    if article is None:
        return "/admin/articles/article/autosave/"
    return reverse("admin:articles_article_autosave", args=[article.pk])


# Autosave


def test_typing_is_kept_in_one_row_and_shown_to_nobody_else(editor, second):
    """Fifty times within one open form: one row, the last text, and the article as it was."""
    article = make.article("Public")
    data = typed(editor.get(change(article)))
    for number in range(50):
        answer = editor.post(autosave_url(article), {**data, "headline": f"Typed {number}"})
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
    editor.post(autosave_url(article), {**data, "headline": "Some"})
    with django_assert_max_num_queries(6):
        editor.post(autosave_url(article), {**data, "headline": "More"})


def test_what_was_typed_is_offered_taken_up_and_saved(editor):
    """The form then holds the text and the lists as they were typed."""
    author = make.author("Ada Quill")
    article = make.article("Public", minutes_ago=None)
    data = typed(
        editor.get(change(article)), headline="Typed", byline=[str(author.pk)], tags=["ports"]
    )
    editor.post(autosave_url(article), data)
    row = Revision.objects.autosaves_of(User.objects.get()).get()
    page = editor.get(change(article))
    assert f"?take_up={row.pk}" in page.content.decode()
    assert page.context["adminform"].form.initial["headline"] == "Public"
    again = editor.get(change(article), {"take_up": row.pk})
    assert again.context["offered"] == []
    data = typed(again)
    assert (data["headline"], data["tags"]) == ("Typed", ["ports"])
    assert data["session"] != row.session
    assert editor.post(change(article), data).status_code == 302
    assert stored(article).headline == "Typed"
    assert stored(article).byline == [author]
    assert not Revision.objects.filter(kind="autosaved").exists()


def test_a_new_article_is_kept_before_it_is_saved(editor):
    """Without a headline even; and once saved, it is offered no more."""
    data = typed(editor.get(ADD), body="<p>First words</p>", tags=["ports"])
    assert editor.post(autosave_url(None), data).json()["revision"]
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
    late = editor.post(autosave_url(article), {**data, "headline": "Late"})
    assert late.json() == {"saved": True, "is_over": True}
    assert not Revision.objects.filter(kind="autosaved").exists()


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
    data = {**typed(editor.get(change(article)), deck="Typed"), **change_of}
    assert editor.post(autosave_url(article), data).status_code == status
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
    assert client.post(autosave_url(other), data).status_code == 403
    assert client.post(autosave_url(own), data).status_code == 200
    assert client.post(autosave_url(other), data).status_code == 404
    assert client.get(autosave_url(other), data).status_code == 404
    assert Revision.objects.count() == 1


def test_a_form_that_is_open_when_somebody_else_logs_in_keeps_nothing_for_them(editor, second):
    """It stays in the browser, for its author."""
    article = make.article(minutes_ago=None)
    data = typed(editor.get(change(article)), headline="Of the first")
    author = User.objects.get(username="editor").pk
    assert second.post(autosave_url(article), {**data, "person": author}).status_code == 403
    assert second.get(autosave_url(article), {**data, "person": author}).status_code == 403
    assert editor.post(autosave_url(article), {**data, "person": author}).status_code == 200
    assert Revision.objects.autosaves_of(User.objects.get(pk=author)).count() == 1


def test_what_was_typed_can_be_thrown_away_by_its_author_only(editor, second):
    article = make.article()
    editor.post(autosave_url(article), typed(editor.get(change(article)), headline="Oh"))
    address = reverse("admin:articles_article_discard", args=[Revision.objects.get().pk])
    assert second.post(address).status_code == 404
    assert editor.get(address).status_code == 405
    assert editor.post(address).status_code == 302
    assert Revision.objects.count() == 0


def unsaved(client: Client, article: Article | None, **form: str) -> list[str]:
    """The beginnings of what is offered, newest first."""
    page = client.get(autosave_url(article), {"session": str(uuid.uuid4()), **form})
    assert page.status_code == 200
    return [offer["what"] for offer in page.context["offered"]]


def test_what_is_offered_is_told_apart_by_its_time_and_its_first_differing_words(editor):
    """Newest first; what is saved, and what says the same as another, is not offered."""
    article = make.article("Ports", body="<p>One two three.</p><p>Four.</p>", minutes_ago=None)
    for body in ("<p>One two three.</p><p>Five six.</p>", "<p>One.</p>", "<p>One.</p>"):
        data = typed(editor.get(change(article)), body=body)
        assert editor.post(autosave_url(article), data).json()["revision"]
    assert editor.post(autosave_url(article), typed(editor.get(change(article)))).json() == {
        "saved": True
    }
    assert unsaved(editor, article) == ["Body: “One.”", "Body: “Five six.”"]
    answer = editor.get(change(article))
    assert answer.context["offered"][0]["row"] == Revision.objects.latest("pk")
    page = answer.content.decode()
    assert page.count("Go on with it") == 2
    assert "You typed 2 texts here" in page
    assert "0 minutes ago" not in page


def test_no_form_is_offered_its_own_text(editor):
    """Neither what was typed in it, nor what it took up and shows."""
    article = make.article("Ports", minutes_ago=None)
    data = typed(editor.get(change(article)), deck="Own text")
    editor.post(autosave_url(article), data)
    assert unsaved(editor, article, session=data["session"]) == []
    assert unsaved(editor, article) == ["Deck: “Own text”"]
    form = typed(editor.get(change(article), {"take_up": Revision.objects.get().pk}))
    assert unsaved(editor, article, session=form["session"], took_up=form["took_up"]) == []


def test_no_text_is_offered_elsewhere_or_once_it_is_saved(editor):
    """By whatever form it was saved."""
    article, other = (make.article(name, minutes_ago=None) for name in ("Ports", "Straits"))
    data = typed(editor.get(change(article)), deck="Typed twice")
    editor.post(autosave_url(article), data)
    assert unsaved(editor, article) == ["Deck: “Typed twice”"]
    assert unsaved(editor, other) == unsaved(editor, None) == []
    editor.post(change(article), typed(editor.get(change(article)), deck="Typed twice"))
    assert Revision.objects.autosaves_of(User.objects.get()).count() == 1
    assert unsaved(editor, article) == []


def test_many_texts_stand_in_one_box(editor):
    """Three of them; the others are folded below, and none is left out."""
    article = make.article("Ports", minutes_ago=None)
    for number in range(9):
        data = typed(editor.get(change(article)), deck=f"Deck {number}")
        editor.post(autosave_url(article), data)
    page = editor.get(change(article)).content.decode()
    assert page.count('class="unsaved"') == 1
    assert "<summary>6 older</summary>" in page
    assert page.count("Go on with it") == 9


def test_two_forms_that_took_up_the_same_text_do_not_overwrite_each_other(editor):
    """The first goes on in its row, the second in one of its own; saving one leaves the other."""
    article = make.article("Ports", minutes_ago=None)
    editor.post(autosave_url(article), typed(editor.get(change(article)), deck="Begun"))
    row = Revision.objects.get()
    forms = [typed(editor.get(change(article), {"take_up": row.pk})) for _ in range(2)]
    for number, data in enumerate(forms):
        for words in ("goes", "goes on"):
            sent = {**data, "deck": f"{number} {words}"}
            assert editor.post(autosave_url(article), sent).status_code == 200
    decks = {one.content.deck for one in Revision.objects.autosaves_of(User.objects.get())}
    assert decks == {"0 goes on", "1 goes on"}
    assert unsaved(editor, article) == ["Deck: “1 goes on”", "Deck: “0 goes on”"]
    editor.post(change(article), {**forms[0], "deck": "0 saved"})
    assert unsaved(editor, article) == ["Deck: “1 goes on”"]


def test_a_text_that_only_the_browser_had_is_offered_beside_the_one_taken_up(editor):
    """Typed on after the login was lost: the form shows the old text, and the new one is newer."""
    article = make.article("Ports", minutes_ago=None)
    editor.post(autosave_url(article), typed(editor.get(change(article)), deck="Old"))
    address = f"{change(article)}?take_up={Revision.objects.get().pk}"
    lost = typed(editor.get(address), deck="New")
    reopened = typed(editor.get(address))
    assert editor.post(autosave_url(article), lost).status_code == 200
    seen = {name: reopened[name] for name in ("session", "took_up")}
    assert unsaved(editor, article, **seen) == ["Deck: “New”"]
    editor.post(autosave_url(article), {**reopened, "deck": "Old and more"})
    assert unsaved(editor, article) == ["Deck: “Old and more”", "Deck: “New”"]


def test_a_request_that_comes_late_or_twice_changes_nothing(editor):
    """Over a bad network the first attempt may arrive after the second."""
    article = make.article("Ports", minutes_ago=None)
    data = typed(editor.get(change(article)), deck="First")
    for deck, moment in (("First", "1"), ("First", "1"), ("Third", "3"), ("Second", "2")):
        sent = {**data, "deck": deck, "typed_at": moment}
        assert editor.post(autosave_url(article), sent).status_code == 200
    assert [row.content.deck for row in Revision.objects.all()] == ["Third"]
    for odd in ("x", "-1", "1" * 30, "\0", "١"):
        assert editor.post(autosave_url(article), {**data, "typed_at": odd}).status_code == 200


@pytest.mark.parametrize("token", ["x", "1", "1 x", "9" * 40, "\0", "1 2026-01-01T00:00:00+00:00"])
def test_a_form_that_took_up_nothing_real_begins_a_row_of_its_own(editor, token):
    article = make.article("Ports", minutes_ago=None)
    data = typed(editor.get(change(article)), deck="Typed", took_up=token)
    assert editor.post(autosave_url(article), data).json()["revision"]
    assert unsaved(editor, article, took_up=token) == ["Deck: “Typed”"]
    assert editor.post(change(article), data).status_code in (200, 302)


def test_what_was_typed_outlives_its_article(editor, second):
    """Whoever deletes it, however: the text is offered where a new article begins."""
    article = make.article("Ports", minutes_ago=None)
    data = typed(editor.get(change(article)), deck="Typed for hours")
    editor.post(autosave_url(article), data)
    Revision.objects.newest(article)
    assert second.post(f"{change(article)[:-7]}delete/", {"post": "yes"}).status_code == 302
    assert not Revision.objects.numbered().exists()
    assert unsaved(editor, None) == ["Headline: “Ports”"]
    assert unsaved(second, None) == []
    row = Revision.objects.get()
    page = editor.get(ADD, {"take_up": row.pk})
    assert typed(page)["deck"] == "Typed for hours"
    assert editor.post(ADD, typed(page)).status_code == 302
    assert not Revision.objects.filter(kind="autosaved").exists()


# Out of reach while the form was open


def test_what_was_typed_for_a_deleted_article_becomes_a_new_one(editor, second):
    """A colleague deletes the draft; saving it opens the text as a new article."""
    article = make.article("Ports", minutes_ago=None)
    data = typed(editor.get(change(article)), body="<p>Typed in vain?</p>", tags=["ports"])
    editor.post(autosave_url(article), data)
    Article.objects.all().delete()
    assert editor.post(autosave_url(article), data).status_code == 404
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
    answer = client.post(autosave_url(article), {**data, "deck": "Typed after that"})
    assert answer.json()["taken_over"]
    page = client.post(
        change(article), {**data, "deck": "Last words", "body": "<p>Kept</p>"}, follow=True
    )
    html = page.content.decode()
    assert "is an editor’s now" in html
    assert "Last words" in html
    assert '<p dir="auto">Kept</p>' in html
    assert "Save keeps it" not in html
    assert Revision.objects.autosaves_of(writer).count() == 1
    assert stored(article).deck == ""
    assert "Last words" not in second.get(change(article)).content.decode()


def test_a_version_shows_what_can_still_be_found(editor):
    """Taking up a text whose author is gone loses the author, not the text."""
    article = make.article(minutes_ago=None)
    author = make.author()
    content = replace(Snapshot.of(article), authors=(author.pk,), headline="Kept words")
    row = make.autosave(article, content, session=str(uuid.uuid4()), by=User.objects.get())
    author.delete()
    page = editor.get(change(article), {"take_up": row.pk})
    assert typed(page)["headline"] == "Kept words"


# Handing in


def test_a_writer_hands_in_with_one_button(client):
    """The text is saved with it; a new article too."""
    writer = person("Writer")
    client.force_login(writer)
    data = typed(client.get(ADD), headline="Filed", _hand_in="")
    (message,) = client.post(ADD, data, follow=True).context["messages"]
    assert str(message) == "“Filed” is handed in: it waits for an editor."
    article = Article.objects.get()
    assert (article.stage, article.headline) == ("in_review", "Filed")
    page = client.get(change(article))
    assert not page.context["may_hand_in"]
    client.post(change(article), typed(page, stage="draft"))
    page = client.get(change(article))
    client.post(change(article), typed(page, deck="Cut", _hand_in=""))
    article.refresh_from_db()
    assert (article.stage, article.deck) == ("in_review", "Cut")
