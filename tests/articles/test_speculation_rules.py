"""The rules by which a browser may fetch the next page: for reader pages and no others."""

import json
from fnmatch import fnmatchcase

import pytest
from django.test import Client
from django.urls import resolve

from articles.views.reader_page import SPECULATION_RULES
from tests.conftest import ROOT

RULES = json.loads((ROOT / "static" / SPECULATION_RULES).read_text())
MAY = [
    *("/", "/one/", "/section/africa/", "/tag/ports/", "/author/ines/", "/about/"),
    *("/newsletter/", "/newsletter/issues/first/", "/corrections/"),
]
MAY_NOT = [
    *("/admin/", "/admin/articles/article/add/", "/accounts/login/", "/accounts/logout/"),
    *("/newsletter/subscribe/", "/newsletter/confirm/abc", "/newsletter/leave/abc"),
    *("/newsletter/erase/abc", "/newsletter/feed.xml", "/preview/abc/", "/one/rest/"),
    *("/static/css/site.css", "/media/pictures/a.jpg", "/feed.xml", "/healthz/ready"),
]


def matches(where: dict, path: str) -> bool:
    """Whether a path fits, as far as our rules go: their only sign is the star."""
    ((kind, of),) = where.items()
    if kind == "href_matches":
        return any(fnmatchcase(path, one) for one in ([of] if isinstance(of, str) else of))
    if kind == "not":
        return not matches(of, path)
    return (any if kind == "or" else all)(matches(one, path) for one in of)


def test_they_prefetch_what_is_pointed_at_and_prerender_nothing():
    assert set(RULES) == {"prefetch"}
    (rule,) = RULES["prefetch"]
    assert rule["eagerness"] == "moderate"


@pytest.mark.parametrize("path", MAY + MAY_NOT)
def test_they_name_reader_pages_alone(path):
    (rule,) = RULES["prefetch"]
    assert matches(rule["where"], path) == (path in MAY)
    if path in MAY:
        assert hasattr(resolve(path).func, "reader_parameters")


@pytest.mark.django_db
def test_a_reader_page_names_them_and_its_tag_for_a_cdn(client):
    headers = client.get("/").headers
    assert headers["Speculation-Rules"] == f'"/static/{SPECULATION_RULES}"'
    assert headers["Cache-Tag"] == headers["Surrogate-Key"] == "reader-pages"
    assert "Speculation-Rules" not in client.get("/accounts/login/").headers


def test_they_are_served_as_what_they_are(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / SPECULATION_RULES).write_text("{}")
    answer = Client().get(f"/static/{SPECULATION_RULES}")
    assert answer.headers["Content-Type"] == "application/speculationrules+json"
