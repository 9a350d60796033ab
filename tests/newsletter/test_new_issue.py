"""What a new issue opens with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Publication, Section
from newsletter import new_issue
from newsletter.approval import approve
from newsletter.models import Issue, MailingList
from tests import make
from tests.newsletter.issues import ready, weekly
from tests.newsroom import person

pytestmark = pytest.mark.django_db
DAY = 24 * 60


@pytest.fixture
def chief():
    return person("Chief")


def headlines(issue: Issue) -> list[str]:
    return [str(item) for item in issue.items.for_mail()]


def test_it_has_the_articles_of_the_week_by_section(chief):
    """In the order of the menu, the newest first within one; what is in none, and then the quick
    takes, last. Nothing that readers cannot see."""
    europe, africa, quick = (
        Section.objects.get(slug=slug) for slug in ("europe", "africa", "qiosk")
    )
    Publication.objects.update(quick_takes=quick)
    assert (europe.position, europe.name) < (africa.position, africa.name)
    make.article("Africa", section=africa, minutes_ago=10)
    make.article("Quick", section=quick, minutes_ago=1)
    make.article("Nowhere", minutes_ago=2)
    make.article("Europe old", section=europe, minutes_ago=6 * DAY)
    make.article("Europe new", section=europe, minutes_ago=20)
    make.article("Last month", section=europe, minutes_ago=30 * DAY)
    make.article("Draft", section=europe, minutes_ago=None)
    make.article("Tomorrow", section=europe, minutes_ago=-DAY)
    made = new_issue.begin(weekly(), chief)
    assert headlines(made) == ["Europe new", "Europe old", "Africa", "Nowhere", "Quick"]
    assert [item.heading for item in made.items.all()] == [
        *(["Europe"] * 2),
        "Africa",
        "",
        quick.name,
    ]
    assert made.created_by == chief


def test_it_goes_on_where_the_last_issue_of_the_list_ended(chief):
    """By the moment of its filling; other lists and cancelled issues do not count."""
    old = make.article("Old", minutes_ago=3 * DAY)
    between = make.article("Between", minutes_ago=2 * DAY)
    last = ready(old)
    approve(last, chief)
    Issue.objects.filter(pk=last.pk).update(filled_at=timezone.now() - timedelta(days=2.5))
    make.article("New", minutes_ago=5)
    assert headlines(new_issue.begin(weekly(), chief)) == ["New", "Between"]
    other = MailingList.objects.create(name="Breaking", slug="breaking")
    assert headlines(new_issue.begin(other, chief)) == ["New", "Between", "Old"]
    last.cancel()
    assert headlines(new_issue.begin(weekly(), chief)) == ["New", "Between", "Old"]
    assert between.is_public


def test_quick_takes_give_way_to_the_others(chief):
    """Thirty at most, in few queries."""
    quick = Section.objects.get(slug="qiosk")
    Publication.objects.update(quick_takes=quick)
    for number in range(28):
        make.article(f"Long {number}", minutes_ago=100 + number)
    for number in range(10):
        make.article(f"Quick {number}", section=quick, minutes_ago=number)
    found = headlines(new_issue.begin(weekly(), chief))
    assert len(found) == 30
    assert found[27:] == ["Long 27", "Quick 0", "Quick 1"]


def test_an_empty_week_makes_an_empty_draft(chief):
    assert headlines(new_issue.begin(weekly(), chief)) == []
