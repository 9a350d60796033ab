"""Several issues at once."""

from datetime import timedelta
from itertools import islice

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from newsletter.models import Issue, MailEvent
from newsletter.sending import deliveries
from newsletter.sending.worker import Worker
from tests.newsletter import mailing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sending(settings):
    settings.NEWSLETTER_SENDING = True
    settings.NEWSLETTER_FROM = "news@magazine.example"


def prepared(slug: str, recipients: int, start: int) -> Issue:
    to = mailing.mailing_list(slug)
    mailing.people(recipients, of=to, start=start)
    return mailing.prepared(list=to, kilobytes=1)


def looks_around(worker: Worker) -> list[int]:
    """The issues of what it would send next, in order."""
    worker.refresh_timer.due = 0.0
    worker.refresh()
    if not worker.stock:
        worker.claim()
    return [row.issue_id for row in worker.stock]


def test_breaking_news_does_not_wait_behind_a_weekly_issue():
    weekly = prepared("weekly", 200, 1)
    worker = Worker(1)
    assert set(looks_around(worker)) == {weekly.pk}
    breaking = prepared("breaking", 3, 1001)
    assert looks_around(worker)[:6] == [weekly.pk, breaking.pk] * 3
    assert mailing.states(breaking) == {"claimed": 3}


@pytest.mark.parametrize("count", [2, 3, 40])
def test_every_issue_has_its_turn(count):
    """Even of more issues than rows are claimed at once."""
    issues = [prepared(f"list-{number}", 40, 1 + 100 * number) for number in range(count)]
    order = looks_around(Worker(1))
    assert order[:count] == [issue.pk for issue in issues]


def test_an_issue_of_which_nobody_waits_now_costs_the_others_no_turn():
    idle, busy = prepared("idle", 3, 1), prepared("busy", 50, 101)
    idle.deliveries.update(state="deferred", due_at=timezone.now() + timedelta(hours=1))
    assert set(islice(looks_around(Worker(1)), 10)) == {busy.pk}


def test_the_rest_of_a_long_issue_goes_on_when_a_short_one_is_done():
    weekly, breaking = prepared("weekly", 200, 1), prepared("breaking", 2, 1001)
    worker = Worker(1)
    assert set(looks_around(worker)) == {weekly.pk, breaking.pk}
    breaking.cancel()
    assert set(looks_around(worker)) == {weekly.pk}
    assert mailing.states(breaking) == {"pending": 2}


class Unauthorized(Exception):
    status_code = 401


class Refusing(BaseEmailBackend):
    """A provider that knows us no more."""

    def send_messages(self, messages):
        raise Unauthorized("The key was revoked.")


def test_of_four_threads_one_asks_a_provider_that_has_taken_nothing(settings, monkeypatch):
    monkeypatch.setattr(deliveries, "make_durable", lambda: None)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    issue = prepared("weekly", 8, 1)
    mailing.work_once(threads=4)
    assert mailing.states(issue) == {"pending": 8}
    assert MailEvent.objects.count() == 1
