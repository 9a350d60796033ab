import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from taggit.models import Tag

from articles.models import (
    Format,
    FrontPage,
    Invitation,
    Page,
    Publication,
    Redirect,
    Section,
    Series,
)
from newsletter.models import (
    AddressFile,
    Delivery,
    Issue,
    Letterhead,
    MailEvent,
    MailingList,
    Subscriber,
    Suppression,
)
from tests import make
from tests.articles.permissions.visits import PEOPLE, Subject, subject
from tests.newsroom import person, picture


@pytest.fixture
def people(db) -> dict[str, Client]:
    """A browser for everybody who may ask."""
    clients = {}
    for letter, group in PEOPLE.items():
        clients[letter] = Client()
        if group is not None:
            user = person(group) if group else User.objects.create_user("guest", is_staff=True)
            clients[letter].force_login(user)
    return clients


@pytest.fixture
def subjects(people) -> dict[str, Subject]:
    writer, editor = (User.objects.get(username=name) for name in ("writer", "editor"))
    return {
        "own": subject(make.article("Quetzal 1", minutes_ago=None, created_by=writer), writer),
        "other": subject(make.article("Quetzal 2", minutes_ago=None, created_by=editor), editor),
        "live": subject(make.article("Quetzal 3", created_by=writer), editor),
    }


@pytest.fixture
def rows(people, subjects) -> dict[str, object]:
    """A row of every model, by the name that it has in addresses."""
    image = picture(uploaded_by=User.objects.get(username="editor"))
    issue = Issue.objects.create(list=MailingList.objects.all()[0], subject="Quetzal week")
    Delivery.objects.create(issue=issue, address="quetzal@example.org")
    AddressFile.objects.create(
        name="a.csv", list=issue.list, wording="Agreed.", checked_at=timezone.now()
    )
    Suppression.objects.suppress("0" * 64, Suppression.Reason.BOUNCED)
    return {
        "author": make.author(),
        "frontpage": FrontPage.objects.create(),
        "image": image,
        "invitation": Invitation.objects.create(email="quetzal-guest@example.org"),
        "page": Page.objects.all()[0],
        "user": User.objects.get(username="guest"),
        "publication": Publication.objects.get(),
        "redirect": Redirect.objects.set_target("/old/", subjects["live"].article),
        "section": Section.objects.all()[0],
        "format": Format.objects.all()[0],
        "series": Series.objects.create(name="Straits", slug="straits"),
        "tag": Tag.objects.create(name="ports", slug="ports"),
        "issue": issue,
        "mailevent": MailEvent.objects.create(source="test", event="1", happened_at=timezone.now()),
        "letterhead": Letterhead.objects.current(),
        "mailinglist": MailingList.objects.create(name="Breaking", slug="breaking"),
        "subscriber": Subscriber.objects.create(email="quetzal-reader@example.org"),
    }
