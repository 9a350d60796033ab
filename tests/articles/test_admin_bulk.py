"""Bulk actions on articles: what is done, what is left out, and what is written down."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.article import bulk
from articles.admin.article.actions import BULK_ACTIONS
from articles.models import Article, Revision, Section, Snapshot
from tests import make

pytestmark = pytest.mark.django_db
LIST, IMAGES = "/admin/articles/article/", "/admin/articles/image/"


def perform(client, name, *articles, **asked):
    """Choose the entry for these rows and answer its question; the page that follows."""
    rows = {"action": name, "_selected_action": [article.pk for article in articles]}
    answers = {f"bulk-{key}": value for key, value in asked.items()}
    return client.post(LIST, {**rows, **answers, "apply": "yes"}, follow=True)


def told(page) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def words_of(article) -> list[str]:
    return [entry.change_message for entry in LogEntry.objects.filter(object_id=article.pk)]


@pytest.mark.parametrize("key", ["abc", "99999999999999999999", "²"])
def test_a_key_that_no_row_can_have_is_refused(chief, key):
    """Whatever is to be done, and in every list."""
    for page, name in ((LIST, "assign"), (LIST, "delete_selected"), (IMAGES, "delete_selected")):
        data = {"action": name, "_selected_action": [key]}
        assert chief.post(page, data).status_code == 404


def test_every_bulk_action_asks_before_it_does_anything(chief):
    """The page names what is meant; nothing has changed then."""
    article = make.article("Grain", minutes_ago=None)
    asked = 0
    for one in BULK_ACTIONS:
        page = chief.post(LIST, {"action": one.name, "_selected_action": [article.pk]})
        assert page.status_code == 200, one.name
        assert b"Grain" in page.content
        asked += 1
    assert asked == 8
    article.refresh_from_db()
    assert article.published_at is None
    assert not LogEntry.objects.exists()


def test_articles_are_assigned_and_taken_from_everybody(editor):
    """The log says to whom."""
    ada = User.objects.create_user("ada", first_name="Ada", last_name="Quill", is_staff=True)
    articles = [make.article(minutes_ago=None) for _ in range(3)]
    page = perform(editor, "assign", *articles, assignee=ada.pk)
    assert told(page) == "Assign to: 3 articles changed."
    assert [one.assignee for one in Article.objects.all()] == [ada] * 3
    assert words_of(articles[0]) == ["Assigned to Ada Quill."]
    perform(editor, "assign", *articles, assignee="")
    assert not Article.objects.filter(assignee=ada).exists()


def test_only_colleagues_are_assigned(editor):
    """A reader's account has no work here."""
    reader = User.objects.create_user("reader")
    article = make.article(minutes_ago=None)
    page = perform(editor, "assign", article, assignee=reader.pk)
    assert page.context["form"].errors
    assert words_of(article) == []


def test_a_due_date_is_set_and_taken_away(editor):
    """What is due at that date already is not written down again."""
    article = make.article(minutes_ago=None)
    perform(editor, "due", article, due_on="2027-03-01")
    page = perform(editor, "due", article, due_on="2027-03-01")
    article.refresh_from_db()
    assert article.due_on == date(2027, 3, 1)
    assert words_of(article) == ["Due 1 March 2027."]
    assert told(page) == "Set the due date: 0 articles changed, 1 article as wanted already."
    perform(editor, "due", article, due_on="")
    article.refresh_from_db()
    assert article.due_on is None


def test_tags_are_added_to_the_working_copy_of_a_live_article(editor):
    """The public page keeps its own until the changes are published; a draft has them at once."""
    live, draft = make.article(tags=["ports"]), make.article(minutes_ago=None)
    perform(editor, "tag", live, draft, tags=["ports", "grain"])
    assert sorted(tag.name for tag in live.tags.all()) == ["ports"]
    live.refresh_from_db()
    assert live.working_copy.content.tags == ("grain", "ports")
    assert live.has_unpublished_changes
    assert sorted(tag.name for tag in draft.tags.all()) == ["grain", "ports"]
    assert words_of(draft) == ["Tagged ports, grain."]
    assert words_of(live) == ["Tagged grain."]


def test_articles_move_to_a_section_as_a_version_of_their_text(editor):
    """So that it can be seen in the history, and taken back."""
    section = Section.objects.get(slug="europe")
    live, draft = make.article(), make.article(minutes_ago=None)
    perform(editor, "move", live, draft, section=section.pk)
    live.refresh_from_db()
    draft.refresh_from_db()
    assert (live.section, draft.section) == (None, section)
    assert live.working_copy.content.section == section.pk
    assert Revision.objects.numbered().filter(article=draft).count() == 2
    assert draft.working_copy.note == "Moved to Europe."


