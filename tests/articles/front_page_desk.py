"""What a chief does at the front page desk, for the tests of it."""

import re

from django.http import HttpResponse
from django.test import Client

from articles.models import FrontPage

DESK = "/admin/articles/frontpage/"
PUBLISH = f"{DESK}publish/"


def arranged(page: FrontPage | None = None) -> dict[str, str]:
    """The draft's pins by their places."""
    page = page or FrontPage.objects.draft()
    assert page is not None
    return {
        str(place): slot.article.headline for place, slot in page.by_place.items() if slot.article
    }


def gesture(client: Client, **sent: str) -> list[str]:
    """Send one, and read what the desk says."""
    page = client.post(f"{DESK}arrange/", sent, follow=True)
    return said(page)


def said(page: HttpResponse) -> list[str]:
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def taken(client: Client, place: str) -> str:
    """What the desk's buttons at this place send."""
    html = client.get(DESK).content.decode()
    found = re.search(rf'data-place="{re.escape(place)}" data-taken="([^"]*)"', html)
    assert found, place
    return found[1]


def sent_by(page: HttpResponse, **changes: object) -> dict[str, object]:
    """What a browser would send of the form of a place, with what was shown beside it."""
    form = page.context["form"]
    data: dict[str, object] = {"key": page.context["key"]}
    for field in form:
        value = field.value()
        shown = field.field.widget.format_value(field.field.prepare_value(value))
        shown = (shown[0] if shown else "") if isinstance(shown, list) else shown
        data[field.html_name] = "" if shown is None else shown
        if field.field.show_hidden_initial:
            data[field.html_initial_name] = data[field.html_name]
    return {**data, **changes}


def place_of(client: Client, place: str) -> HttpResponse:
    return client.get(f"{DESK}place/{place}/")


def save(client: Client, page: HttpResponse, at: str, **changes: object) -> HttpResponse:
    return client.post(f"{DESK}place/{at}/", sent_by(page, **changes), follow=True)


def publish(client: Client, **sent: object) -> HttpResponse:
    draft = FrontPage.objects.draft()
    return client.post(PUBLISH, {"revision": draft.revision if draft else 0, **sent}, follow=True)
