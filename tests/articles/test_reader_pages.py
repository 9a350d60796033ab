"""Reader pages are the same for everybody (the design's second promise)."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver

from articles.models import Author, Format, Section, Series
from tests import make

ADDRESSES = [
    "/",
    "/section/europe/",
    "/format/analysis/",
    "/series/straits/",
    "/author/ines/",
    "/tag/shipping/",
    "/one/",
    "/one/rest/",
    "/about/",
    "/corrections/",
    "/newsletter/subscribe/",
    "/newsletter/subscribed/",
]


@pytest.fixture
def magazine(db):
    ines = Author.objects.create(name="Ines", slug="ines")
    for slug in ("one", "two"):
        make.article(
            slug=slug,
            section=Section.objects.get(slug="europe"),
            format=Format.objects.get(slug="analysis"),
            series=Series.objects.get_or_create(name="Straits", slug="straits")[0],
            authors=[ines],
            tags=["shipping"],
        )


def views(patterns) -> list:
    """Every view under these URL patterns."""
    return [
        view
        for pattern in patterns
        for view in (
            views(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern.callback]
        )
    ]


def test_every_view_for_readers_is_marked():
    """A page for readers cannot be added without the mark that keeps it anonymous, or the one of
    the pages behind the links of mails."""
    reader = [
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLPattern) or str(pattern.pattern) not in ("admin/", "accounts/")
    ]
    found = views(reader)
    assert len(found) >= 10
    marks = ("reader_parameters", "is_private_page")
    unmarked = {view.__name__ for view in found if not any(hasattr(view, one) for one in marks)}
    assert unmarked == {"preview"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_page_sets_no_cookie_and_varies_by_encoding_alone(client, magazine, address):
    response = client.get(address, headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert "public" in response.headers["Cache-Control"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_page_does_not_depend_on_who_asks(client, magazine, address):
    """An editor who is logged in, with any header a browser sends, gets the very same bytes."""
    plain = client.get(address).content
    client.force_login(get_user_model().objects.create_superuser("chief", password="x"))
    known = client.get(
        address,
        headers={
            "accept-language": "de",
            "user-agent": "Phone",
            "authorization": "Basic eDp5",
            "dnt": "1",
            "sec-ch-prefers-color-scheme": "dark",
        },
    ).content
    assert known == plain
    assert b"csrf" not in plain.lower()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_page_names_no_other_host_to_load_from(client, magazine, address):
    """The policy would refuse it anyway; the page does not ask."""
    page = client.get(address).content.decode()
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "nonce" not in policy
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize("address", sorted({*ADDRESSES} - {"/newsletter/subscribe/"}))
def test_a_reader_page_is_asked_for_and_nothing_else(client, magazine, address):
    """GET changes nothing, and there is nothing to post to."""
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_an_unchanged_page_is_answered_with_304(client, magazine):
    first = client.get("/one/")
    again = client.get("/one/", headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
