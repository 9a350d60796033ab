"""What was released stays public when the clock is put back, and nothing else comes early."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.status import Status, status_of, with_status
from articles.models import Article, FrontPage, publishing
from magazine.gateway.content import Content
from tests import make
from tests.newsroom import person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


@pytest.fixture
def clock(time_machine):
    """Moves the clock, and lets the server look at what is due."""
    time_machine.move_to(timezone.now(), tick=False)

    def move(by: timedelta) -> None:
        time_machine.move_to(timezone.now() + by, tick=False)
        Content().publish()

    return move


@pytest.fixture
def released(clock) -> Article:
    """An article that came out half an hour before the clock was put back by an hour."""
    article = make.article(minutes_ago=-30)
    clock(HOUR)
    clock(-HOUR)
    return fresh(article)


def test_what_was_released_stays(released, client):
    assert released.published_at > timezone.now()
    assert client.get(released.get_absolute_url()).status_code == 200
    assert released.headline in client.get("/").content.decode()
    assert released.is_public
    assert status_of(released) == Status.PUBLIC
    for status in Status:
        assert list(with_status(Article.objects.all(), status)) == [released] * (status == "public")
    assert not Article.objects.scheduled().exists()


def test_what_is_scheduled_afterwards_waits_for_its_moment(released, clock):
    """Though a process has seen a later one."""
    later = make.article(minutes_ago=-10)
    clock(timedelta())
    assert list(Article.objects.published()) == [released]
    clock(timedelta(minutes=11))
    assert set(Article.objects.published()) == {released, later}


def test_another_moment_is_judged_by_the_dates_alone(released):
    assert not Article.objects.published(timezone.now() + HOUR / 4).exists()
    assert Article.objects.published(timezone.now() + HOUR).exists()


def test_an_embargo_that_ended_has_ended(clock):
    article = make.article(minutes_ago=60, embargoed_until=timezone.now() + HOUR / 2)
    clock(timedelta())
    assert not Article.objects.published().exists()
    clock(HOUR)
    clock(-HOUR)
    assert list(Article.objects.published()) == [article]
    assert fresh(article).is_public


@pytest.mark.parametrize("again", ["reschedule", "publish"])
def test_a_new_date_is_waited_for(released, clock, again):
    getattr(released, again)(timezone.now() + HOUR / 4)
    clock(timedelta())
    assert not Article.objects.published().exists()
    assert not fresh(released).is_public


def test_what_came_out_too_early_can_be_scheduled_again_for_the_same_moment(released, clock):
    at = released.published_at
    released.withdraw()
    fresh(released).publish(at)
    clock(timedelta())
    assert not Article.objects.published().exists()
    clock(HOUR)
    assert list(Article.objects.published()) == [released]


def test_a_date_that_an_import_changed_is_waited_for(released):
    Article.objects.filter(pk=released.pk).update(published_at=timezone.now() + HOUR / 4)
    assert not Article.objects.published().exists()


def test_what_is_published_now_is_released_with_it(clock):
    """Its page is not thrown away once more for that."""
    article = make.article(minutes_ago=None)
    article.publish()
    assert fresh(article).released_at == fresh(article).published_at
    article = make.article(minutes_ago=None, embargoed_until=timezone.now() + HOUR)
    article.publish()
    assert fresh(article).released_at is None


def test_it_is_corrected_and_changed_before_the_clock_has_caught_up(released, clock):
    """“Updated” is never before the publication."""
    released.correct("correction", "It was a Wednesday.", substantive=True)
    assert fresh(released).updated_at == released.published_at
    released.publish(substantive=True)
    assert fresh(released).updated_at == released.published_at
    fresh(released).schedule_revision(timezone.now() + HOUR / 4, substantive=True)
    clock(HOUR / 3)
    assert fresh(released).scheduled_at is None
    assert fresh(released).updated_at == released.published_at


def test_a_version_of_the_front_page_stays_and_the_next_one_takes_over(clock):
    chief = person("Chief")
    make.front_page(minutes_ago=60, note="Before")
    evening = make.front_page(minutes_ago=-30, note="Evening")
    clock(HOUR)
    clock(-HOUR)
    assert FrontPage.objects.current() == evening
    assert not FrontPage.objects.current().is_scheduled
    assert not FrontPage.objects.scheduled().exists()
    make.front_page(minutes_ago=None).publish(chief, note="At once")
    assert FrontPage.objects.current().note == "At once"
    FrontPage.objects.current().undo(chief)
    assert FrontPage.objects.current().note == "Undone: At once"
    soon = make.front_page(minutes_ago=None)
    soon.publish(chief, timezone.now() + HOUR, "Soon")
    clock(timedelta())
    assert list(FrontPage.objects.scheduled()) == [soon]
    soon.set_aside(chief)
    assert not FrontPage.objects.scheduled().exists()


def test_what_is_due_is_released_in_batches(clock, monkeypatch):
    monkeypatch.setattr(publishing, "BATCH", 2)
    for _ in range(3):
        make.article()
    waiting = Article.objects.filter(released_at__isnull=True)
    clock(timedelta())
    assert waiting.count() == 1
    clock(timedelta())
    assert not waiting.exists()


def test_a_look_at_nothing_new_writes_nothing(clock):
    make.article()
    make.article(minutes_ago=-60)
    clock(timedelta())
    with CaptureQueriesContext(connection) as queries:
        Content().publish()
    assert len(queries) == 3
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_the_update_releases_what_is_public_already(monkeypatch):
    migration = import_module("articles.migrations.0011_release_what_is_public")
    monkeypatch.setattr(migration, "BATCH", 2)
    public = [make.article() for _ in range(3)]
    freed = make.article(minutes_ago=60, embargoed_until=timezone.now() - HOUR / 2)
    for wait in ({"minutes_ago": -60}, {"embargoed_until": timezone.now() + HOUR}):
        make.article(**wait)
    make.article(minutes_ago=None)
    front = make.front_page()
    migration.release_what_is_public(apps, None)
    found = Article.objects.filter(released_at__isnull=False)
    assert set(found) == {*public, freed}
    assert all(article.released_at == article.public_from for article in found)
    assert FrontPage.objects.get(released_at=front.published_at) == front
