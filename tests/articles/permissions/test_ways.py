"""What the table of the newsroom leaves out: other states and methods, other ways to log in."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from tests import make
from tests.articles.accounts import PASSWORD, log_in, with_app
from tests.articles.permissions.visits import every_address, opens

pytestmark = pytest.mark.django_db


# Who may send to these pages of an article that the writer began.
STATES = """
             change   publish  withdraw  delete  corrections
draft        WEC      EC       EC        EC      -
in_review    WEC      EC       EC        EC      -
ready        EC       EC       EC        EC      -
scheduled    EC       EC       EC        -       -
embargoed    EC       EC       EC        -       -
live         EC       EC       EC        -       C
withdrawn    EC       EC       EC        EC      C
"""


def article_in(state: str, writer: User) -> Article:
    later = timezone.now() + timedelta(days=1)
    fields: dict[str, object] = {"minutes_ago": None, "created_by": writer}
    if state in ("in_review", "ready"):
        fields["stage"] = state
    elif state == "scheduled":
        fields["minutes_ago"] = -60
    elif state != "draft":
        fields["minutes_ago"] = 60
    if state == "embargoed":
        fields["embargoed_until"] = later
    article = make.article(f"Quetzal {state}", **fields)
    if state == "withdrawn":
        article.withdraw()
    return article


def test_every_state_of_an_article_has_its_hands(people):
    found = []
    pages, *lines = STATES.strip().splitlines()
    for line in lines:
        article = article_in(line.split()[0], User.objects.get(username="writer"))
        cells = [line.split()[0]]
        for page in pages.split():
            where = reverse(f"admin:articles_article_{page}", args=[article.pk])
            cells.append(
                "".join(
                    letter
                    for letter in "agWNEC"
                    if letter != "a" and opens(people[letter], "post", where, {})
                )
                or "-"
            )
        found.append(cells)
    assert found == [line.split() for line in lines]
    assert len(found) == 7


def test_a_superuser_is_no_way_around_what_nobody_may(people, subjects, rows):
    """A superuser opens what a chief and the newsletter's people open, and deletes accounts."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    more = set()
    for where in every_address(rows, subjects):
        for method in ("get", "post"):
            theirs = any(opens(people[one], method, where, {}) for one in "NC")
            mine = opens(client, method, where, {})
            assert mine or not theirs, (method, where)
            if mine and not theirs:
                more.add(where)
    assert sorted(more) == [f"/admin/auth/user/{rows['user'].pk}/delete/"]


def half_logged_in() -> Client:
    """A browser in which a chief's password was right, and the second factor is still owed."""
    chief = User.objects.get(username="chief")
    chief.set_password(PASSWORD)
    chief.save()
    with_app(chief)
    client = Client()
    assert log_in(client, "chief").headers["location"].endswith("/second-step/")
    return client


def test_whoever_owes_the_second_factor_gets_no_further_than_a_stranger(people, subjects, rows):
    stranger, half = people["a"], half_logged_in()
    for where in every_address(rows, subjects):
        for method in ("get", "post"):
            assert opens(half, method, where, {}) == opens(stranger, method, where, {}), where


def test_whoever_must_set_up_a_second_factor_finds_the_newsroom_shut(
    people, subjects, rows, settings
):
    settings.SECOND_FACTOR = "all"
    opened = {
        where
        for where in every_address(rows, subjects)
        for method in ("get", "post")
        if opens(people["C"], method, where, {})
        and people["C"].get(where).headers.get("location") != "/accounts/"
    }
    assert opened <= {"/admin/logout/"}


def test_other_methods_open_and_change_nothing_more(people, subjects, rows):
    """HEAD is GET; PUT, PATCH and DELETE write nothing, whoever sends them."""
    client = people["C"]
    for where in every_address(rows, subjects):
        for letter in "agW":
            is_readable = opens(people[letter], "get", where, {})
            assert opens(people[letter], "head", where, {}) == is_readable, (letter, where)
        for method in ("put", "patch", "delete"):
            with CaptureQueriesContext(connection) as queries:
                answer = getattr(client, method)(where)
            assert answer.status_code < 500, (method, where)
            written = [
                query["sql"]
                for query in queries
                if re.match(r"(INSERT|UPDATE|DELETE)", query["sql"])
                and "session" not in query["sql"]
            ]
            assert written == [], (method, where)
