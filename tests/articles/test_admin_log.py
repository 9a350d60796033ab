"""The log of who did what."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin import log
from articles.admin.views import log_action
from articles.models import Article, Author
from tests import make
from tests.newsroom import person

pytestmark = pytest.mark.django_db


def read(client, **query) -> list[str]:
    page = client.get("/admin/log/", query)
    assert page.status_code == 200
    return [entry.get_change_message() for entry in page.context["entries"]]


def test_the_log_says_who_did_what_and_leads_there(chief):
    """Newest first, each day under its date."""
    editor = person("Editor")
    article = make.article("Grain")
    log_action(editor, "Assigned to Ada.", article)
    log_action(editor, "Due 1 March 2027.", article)
    page = chief.get("/admin/log/").content.decode()
    assert page.index("Due 1 March 2027.") < page.index("Assigned to Ada.")
    assert f'<a href="/admin/articles/article/{article.pk}/change/">Grain</a>' in page
    assert page.count('class="log__day"') == 1


def test_the_log_is_read_by_chiefs_alone(client):
    """It says what colleagues did all day."""
    answers = {}
    for group in ("Writer", "Editor", "Chief"):
        client.force_login(person(group))
        answers[group] = client.get("/admin/log/").status_code
        assert ('href="/admin/log/"' in client.get("/admin/").content.decode()) == (
            group == "Chief"
        )
    assert answers == {"Writer": 403, "Editor": 403, "Chief": 200}
    client.logout()
    assert client.get("/admin/log/").status_code == 302


def test_entries_are_found_by_person_kind_and_day(chief):
    """And by all three at once."""
    editor, boss = person("Editor"), User.objects.get(username="chief")
    log_action(editor, "Assigned.", make.article())
    log_action(boss, "Published.", make.article())
    log_action(editor, "Renamed.", make.author())
    LogEntry.objects.filter(change_message="Published.").update(
        action_time=timezone.now() - timedelta(days=3)
    )
    articles = ContentType.objects.get_for_model(Article).pk
    assert read(chief, person=editor.pk) == ["Renamed.", "Assigned."]
    assert read(chief, kind=articles) == ["Published.", "Assigned."]
    assert read(chief, kind=articles, person=editor.pk) == ["Assigned."]
    yesterday = timezone.localdate() - timedelta(days=1)
    assert read(chief, until=str(yesterday)) == ["Published."]
    assert len(read(chief, until="soon", person="x", kind="y", before="z")) == 3
    assert read(chief, kind=ContentType.objects.get_for_model(Author).pk) == ["Renamed."]


def test_the_log_is_turned_page_by_page_without_counting(chief, monkeypatch):
    """Each page begins below the last row of the one before, and asks as much."""
    monkeypatch.setattr(log, "LENGTH", 4)
    article = make.article()
    for number in range(10):
        log_action(User.objects.get(), str(number), article)
    seen: list[str] = []
    asked = set()
    address = "/admin/log/"
    chief.get(address)
    while address:
        with CaptureQueriesContext(connection) as captured:
            page = chief.get(address)
        asked.add(len(captured))
        seen += [entry.change_message for entry in page.context["entries"]]
        address = page.context["older"] and f"/admin/log/{page.context['older']}"
    assert seen == [str(number) for number in reversed(range(10))]
    assert len(asked) == 1


def test_what_is_gone_stays_in_the_log(chief):
    """A row that was deleted has its name, and no link that leads nowhere."""
    article = make.article("Grain", minutes_ago=None)
    chief.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})
    page = chief.get("/admin/log/").content.decode()
    assert "Deleted." in page
    assert f"/article/{article.pk}/" not in page
