"""An issue whose time has come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber, Suppression
from newsletter.sending import issues
from tests import make
from tests.newsletter import mailing

pytestmark = pytest.mark.django_db


def recipients(issue: Issue) -> set[str]:
    return set(issue.deliveries.values_list("address", flat=True))


def test_everybody_who_wants_it_gets_a_row_and_nobody_else(monkeypatch):
    monkeypatch.setattr(issues, "AT_ONCE", 2)
    mailing.people(6)
    other = mailing.mailing_list("breaking")
    mailing.people(1, of=other, start=10)
    gone, unconfirmed, suppressed = (
        Subscriber.objects.get(email=f"person-{number}@example.org") for number in (2, 3, 4)
    )
    gone.subscriptions.get().leave()
    Subscriber.objects.filter(pk=unconfirmed.pk).update(confirmed_at=None)
    Suppression.objects.suppress(suppressed.digest, Suppression.Reason.BOUNCED)
    issue = mailing.issue()
    assert issues.start_due_issues() == [issue]
    assert recipients(issue) == {f"person-{number}@example.org" for number in (1, 5, 6)}
    assert mailing.states(issue) == {"pending": 3}
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert issue.started_at is not None
    assert issue.prepared_at is not None


def test_prepared_again_it_adds_nobody_who_came_later():
    mailing.people(2)
    issue = mailing.prepared()
    mailing.people(1, start=3)
    assert issues.prepare(issue) is False
    assert issues.start_due_issues() == []
    assert len(recipients(issue)) == 2


def test_cut_off_in_the_middle_it_is_finished_and_nobody_has_two_rows(monkeypatch):
    monkeypatch.setattr(issues, "AT_ONCE", 2)
    mailing.people(5)
    issue = mailing.issue()
    issue.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    first = issue.list.subscriptions.order_by("pk")[0].pk
    issues.add_recipients(issue, 0, first + 3)
    assert Delivery.objects.count() == 3
    Delivery.objects.update(state=Delivery.State.SENT)
    assert issues.start_due_issues() == [issue]
    assert mailing.states(issue) == {"sent": 3, "pending": 2}


def test_what_is_not_due_waits():
    mailing.people(1)
    issue = mailing.issue(minutes_ago=-5)
    assert issues.start_due_issues() == []
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED


def test_an_issue_that_is_overdue_waits_for_a_person():
    """A copy of the database that is brought back must not mail everybody."""
    mailing.people(1)
    issue = mailing.issue(minutes_ago=12 * 60 + 1)
    assert issues.start_due_issues() == []
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED
    assert "12 hours" in issue.pause_reason
    assert not Delivery.objects.exists()
    # Whoever resumes it knows.
    issue.resume()
    assert issues.start_due_issues() == [issue]
    assert mailing.states(issue) == {"pending": 1}


def test_an_issue_with_an_article_that_is_not_public_any_more_waits_for_a_person():
    """Nothing unpublished leaks by mail."""
    issue = mailing.issue(state=Issue.State.APPROVED, started_at=None, prepared_at=None)
    article = make.article("Ports at night")
    issue.items.create(article=article, position=1)
    article.withdraw()
    assert issues.start_due_issues() == []
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED
    assert issue.pause_reason == "“Ports at night” is not public."


def test_only_who_joined_in_the_span_of_the_issue():
    mailing.people(2)
    issue = mailing.issue(joined_from=timezone.now() - timedelta(hours=1))
    late = issue.list.subscriptions.order_by("-pk")[0]
    late.joined_at = timezone.now()
    late.save()
    issues.start_due_issues()
    assert recipients(issue) == {late.subscriber.email}


def test_an_issue_for_nobody_is_sent():
    issue = mailing.prepared()
    assert issues.finish_issues() == [issue]
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT


def test_an_issue_is_done_when_nobody_waits_any_more():
    mailing.people(2)
    issue = mailing.prepared()
    one, other = issue.deliveries.all()
    Delivery.objects.filter(pk=one.pk).update(state=Delivery.State.UNKNOWN)
    Delivery.objects.filter(pk=other.pk).update(state=Delivery.State.DEFERRED)
    assert issues.finish_issues() == []
    Delivery.objects.filter(pk=other.pk).update(state=Delivery.State.FAILED)
    assert issues.finish_issues() == [issue]


@pytest.mark.parametrize(
    ("sent", "failed", "pauses"), [(10, 9, False), (19, 1, False), (18, 2, True), (195, 10, False)]
)
def test_an_issue_that_fails_too_often_pauses_itself(sent, failed, pauses):
    """Above 5 % of the last 200, and not before there are 20."""
    mailing.people(sent + failed)
    issue = mailing.prepared()
    keys = list(issue.deliveries.values_list("pk", flat=True))
    now = timezone.now()
    # The failures came first: of 205, the five oldest have left the last 200.
    for place, key in enumerate(keys):
        Delivery.objects.filter(pk=key).update(
            state="failed" if place < failed else "sent",
            finished_at=now + timedelta(seconds=place),
        )
    assert issues.pause_if_failing(issue) is pauses
    issue.refresh_from_db()
    assert (issue.state == Issue.State.PAUSED) is pauses
    if pauses:
        assert f"{failed} of the last {sent + failed}" in issue.pause_reason
        issue.resume()
        Issue.objects.filter(pk=issue.pk).update(resumed_at=now + timedelta(hours=1))
        assert issues.pause_if_failing(issue) is False
