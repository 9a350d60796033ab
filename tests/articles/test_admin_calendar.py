"""The calendar of the newsroom, and moving articles in it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from articles.models import Article, Section
from tests import make

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/articles/article/calendar/"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _monday_morning(db, time_machine):
    time_machine.move_to(NOW, tick=False)


def shown(client, **query) -> dict[str, list[str]]:
    """By day, what stands there: “due Headline”."""
    page = client.get(CALENDAR, query)
    assert page.status_code == 200
    return {
        str(day["date"]): [
            f"{entry.what} {entry.article}" for entry in [*day["shown"], *day["folded"]]
        ]
        for day in page.context["days"]
        if day["shown"]
    }


def move(client, article, what="due", **sent):
    return client.post(f"/admin/articles/article/{article.pk}/move/{what}/", sent, headers=JSON)


def test_a_week_shows_what_was_published_what_is_coming_and_what_is_due(editor):
    """Each article on its day, in the order of the times."""
    make.article("Out", minutes_ago=60)
    make.article("Later", published_at=NOW + timedelta(hours=3))
    held = NOW + timedelta(days=2)
    make.article("Held", published_at=NOW, embargoed_until=held)
    make.article("Planned", minutes_ago=None, due_on=date(2026, 11, 27))
    changing = make.article("Changing", minutes_ago=60 * 24 * 30)
    changing.schedule_revision(NOW + timedelta(days=1))
    make.article("Elsewhere", minutes_ago=60 * 24 * 30)
    assert shown(editor) == {
        "2026-11-23": ["published Out", "scheduled Later"],
        "2026-11-24": ["change Changing"],
        "2026-11-25": ["embargo Held"],
        "2026-11-27": ["due Planned"],
    }
    assert list(shown(editor, week="2026-W43")) == ["2026-10-24"]


def test_a_due_date_that_was_met_is_no_plan(editor):
    """An article that has its moment stands at that moment alone."""
    make.article("Out", minutes_ago=60, due_on=date(2026, 11, 25))
    assert shown(editor) == {"2026-11-23": ["published Out"]}


def test_a_month_has_whole_weeks(editor):
    """With the days of its neighbours at the edges."""
    make.article("Out", published_at=datetime(2026, 11, 30, 8, 0, tzinfo=UTC))
    page = editor.get(CALENDAR, {"month": "2026-11"})
    days = page.context["days"]
    assert (str(days[0]["date"]), str(days[-1]["date"])) == ("2026-10-26", "2026-12-06")
    assert [day["is_outside"] for day in days].count(False) == 30
    assert page.context["span"].previous == "month=2026-10"
    assert page.context["span"].following == "month=2026-12"


@pytest.mark.parametrize(
    "query",
    ["week=2026-W54", "week=x", "month=2026-13", "month=2026-", "week=99999999999999999999-W1"],
)
def test_there_is_no_page_for_a_week_that_is_none(editor, query):
    """Whatever stands in the address."""
    assert editor.get(f"{CALENDAR}?{query}").status_code == 404


def test_a_section_can_be_seen_alone(editor):
    """The links to other weeks keep it."""
    make.article("Here", section=Section.objects.get(slug="europe"))
    make.article("There", section=Section.objects.get(slug="africa"))
    assert shown(editor, section="europe") == {"2026-11-23": ["published Here"]}
    page = editor.get(CALENDAR, {"section": "europe"}).content.decode()
    assert "?week=2026-W49&amp;section=europe" in page


def test_days_are_those_of_the_magazine(editor):
    """An article of the late evening in London stands on the next day in Berlin."""
    make.article("Late", published_at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    with override_settings(TIME_ZONE="Europe/Berlin"), timezone.override("Europe/Berlin"):
        assert shown(editor) == {"2026-11-25": ["scheduled Late"]}


def test_a_busy_day_is_folded_and_costs_no_more_queries(editor):
    """Two hundred articles of one day stand behind one line."""
    make.article("First", due_on=date(2026, 11, 23), minutes_ago=None)
    asked = []
    for number in (0, 199):
        for _ in range(number):
            make.article(due_on=date(2026, 11, 23), minutes_ago=None)
        editor.get(CALENDAR)
        with CaptureQueriesContext(connection) as captured:
            page = editor.get(CALENDAR)
        asked.append(len(captured))
    assert "188 more" in page.content.decode()
    assert asked[0] == asked[1] <= 10


def test_a_planned_article_moves_to_another_day(editor):
    """The log says where it is due now."""
    article = make.article("Grain", minutes_ago=None, due_on=date(2026, 11, 24))
    answer = move(editor, article, day="2026-11-26", was="2026-11-24")
    assert answer.json() == {
        "words": "“Grain”: Due on Thursday 26 November 2026.",
        "day": "2026-11-26",
        "before": "2026-11-24",
        "was": "2026-11-26",
    }
    article.refresh_from_db()
    assert article.due_on == date(2026, 11, 26)
    assert LogEntry.objects.get().change_message == "Due on Thursday 26 November 2026."


def test_a_scheduled_article_keeps_its_time_of_day(editor):
    """By the clock of the magazine, on the day after the clocks change as well."""
    with timezone.override("Europe/Berlin"), override_settings(TIME_ZONE="Europe/Berlin"):
        at = datetime(2027, 3, 27, 17, 0, tzinfo=UTC)  # 18:00 in Berlin, the day before
        article = make.article(published_at=at)
        answer = move(editor, article, "scheduled", day="2027-03-29", was=at.isoformat())
        assert answer.status_code == 200, answer.content
    article.refresh_from_db()
    assert article.published_at == datetime(2027, 3, 29, 16, 0, tzinfo=UTC)


def test_a_scheduled_change_moves_too(editor):
    """What the public reads until then stays."""
    article = make.article()
    at = NOW + timedelta(days=1)
    article.schedule_revision(at)
    day = str((at + timedelta(days=2)).date())
    assert move(editor, article, "change", day=day, was=at.isoformat()).status_code == 200
    article.refresh_from_db()
    assert article.scheduled_at == at + timedelta(days=2)


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_a_time_that_the_clock_skips_or_repeats_is_refused_in_words(editor, day):
    """In Berlin, 02:30 does not exist in March, and comes twice in October."""
    with timezone.override("Europe/Berlin"), override_settings(TIME_ZONE="Europe/Berlin"):
        at = datetime(2027, 1, 10, 1, 30, tzinfo=UTC)
        article = make.article(published_at=at)
        answer = move(editor, article, "scheduled", day=day, was=at.isoformat())
    assert answer.status_code == 422
    assert "the clock is changed, and 02:30 is no one moment" in answer.json()["words"]
    article.refresh_from_db()
    assert article.published_at == at


def test_nothing_is_scheduled_for_the_past(editor):
    """And what is public already does not move."""
    at = NOW + timedelta(days=1)
    article = make.article(published_at=at)
    answer = move(editor, article, "scheduled", day="2026-11-20", was=at.isoformat())
    assert (answer.status_code, "is past" in answer.json()["words"]) == (422, True)
    out = make.article(published_at=NOW - timedelta(hours=1))
    was = out.published_at.isoformat()
    answer = move(editor, out, "scheduled", day="2026-12-20", was=was)
    assert (answer.status_code, "already" in answer.json()["words"]) == (422, True)


def test_a_move_by_somebody_who_saw_something_else_changes_nothing(editor):
    """Two editors who drag the same article: the second is told."""
    article = make.article(minutes_ago=None, due_on=date(2026, 11, 24))
    move(editor, article, day="2026-11-26", was="2026-11-24")
    answer = move(editor, article, day="2026-11-27", was="2026-11-24")
    assert (answer.status_code, "meanwhile" in answer.json()["words"]) == (409, True)
    article.refresh_from_db()
    assert article.due_on == date(2026, 11, 26)


def test_a_writer_moves_the_due_date_of_own_drafts_and_nothing_else(writer):
    """What others decide cannot be dragged."""
    person = User.objects.get(username="writer")
    own = make.article(minutes_ago=None, due_on=date(2026, 11, 24), created_by=person)
    other = make.article(minutes_ago=None, due_on=date(2026, 11, 24))
    scheduled = make.article(published_at=NOW + timedelta(days=1), created_by=person)
    days = writer.get(CALENDAR).context["days"]
    movable = {entry.article.pk for day in days for entry in day["shown"] if entry.can_move}
    assert movable == {own.pk}
    assert move(writer, own, day="2026-11-25", was="2026-11-24").status_code == 200
    assert move(writer, other, day="2026-11-25", was="2026-11-24").status_code == 403
    was = scheduled.published_at.isoformat()
    assert move(writer, scheduled, "scheduled", day="2026-11-28", was=was).status_code == 403


def test_an_article_is_moved_without_script(editor):
    """A page asks for the day, and what is wrong is said on it."""
    article = make.article("Grain", minutes_ago=None, due_on=date(2026, 11, 24))
    address = f"/admin/articles/article/{article.pk}/move/due/"
    page = editor.get(address)
    assert "Due on Tuesday 24 November 2026." in page.content.decode()
    assert Article.objects.get().due_on == date(2026, 11, 24)
    wrong = editor.post(address, {"day": "soon", "was": "2026-11-24"})
    assert (wrong.status_code, b"Choose a day" in wrong.content) == (422, True)
    answer = editor.post(address, {"day": "2026-12-01", "was": "2026-11-24"})
    assert answer.headers["Location"] == f"{CALENDAR}?week=2026-W49"
    Article.objects.update(due_on=None)
    assert editor.get(address).status_code == 302
    assert editor.get(address.replace("due", "published")).status_code == 404
