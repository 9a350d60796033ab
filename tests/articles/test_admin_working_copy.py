"""Saving a public article: it changes the working copy and leaves the page as it is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import make
from tests.newsroom import change, stored, typed

pytestmark = pytest.mark.django_db


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
