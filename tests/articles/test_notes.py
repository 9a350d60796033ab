"""Notes between colleagues: who writes and reads them, and that no reader does."""

import pytest
from django.contrib.auth.models import User

from articles.admin.article.notes import panel
from articles.models import Note
from tests import make
from tests.newsroom import change, person

pytestmark = pytest.mark.django_db


def address(article, note=None) -> str:
    start = f"/admin/articles/article/{article.pk}/notes/"
    return f"{start}{note.pk}/" if note else start


def test_a_note_is_written_and_stands_beside_the_text(editor):
    """With the words that it is about, who wrote it, and how many are open."""
    article = make.article()
    sent = {"text": "Are the <b>figures</b> right?", "passage": "Second\n paragraph"}
    assert editor.post(address(article), sent).headers["Location"] == address(article)
    note = article.notes.get()
    assert (note.passage, note.author.username) == ("Second paragraph", "editor")
    for page in (address(article), change(article)):
        shown = editor.get(page).content.decode()
        assert "Are the &lt;b&gt;figures&lt;/b&gt; right?" in shown
        assert "Second paragraph</blockquote>" in shown
    assert "1 open" in editor.get(change(article)).content.decode()


def test_a_note_that_says_nothing_is_refused_and_nothing_typed_is_lost(editor):
    """The form comes again with what was in it."""
    article = make.article()
    page = editor.post(address(article), {"text": " ", "passage": "Second paragraph"})
    assert page.status_code == 422
    assert "Second paragraph" in page.content.decode()
    assert not Note.objects.exists()


def test_a_note_is_resolved_and_opened_again(editor):
    """Whoever was first to resolve it is named."""
    article = make.article()
    note = Note.objects.create(article=article, text="Check")
    colleague = person("Chief")
    Note.objects.get().resolve(colleague)
    editor.post(address(article, note))
    note.refresh_from_db()
    assert (note.is_open, note.resolved_by) == (False, colleague)
    editor.post(address(article, note), {"reopen": "yes"})
    note.refresh_from_db()
    assert (note.is_open, note.resolved_by) == (True, None)
    assert list(Note.objects.open()) == [note]


def test_open_notes_stand_before_resolved_ones(editor):
    """So that what is left to do is read first."""
    article = make.article()
    done, left = (Note.objects.create(article=article, text=text) for text in ("Done", "Left"))
    done.resolve(User.objects.get())
    assert list(article.notes.in_order()) == [left, done]


def test_a_note_belongs_to_its_article(editor):
    """It is not found under the address of another one, nor resolved by a link."""
    note = Note.objects.create(article=make.article(), text="Check")
    assert editor.post(address(make.article(), note)).status_code == 404
    assert editor.get(address(note.article, note)).status_code == 405
    assert Note.objects.get().is_open


@pytest.mark.parametrize("group", ["Writer", "Editor", "Chief"])
def test_whoever_may_read_an_article_may_write_notes_on_it(client, group):
    """On a colleague's article, too."""
    client.force_login(person(group))
    article = make.article(minutes_ago=None)
    assert client.post(address(article), {"text": "Good."}).status_code == 302
    assert client.get(address(article)).status_code == 200


def test_nobody_else_reads_or_writes_a_note(client):
    """Neither an account without a group nor a reader."""
    article = make.article()
    note = Note.objects.create(article=article, text="Check")
    for login in (None, User.objects.create_user("guest", is_staff=True)):
        if login:
            client.force_login(login)
        for answer in (
            client.get(address(article)),
            client.post(address(article), {"text": "Hello"}),
            client.post(address(article, note)),
        ):
            assert answer.status_code in (302, 403)
            assert b"Check" not in answer.content
    assert Note.objects.count() == 1
    assert Note.objects.get().is_open


def test_the_script_gets_the_panel_alone(editor):
    """After each act it takes the place of the one that was there."""
    article = make.article()
    answer = editor.post(address(article), {"text": "Check"}, headers={"X-Panel": "yes"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert 'id="notes"' in answer.content.decode()


def test_the_panel_costs_one_query(editor, django_assert_num_queries):
    """However many colleagues wrote."""
    article = make.article()
    for number in range(5):
        Note.objects.create(
            article=article, text="Check", author=User.objects.create_user(f"colleague{number}")
        )
    with django_assert_num_queries(1):
        assert [note.author.username for note in panel(article)["notes"]]