def test_a_writer_moves_own_drafts_only(writer):
    """A row that somebody may not change is left out and named, and the others are done."""
    person = User.objects.get(username="writer")
    own = make.article("Own", minutes_ago=None, created_by=person)
    other = make.article("Other", minutes_ago=None)
    live = make.article("Live", created_by=person)
    page = perform(writer, "stage", own, other, live, stage="in_review")
    assert "1 article changed" in told(page)
    assert "2 articles left out" in told(page)
    assert "“Other”: You may not change it as it stands." in told(page)
    assert "“Live”: Public since" in told(page)
    stages = dict(Article.objects.values_list("headline", "stage"))
    assert stages == {"Own": "in_review", "Other": "draft", "Live": "draft"}


def test_a_writer_cannot_call_an_article_ready(writer):
    """That stage is not among the choices."""
    own = make.article(minutes_ago=None, created_by=User.objects.get(username="writer"))
    page = perform(writer, "stage", own, stage="ready")
    assert page.context["form"].errors
    own.refresh_from_db()
    assert own.stage == "draft"


@pytest.mark.parametrize("name", ["publish", "withdraw"])
def test_a_writer_is_not_offered_what_the_public_would_see(writer, name):
    """Nor is it done when it is asked for by hand."""
    own = make.article(minutes_ago=None, created_by=User.objects.get(username="writer"))
    assert name.encode() + b'"' not in writer.get(LIST).content
    perform(writer, name, own)
    own.refresh_from_db()
    assert own.published_at is None


def test_drafts_and_waiting_changes_are_published_and_the_rest_is_left_out(editor):
    """With the reason for each."""
    draft, live = make.article("Draft", minutes_ago=None), make.article("Live")
    changed = make.article("Changed")
    scheduled = make.article("Scheduled", minutes_ago=-60)
    taken = make.article("Taken")
    text = replace(Snapshot.of(taken), slug=live.slug)
    Revision.objects.save_revision(taken, text, base=None, by=None)
    perform(editor, "tag", changed, tags=["grain"])
    page = perform(editor, "publish", draft, live, changed, scheduled, taken)
    assert "2 articles changed" in told(page)
    for words in ("“Live”: It is public", "“Scheduled”: Scheduled for", "“Taken”: "):
        assert words in told(page)
    assert {one.headline for one in Article.objects.published()} == {
        "Draft",
        "Live",
        "Changed",
        "Taken",
    }
    assert [tag.name for tag in Article.objects.get(pk=changed.pk).tags.all()] == ["grain"]


def test_an_embargo_keeps_a_draft_from_being_published_in_bulk(editor):
    """Whoever wants that says so in its form."""
    later = timezone.now() + timedelta(days=1)
    article = make.article(minutes_ago=None, embargoed_until=later)
    assert "embargo" in told(perform(editor, "publish", article))


def test_articles_are_taken_off_the_site(editor):
    """Drafts are left out: there is nothing to take off."""
    live, draft = make.article(), make.article(minutes_ago=None)
    page = perform(editor, "withdraw", live, draft)
    assert "1 article changed" in told(page)
    assert "It is not published." in told(page)
    assert not Article.objects.published().exists()
    assert words_of(live) == ["Taken off the site."]


def test_more_rows_than_can_be_done_at_once_are_refused_in_words(editor, monkeypatch):
    """Select-all over a large list does not keep somebody waiting for minutes."""
    monkeypatch.setattr(bulk, "MOST", 2)
    articles = [make.article(minutes_ago=None) for _ in range(3)]
    page = perform(editor, "due", *articles, due_on="2027-03-01")
    assert "At most 2 articles at once" in told(page)
    assert not Article.objects.filter(due_on__isnull=False).exists()


def test_the_question_costs_the_same_for_any_number_of_rows(editor):
    """Rows are judged from what one query brought."""
    articles = [make.article(minutes_ago=None) for _ in range(40)]
    asked = []
    for chosen in (articles[:1], articles[:1], articles):
        keys = [article.pk for article in chosen]
        with CaptureQueriesContext(connection) as captured:
            editor.post(LIST, {"action": "assign", "_selected_action": keys})
        asked.append(len(captured))
    assert asked[1] == asked[2]
