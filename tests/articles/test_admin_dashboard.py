"""What somebody finds who opens the newsroom."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin import dashboard
from articles.admin.dashboard import Panel, PanelRow
from articles.models import Article, Note, Section
from tests import make
from tests.newsroom import change, person

pytestmark = pytest.mark.django_db


def panels(client) -> dict[str, list[str]]:
    page = client.get("/admin/")
    assert page.status_code == 200
    return {panel.title: [row.text for row in panel.rows] for panel in page.context["panels"]}


def make_one_of_each(me: User) -> None:
    today = timezone.localdate()
    make.article("Draft", minutes_ago=None, created_by=me)
    make.article("Given", minutes_ago=None, assignee=me)
    make.article("Review", minutes_ago=None, stage=Article.Stage.IN_REVIEW)
    make.article("Late", minutes_ago=None, due_on=today - timedelta(days=1))
    make.article("Today", minutes_ago=None, due_on=today)
    make.article("Tomorrow", minutes_ago=None, due_on=today + timedelta(days=1))
    make.article("Ready", minutes_ago=None, stage=Article.Stage.READY)
    make.article("Scheduled", minutes_ago=-90)
    make.article("New", minutes_ago=5)
    make.article("Old", minutes_ago=60 * 24 * 30)


def test_an_editor_finds_the_work_of_everybody(editor):
    """Each article in the panel where somebody would look for it."""
    make_one_of_each(User.objects.get())
    assert panels(editor) == {
        "My drafts": ["Draft"],
        "Assigned to me": ["Given"],
        "Awaiting review": ["Review"],
        "Due today and overdue": ["Late", "Today"],
        "Ready to publish": ["Ready"],
        "Scheduled": ["Scheduled"],
        "Changes not published": [],
        "Published this week": ["New"],
    }


def test_a_writer_finds_only_what_concerns_a_writer(writer):
    """What he or she began or was given."""
    me = User.objects.get()
    make_one_of_each(person("Editor"))
    assert [rows for rows in panels(writer).values() if rows] == []
    make.article("Mine", minutes_ago=None, created_by=me, stage=Article.Stage.IN_REVIEW)
    make.article("Out", minutes_ago=5, created_by=me)
    found = panels(writer)
    assert (found["Awaiting review"], found["Published this week"]) == (["Mine"], ["Out"])


def test_each_panel_leads_to_the_list_of_all_its_rows(editor):
    """One click, and the same articles stand there."""
    make_one_of_each(User.objects.get())
    live = Article.objects.get(headline="New")
    editor.post(
        "/admin/articles/article/",
        {"action": "tag", "_selected_action": [live.pk], "apply": "1", "bulk-tags": ["ports"]},
    )
    followed = 0
    for panel in editor.get("/admin/").context["panels"]:
        listed = editor.get(panel.url).context["cl"].result_list
        assert {str(row) for row in listed} == {row.text for row in panel.rows}, panel.title
        assert panel.count == str(len(panel.rows)) != "0"
        followed += 1
    assert followed == 8


def test_a_row_says_when_with_whom_and_how_long_still(editor):
    """A scheduled article has the moment that the browser counts down to."""
    ada = User.objects.create_user("ada", first_name="Ada", last_name="Quill")
    section = Section.objects.get(slug="europe")
    article = make.article(
        "Soon", minutes_ago=-90, assignee=ada, section=section, authors=[make.author("Ines")]
    )
    Note.objects.create(article=article, text="Check")
    page = editor.get("/admin/")
    (row,) = [row for panel in page.context["panels"] for row in panel.rows]
    assert row.until == article.published_at
    assert row.details == ["Ines", "Europe", "with Ada Quill", "1 open note"]
    assert row.url == change(article)
    assert 'class="countdown" datetime="' in page.content.decode()


def test_a_change_that_is_scheduled_counts_down_too(editor):
    """The article is public already; what comes is its change."""
    article = make.article("Live", minutes_ago=60 * 24 * 30)
    article.schedule_revision(timezone.now() + timedelta(hours=1))
    (row,) = [row for panel in editor.get("/admin/").context["panels"] for row in panel.rows]
    assert row.until == article.scheduled_at
    assert row.when.startswith("Change on")


def test_many_rows_are_counted_no_further_than_somebody_reads(editor, monkeypatch):
    """Behind the first few stands that there are more."""
    monkeypatch.setattr(dashboard, "COUNTED", 7)
    for number in range(9):
        make.article(f"Draft {number}", minutes_ago=None, created_by=User.objects.get())
    panel = editor.get("/admin/").context["panels"][0]
    assert panel.count == "7+"
    assert [row.text for row in panel.rows] == [f"Draft {number}" for number in (8, 7, 6, 5, 4)]


def test_the_first_page_costs_the_same_for_any_number(editor):
    """At most twelve queries."""
    asked = []
    for _ in range(2):
        for _ in range(8):
            make_one_of_each(User.objects.get())
        editor.get("/admin/")
        with CaptureQueriesContext(connection) as captured:
            editor.get("/admin/")
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 12


def test_another_desk_adds_a_panel_by_a_function(editor, monkeypatch):
    """Whatever rows it has."""
    extra = Panel("Licences that end", [PanelRow("A picture", "/admin/")], "1", "/admin/", "None.")
    monkeypatch.setattr(dashboard, "SOURCES", [*dashboard.SOURCES, lambda user: [extra]])
    assert panels(editor)["Licences that end"] == ["A picture"]


def test_an_account_without_a_role_is_told_so(client):
    """It sees no article and no list."""
    make_one_of_each(person("Editor"))
    client.force_login(User.objects.create_user("guest", is_staff=True))
    page = client.get("/admin/")
    assert page.context["panels"] == []
    assert "Ask a chief for a role" in page.content.decode()


def test_what_comes_first_stands_first(editor):
    """Whether it is an article, an embargo that ends, or a change."""
    now = timezone.now()
    changing = make.article("Second", minutes_ago=60 * 24 * 30)
    changing.schedule_revision(now + timedelta(hours=2))
    make.article("Third", published_at=now, embargoed_until=now + timedelta(hours=3))
    make.article("First", minutes_ago=-60)
    assert panels(editor)["Scheduled"] == ["First", "Second", "Third"]
