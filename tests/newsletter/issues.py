"""Issues of the newsletter, and what is needed so that one may be approved."""

import itertools
from typing import Any

from django.utils import timezone

from articles.models import Article
from newsletter.approval import approve
from newsletter.models import Issue, IssueItem, Letterhead, MailingList, Subscriber
from tests import make

numbers = itertools.count(1)


def weekly() -> MailingList:
    """The list that the migrations bring; a test that commits finds it gone."""
    made, _ = MailingList.objects.get_or_create(
        slug="weekly-round-up", defaults={"name": "Weekly round-up"}
    )
    return made


def subscriber(*lists: MailingList, is_confirmed: bool = True) -> Subscriber:
    made = Subscriber.objects.create(
        email=f"reader{next(numbers)}@example.org",
        confirmed_at=timezone.now() if is_confirmed else None,
    )
    made.join(*(lists or (weekly(),)))
    return made


def issue(*articles: Article, heading: str = "Europe", **fields: Any) -> Issue:
    """A draft with these articles under one heading."""
    made = Issue.objects.create(
        **{"list": weekly(), "subject": "The week in straits", "preheader": "p" * 50, **fields}
    )
    IssueItem.objects.bulk_create(
        IssueItem(issue=made, article=article, position=position, heading=heading)
        for position, article in enumerate(articles, start=1)
    )
    return made


def ready(*articles: Article, **fields: Any) -> Issue:
    """A draft with which nothing is amiss."""
    Letterhead.objects.current()
    Letterhead.objects.update(postal_address="3 Signal Quay\nPort Merrow")
    if not Subscriber.objects.exists():
        subscriber()
    return issue(*(articles or (make.article("Ports at night"),)), **fields)


def sent(*articles: Article, by: Any, **fields: Any) -> Issue:
    """An issue that has begun to go out."""
    made = ready(*articles, **fields)
    approve(made, by)
    made.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    return made
