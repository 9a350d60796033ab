"""The form that stands on every page."""

import pytest

from newsletter.models import SignUp

pytestmark = pytest.mark.django_db

OURS = {"sec-fetch-site": "same-origin"}


def subscribe(client, email="vera@example.org", headers=OURS, **fields):
    return client.post("/newsletter/subscribe/", {"email": email, **fields}, headers=headers)


def test_an_address_is_kept_and_the_reader_is_told_what_comes(client):
    response = subscribe(client)
    assert (response.status_code, response.headers["Location"]) == (303, "/newsletter/subscribed/")
    kept = SignUp.objects.get()
    assert (kept.email, kept.outcome) == ("vera@example.org", SignUp.Outcome.WAITING)
    assert kept.network == "127.0.0.0/24"
    assert "vera" not in client.get(response.headers["Location"]).content.decode().lower()


@pytest.mark.parametrize(
    "typed", ["", "vera", "vera@", "@x.org", "a b@x.org", "x" * 300 + "@x.org"]
)
def test_what_is_no_address_comes_back_with_a_word_of_help(client, typed):
    """Nothing is stored, and what was typed still stands in the field."""
    response = subscribe(client, typed)
    assert response.status_code == 422
    assert not SignUp.objects.exists()
    page = response.content.decode()
    assert "e-mail address" in page
    if typed:
        assert typed in page


def test_a_robot_that_fills_the_bait_is_thanked_and_forgotten(client):
    assert subscribe(client, website="https://spam.example").status_code == 303
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_another_website_cannot_post_our_form(client, headers):
    response = subscribe(client, headers=headers)
    assert response.status_code == 403
    assert not SignUp.objects.exists()


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(client):
    assert subscribe(client, headers={"origin": "http://testserver"}).status_code == 303


def test_the_form_is_posted_and_never_asked_for(client):
    assert client.get("/newsletter/subscribe/").status_code == 405


def test_no_cookie_is_set_on_the_way(client):
    assert not subscribe(client).cookies
    assert not subscribe(client, "no address").cookies
