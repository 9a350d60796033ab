"""Issues that open by themselves, and lists that follow something."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Author, Section, Series
from newsletter.approval import approve
from newsletter.background_jobs import run_background_jobs
from newsletter.models import Issue, Letterhead, MailingList
from newsletter.new_issue import articles_for, open_due_issues
from tests import make
from tests.newsletter.issues import subscriber, weekly
from tests.newsroom import person

pytestmark = pytest.mark.django_db

# A Friday; the magazine's own time is UTC.
FRIDAY = datetime(2026, 11, 27, 6, 59, tzinfo=UTC)


def opening(on: str, **fields: object) -> MailingList:
    made = weekly()
    MailingList.objects.filter(pk=made.pk).update(
        **{"opens_on": on, "opens_at": 7, "opened_at": None, **fields}
    )
    subscriber()
    Letterhead.objects.current()
    Letterhead.objects.update(postal_address="3 Signal Quay", sends_by_itself=False)
    return weekly()


def let_it_send() -> None:
    Letterhead.objects.update(sends_by_itself=True)


def test_a_round_up_opens_on_its_day_and_hour_once_and_waits_for_approval(time_machine):
    """Filled, with a subject and a preheader; nothing opens before, nor the next days."""
    time_machine.move_to(FRIDAY, tick=False)
    opening("4")
    make.article("Grain", minutes_ago=30)
    make.article("Ports", minutes_ago=20)
    assert open_due_issues() == 0
    time_machine.move_to(FRIDAY + timedelta(minutes=1), tick=False)
    assert run_background_jobs() == 1
    assert open_due_issues() == 0
    made = Issue.objects.get()
    assert (made.state, made.created_by, made.approved_by) == ("draft", None, None)
    assert [str(item) for item in made.items.all()] == ["Ports", "Grain"]
    assert (made.subject, made.preheader) == ("Ports", "Grain")
    time_machine.move_to(FRIDAY + timedelta(days=3), tick=False)
    make.article("Later")
    assert open_due_issues() == 0


def test_a_week_later_it_opens_with_what_is_new_unless_a_draft_still_waits(time_machine):
    time_machine.move_to(FRIDAY + timedelta(hours=1), tick=False)
    opening("4")
    make.article("Ports", minutes_ago=20)
    assert open_due_issues() == 1
    chief = person("Chief")
    for week in (1, 2):
        time_machine.move_to(FRIDAY + timedelta(weeks=week, hours=1), tick=False)
        make.article(f"Week {week}", minutes_ago=20)
        assert open_due_issues() == week - 1
        approve(Issue.objects.get(state="draft"), chief)
    (latest, _) = Issue.objects.all()
    assert [str(item) for item in latest.items.all()] == ["Week 2", "Week 1"]


def test_it_goes_out_by_itself_only_if_the_letterhead_says_so_and_no_point_is_left(time_machine):
    time_machine.move_to(FRIDAY + timedelta(hours=1), tick=False)
    opening("daily")
    let_it_send()
    make.article("Ports", deck="What is in it.", minutes_ago=20)
    open_due_issues()
    sent = Issue.objects.get()
    assert (sent.state, sent.subject, sent.send_at) == ("approved", "Ports", timezone.now())
    assert "Ports" in sent.html
    Letterhead.objects.update(postal_address="")
    time_machine.move_to(FRIDAY + timedelta(days=1, hours=1), tick=False)
    make.article("Grain", minutes_ago=20)
    open_due_issues()
    assert Issue.objects.get(subject="Grain").state == "draft"


@pytest.mark.parametrize("minutes", [0, 10, 24 * 60 - 1])
def test_at_most_one_mail_a_day(time_machine, minutes):
    """However often the worker looks, and however much comes out."""
    time_machine.move_to(FRIDAY + timedelta(minutes=1), tick=False)
    opening("daily")
    let_it_send()
    make.article("Ports", deck="Ships.", minutes_ago=20)
    assert open_due_issues() == 1
    time_machine.move_to(FRIDAY + timedelta(minutes=1 + minutes), tick=False)
    make.article("Grain", deck="Wheat.", minutes_ago=0)
    assert open_due_issues() == 0


def test_nothing_opens_without_a_new_article_for_a_moment_long_past_or_by_hand(time_machine):
    time_machine.move_to(FRIDAY + timedelta(hours=1), tick=False)
    opening("4")
    assert open_due_issues() == 0
    opening("4")
    make.article("Ports", minutes_ago=20)
    time_machine.move_to(FRIDAY + timedelta(hours=13), tick=False)
    assert open_due_issues() == 0
    opening("")
    assert open_due_issues() == 0
    assert not Issue.objects.exists()


def test_a_list_follows_a_section_an_author_a_series_or_a_tag():
    """Nothing else is in its issues, and one list follows one thing."""
    europe, ada = Section.objects.get(slug="europe"), Author.objects.create(name="Ada", slug="ada")
    straits = Series.objects.create(name="Straits", slug="straits")
    one = make.article("One", section=europe, authors=[ada], series=straits)
    one.tags.add("shipping")
    make.article("Two")
    make.article("Drafted", section=europe, authors=[ada], series=straits, minutes_ago=-60)
    followed = {"section": europe, "author": ada, "series": straits, "tag": one.tags.get()}
    for name, row in followed.items():
        made = MailingList(name=name, slug=name, **{name: row})
        made.full_clean()
        made.save()
        assert [article.headline for article in articles_for(made)] == ["One"], name
    with pytest.raises(ValidationError, match="one"):
        MailingList(name="x", slug="x", section=europe, author=ada).full_clean()
    assert len(articles_for(weekly())) == 2


def test_a_time_that_is_set_counts_from_then_on(client, time_machine):
    time_machine.move_to(FRIDAY + timedelta(hours=2), tick=False)
    made = opening("")
    make.article("Ports", minutes_ago=20)
    client.force_login(person("Chief"))
    data = {"name": made.name, "slug": made.slug, "position": 1, "is_offered": "on"}
    page = client.post(
        f"/admin/newsletter/mailinglist/{made.pk}/change/", {**data, "opens_on": "4", "opens_at": 7}
    )
    assert page.status_code == 302
    assert open_due_issues() == 0
    time_machine.move_to(FRIDAY + timedelta(weeks=1, hours=2), tick=False)
    make.article("Grain", minutes_ago=20)
    assert open_due_issues() == 1


def test_an_hour_that_is_moved_on_opens_no_second_issue_on_the_same_day(time_machine):
    time_machine.move_to(FRIDAY + timedelta(minutes=1), tick=False)
    made = opening("daily")
    let_it_send()
    make.article("Ports", deck="Ships.", minutes_ago=20)
    assert open_due_issues() == 1
    time_machine.move_to(FRIDAY + timedelta(hours=1), tick=False)
    MailingList.objects.filter(pk=made.pk).update(opens_at=9, opened_at=timezone.now())
    make.article("Grain", deck="Wheat.")
    time_machine.move_to(FRIDAY + timedelta(hours=3), tick=False)
    assert open_due_issues() == 0
    time_machine.move_to(FRIDAY + timedelta(hours=27), tick=False)
    assert open_due_issues() == 1


def week(number: int, **more: int) -> datetime:
    return FRIDAY + timedelta(weeks=number, hours=1, **more)


def opened(mailing_list: MailingList) -> list[str]:
    """The articles of the list's newest issue."""
    return [str(item) for item in Issue.objects.filter(list=mailing_list)[0].items.all()]


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": week(0, days=1)},
        {"published_at": week(0, days=1), "embargoed_until": week(0, days=2)},
        {"published_at": week(-1), "embargoed_until": week(0, days=1)},
        {"published_at": week(-8), "embargoed_until": week(0, days=1)},
    ],
    ids=["due", "under embargo", "embargo ends", "embargo of long ago ends"],
)
def test_what_comes_out_while_a_draft_waits_is_in_the_next_issue_and_in_no_other(
    time_machine, fields
):
    """For each of two lists, whenever they are approved."""
    time_machine.move_to(week(0), tick=False)
    one = opening("4")
    other = MailingList.objects.create(
        name="Another", slug="another", opens_on="4", opens_at=7, position=9
    )
    subscriber(other)
    chief = person("Chief")
    make.article("Before", minutes_ago=20)
    make.article("Between", minutes_ago=None, **fields)
    assert open_due_issues() == 2
    assert opened(one) == opened(other) == ["Before"]
    time_machine.move_to(week(0, days=3), tick=False)
    approve(Issue.objects.get(list=one), chief)
    time_machine.move_to(week(1), tick=False)
    assert open_due_issues() == 1
    assert opened(one) == ["Between"]
    for draft in Issue.objects.filter(state="draft"):
        approve(draft, chief)
    time_machine.move_to(week(2), tick=False)
    make.article("After", minutes_ago=20)
    assert open_due_issues() == 2
    assert (opened(one), opened(other)) == (["After"], ["After", "Between"])


