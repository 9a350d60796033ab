"""Deciding on an issue: approved, paused, gone on with, cancelled, written again."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from newsletter import approval
from newsletter.models import Issue
from tests import make
from tests.newsletter.issues import issue, ready, sent
from tests.newsroom import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    client.force_login(person("Chief"))
    return client


def at(made: Issue, page: str = "change") -> str:
    return f"/admin/newsletter/issue/{made.pk}/{page}/"


def text(page) -> str:
    return " ".join(unescape(page.content.decode()).split())


def approve(chief, made: Issue, **data: object):
    data = {"when": "now", "seen": made.modified_at.isoformat(), **data}
    return chief.post(at(made, "approve"), data)


def by() -> User:
    return User.objects.get(username="chief")


def test_the_page_says_who_gets_it_and_what_must_be_mended(chief):
    """With a button that cannot be pressed until nothing blocks."""
    made = issue(subject="")
    page = chief.get(at(made, "approve"))
    assert "0 people get it" in text(page)
    assert "It has no subject." in text(page)
    assert f'href="{at(made)}#id_subject"' in page.content.decode()
    assert 'href="/admin/newsletter/letterhead/"' in page.content.decode()
    assert "disabled" in page.content.decode()
    made = ready()
    page = chief.get(at(made, "approve"))
    assert "1 person gets it" in text(page)
    assert "Nothing to mend." in text(page)


def test_it_is_approved_for_now(chief):
    made = ready()
    page = approve(chief, made)
    assert page.headers["Location"] == at(made)
    made.refresh_from_db()
    assert made.state == Issue.State.APPROVED
    assert made in Issue.objects.due()
    assert LogEntry.objects.filter(change_message__contains="Approved: goes out").exists()
    page = chief.get(at(made))
    assert "The mail, word for word" in text(page)
    assert "<textarea" not in page.content.decode()


def test_it_is_approved_for_a_time_in_the_zone_of_the_magazine(chief, settings, time_machine):
    """The zone is spelled out; a time that the clock repeats is asked about."""
    time_machine.move_to(datetime(2026, 10, 20, 12, tzinfo=UTC))
    settings.TIME_ZONE = "Europe/Berlin"
    made = ready()
    assert "Time zone: Europe/Berlin" in text(chief.get(at(made, "approve")))
    page = approve(chief, made, when="at", at="2026-10-25T02:30:00")
    assert page.status_code == 422
    assert "The clock shows 02:30 twice" in text(page)
    page = approve(chief, made, when="at", at="2026-10-25T02:30:00", at_which="2")
    assert page.status_code == 302
    made.refresh_from_db()
    assert made.send_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert "25 October 2026, 02:30 (CET)" in text(chief.get(at(made)))
    assert made not in Issue.objects.due()


@pytest.mark.parametrize(
    ("when", "complaint"), [("", "Say when."), ("2020-01-01T10:00:00", "That is past")]
)
def test_a_time_that_is_none_is_refused(chief, when, complaint):
    made = ready()
    page = approve(chief, made, when="at", at=when)
    assert complaint in text(page)
    made.refresh_from_db()
    assert made.is_open


@pytest.mark.parametrize("seen", ["", "never", "2020-01-01T00:00:00+00:00"])
def test_what_was_changed_meanwhile_is_shown_and_not_approved(chief, seen):
    made = ready()
    page = approve(chief, made, seen=seen)
    assert page.status_code == 409
    made.refresh_from_db()
    assert made.is_open


def test_what_blocks_is_refused_even_if_the_button_is_pressed(chief):
    made = ready(subject="")
    page = approve(chief, made)
    assert page.status_code == 409
    assert "It has no subject." in text(page)
    made.refresh_from_db()
    assert made.is_open


def test_it_is_paused_gone_on_with_and_cancelled(chief):
    """Each is asked about on a page of its own, and done by its button."""
    made = sent(make.article("Ports"), by=by())
    for act, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        assert f"/decide/{act}/" in chief.get(at(made)).content.decode()
        before = made.state
        assert chief.get(at(made, f"decide/{act}")).status_code == 200
        made.refresh_from_db()
        assert made.state == before
        page = chief.post(at(made, f"decide/{act}"), follow=True)
        made.refresh_from_db()
        assert made.state == state
        assert "“The week in straits”" in text(page)
    assert "/decide/" not in chief.get(at(made)).content.decode()


def test_an_act_that_does_not_fit_the_state_does_nothing(chief):
    """A page that was open for long says so."""
    made = ready()
    for act in ("pause", "resume", "reopen"):
        page = chief.post(at(made, f"decide/{act}"), follow=True)
        assert "It has gone on meanwhile" in text(page)
    made.refresh_from_db()
    assert made.state == Issue.State.DRAFT
    assert chief.post(at(made, "decide/erase")).status_code == 404
    begun = sent(make.article(), by=by(), subject="Another")
    assert "It has gone on meanwhile" in text(chief.post(at(begun, "decide/reopen"), follow=True))


def test_an_approval_is_taken_back_by_its_button(chief):
    made = ready()
    approval.approve(made, by(), timezone.now() + timedelta(hours=1))
    chief.post(at(made, "decide/reopen"))
    made.refresh_from_db()
    assert made.is_open
    assert 'name="subject"' in chief.get(at(made)).content.decode()


def test_a_hidden_article_is_said_before_the_time_comes(chief):
    article = make.article("Ports at night")
    made = ready(article)
    approval.approve(made, by(), timezone.now() + timedelta(hours=1))
    article.withdraw()
    assert "“Ports at night” is not public. It will be paused" in text(chief.get(at(made)))
    made.pause("so")
    assert "It will be paused again" in text(chief.get(at(made, "decide/resume")))


def test_an_issue_is_duplicated(chief):
    made = sent(make.article("Ports"), by=by())
    page = chief.post(at(made, "duplicate"), follow=True)
    copy = Issue.objects.exclude(pk=made.pk).get()
    assert page.redirect_chain == [(at(copy), 302)]
    assert copy.is_open


def test_an_editor_decides_nothing(client):
    made = ready()
    client.force_login(person("Editor"))
    for page in ("change", "approve", "decide/pause", "duplicate", "test", "preview"):
        for method in (client.get, client.post):
            assert method(at(made, page)).status_code in (403, 405)
