"""What holds for every page behind a link of a mail."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from newsletter.models import TransactionalMail
from tests.newsletter.signed import everything, joined, links, sign_up, turn

pytestmark = pytest.mark.django_db

PRIVATE = {"confirm", "refuse", "move", "leave", "preferences", "data", "erase"}


@pytest.fixture
def addresses(client) -> set[str]:
    """Every address of ours that stands in any mail, and on any page that one of them opens."""
    sign_up(client, "vera@example.org")
    key = joined("mia@example.org").key
    sign_up(client, "mia@example.org")
    subscriber = joined("ida@example.org").subscriber
    client.post(f"/newsletter/preferences/{key}/", {"act": "address", "email": "new@example.org"})
    TransactionalMail.objects.ask(subscriber, TransactionalMail.Purpose.MOVED, "old@example.org")
    turn()
    assert len(mail.outbox) == 4
    found = {path for message in mail.outbox for path in links(message).values()}
    found.add(f"/newsletter/leave/{key}/")
    for path in list(found):
        page = client.get(path).content.decode().split("<main")[1].split("</main")[0]
        found |= set(re.findall(r'href="(/newsletter/[^"#]+)"', page))
    assert {path.split("/")[2] for path in found} == PRIVATE
    return found


def test_looking_at_a_link_changes_nothing(addresses):
    """GET, HEAD, a prefetch, a scanner that follows everything: not one row of any table."""
    before = everything()
    assert sum(map(len, before.values())) > 20
    for path in addresses:
        for headers in ({}, {"sec-purpose": "prefetch", "purpose": "prefetch"}):
            for method in ("get", "head"):
                client = Client(enforce_csrf_checks=True)
                answer = getattr(client, method)(path, headers=headers)
                assert answer.status_code == 200, path
        assert Client().get(f"{path}?act=leave&confirm=1").status_code == 200
        assert Client().options(path).status_code == 405
        assert Client().put(path).status_code == 405
    assert everything() == before


def test_nobody_keeps_it_and_no_address_is_told(addresses):
    """No cookie, no cache, no search engine, no referrer, no other host."""
    old = timezone.now() - timedelta(days=8)
    unknown = {f"/newsletter/{page}/{'0' * 32}/" for page in PRIVATE}
    for is_expired in (False, True):
        if is_expired:
            TransactionalMail.objects.exclude(purpose="refuse").update(sent_at=old)
        for path in addresses | unknown:
            for method in ("get", "post"):
                if method == "post" and not path.startswith("/newsletter/leave/"):
                    continue
                answer = getattr(Client(enforce_csrf_checks=True), method)(path)
                where = (path, method)
                assert not answer.cookies, where
                assert "Cookie" not in answer.headers.get("Vary", ""), where
                assert "no-store" in answer.headers["Cache-Control"], where
                assert "noindex" in answer.headers["X-Robots-Tag"], where
                assert answer.headers["Referrer-Policy"] == "no-referrer", where
                assert "csrf" not in answer.content.decode().lower(), where


def test_a_page_with_the_form_has_no_cookie_and_varies_by_none(client):
    """Also after an error, and where the form was refused."""
    answers = [
        client.get("/"),
        client.get("/newsletter/subscribed/"),
        sign_up(client, "nobody"),
        sign_up(client),
        client.post("/newsletter/subscribe/", {"email": "a@example.org"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 303, 403]
    for answer in answers:
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_table_above_names_every_page_with_a_key():
    found = {
        str(pattern.pattern).split("/")[0]
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern) == "newsletter/"
        for pattern in resolver.url_patterns
        if "<key:" in str(pattern.pattern)
    }
    assert found == PRIVATE
