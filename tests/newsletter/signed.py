"""People who sign up, the worker that answers them, and the links in what it writes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from newsletter.background_jobs import decide_sign_ups, send_transactional_mails
from newsletter.models import MailingList, SignUp, Subscriber, Subscription

OURS = {"sec-fetch-site": "same-origin"}


def sign_up(client: Client, email: str = "vera@example.org", **sent: Any) -> HttpResponse:
    return client.post("/newsletter/subscribe/", {"email": email, **sent}, headers=OURS)


def turn() -> None:
    """What a worker does before the next look at its issues."""
    decide_sign_ups()
    send_transactional_mails()


def outcomes() -> list[str]:
    return list(SignUp.objects.order_by("pk").values_list("outcome", flat=True))


def links(message: Any) -> dict[str, str]:
    """The paths of the links in a mail by the page they lead to; those of both its parts, which
    must be the same."""
    html = message.alternatives[0].content
    found = [
        {path.split("/")[2]: path for path in map(path_of, urls) if path.startswith("/newsletter/")}
        for urls in (
            re.findall(r"https?://\S+", message.body),
            re.findall(r'href="([^"]+)"', html),
        )
    ]
    assert found[0] == found[1]
    return found[0]


def path_of(url: str) -> str:
    return urlsplit(url).path


def mailed(page: str, to: str = "") -> str:
    """The path of this link in the newest mail (to this address)."""
    (newest, *_) = [one for one in reversed(mail.outbox) if not to or one.to == [to]]
    return links(newest)[page]


def joined(email: str = "vera@example.org", *lists: MailingList) -> Subscription:
    """A confirmed subscriber of these lists, else of the first one."""
    subscriber = Subscriber.objects.create(email=email, confirmed_at=timezone.now())
    subscriber.join(*(lists or MailingList.objects.all()[:1]))
    return subscriber.subscriptions.all()[0]


def breaking() -> MailingList:
    return MailingList.objects.create(
        name="Breaking analysis", slug="breaking", blurb="At once.", position=2
    )


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that is in the database."""
    return dict(rows())


def rows() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model._meta.label, list(model._base_manager.order_by("pk").values())