def test_what_was_in_an_issue_that_is_cancelled_is_in_the_next_one(time_machine):
    """Also in the first of a list, and when its duplicate was sent in its place."""
    time_machine.move_to(week(0), tick=False)
    one, chief = opening("4"), person("Chief")
    make.article("First", minutes_ago=20)
    open_due_issues()
    time_machine.move_to(week(2), tick=False)
    Issue.objects.get().cancel()
    make.article("Second", minutes_ago=20)
    open_due_issues()
    assert opened(one) == ["Second", "First"]
    cancelled = Issue.objects.get(state="draft")
    time_machine.move_to(week(2, days=1), tick=False)
    make.article("Third", minutes_ago=20)
    cancelled.cancel()
    approve(cancelled.duplicate(chief), chief)
    time_machine.move_to(week(3), tick=False)
    open_due_issues()
    assert opened(one) == ["Third"]


def test_what_an_editor_took_out_of_an_issue_does_not_come_back(time_machine):
    time_machine.move_to(week(0), tick=False)
    one, chief = opening("4"), person("Chief")
    make.article("Kept", minutes_ago=20)
    make.article("Left out", minutes_ago=30)
    open_due_issues()
    draft = Issue.objects.get()
    draft.items.filter(article__headline="Left out").delete()
    approve(draft, chief)
    time_machine.move_to(week(1), tick=False)
    make.article("New", minutes_ago=20)
    open_due_issues()
    assert opened(one) == ["New"]


def test_an_article_whose_publication_was_not_yet_stored_is_in_the_next_issue(time_machine):
    """Its moment is before that of the filling, and nobody could see it then."""
    time_machine.move_to(week(0), tick=False)
    one, chief = opening("4"), person("Chief")
    make.article("Seen", minutes_ago=20)
    open_due_issues()
    make.article("Late", minutes_ago=0.2)
    approve(Issue.objects.get(), chief)
    time_machine.move_to(week(1), tick=False)
    open_due_issues()
    assert opened(one) == ["Late"]
