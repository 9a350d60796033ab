"""The form that stands on every page."""

import pytest

from newsletter.models import Subscriber

pytestmark = pytest.mark.django_db

OURS = {"sec-fetch-site": "same-origin"}


def subscribe(client, email="vera@example.org", headers=OURS, **fields):
    return client.post("/newsletter/subscribe/", {"email": email, **fields}, headers=headers)


def test_an_address_is_kept_as_pending_and_the_reader_is_told_so(client):
    response = subscribe(client)
    assert (response.status_code, response.headers["Location"]) == (303, "/newsletter/subscribed/")
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.state) == ("vera@example.org", Subscriber.State.PENDING)
    page = client.get(response.headers["Location"]).content.decode().lower()
    assert "waits for your confirmation" in page
    assert "do not send confirmation mails yet" in page
    assert "vera" not in page


def test_the_same_address_twice_is_one_subscriber_and_the_same_answer(client):
    first = subscribe(client, "Vera@Example.org")
    again = subscribe(client, " vera@example.ORG ")
    assert Subscriber.objects.count() == 1
    assert (first.status_code, first.headers["Location"]) == (
        again.status_code,
        again.headers["Location"],
    )


def test_signing_up_again_does_not_change_what_is_known(client):
    Subscriber.objects.create(email="vera@example.org", state=Subscriber.State.GONE)
    subscribe(client)
    assert Subscriber.objects.get().state == Subscriber.State.GONE


@pytest.mark.parametrize(
    "typed", ["", "vera", "vera@", "@x.org", "a b@x.org", "x" * 300 + "@x.org"]
)
def test_what_is_no_address_comes_back_with_a_word_of_help(client, typed):
    """Nothing is stored, and what was typed still stands in the field."""
    response = subscribe(client, typed)
    assert response.status_code == 422
    assert not Subscriber.objects.exists()
    page = response.content.decode()
    assert "e-mail address" in page
    if typed:
        assert typed in page


def test_a_robot_that_fills_the_bait_is_thanked_and_forgotten(client):
    assert subscribe(client, website="https://spam.example").status_code == 303
    assert not Subscriber.objects.exists()


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
    assert not Subscriber.objects.exists()


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(client):
    assert subscribe(client, headers={"origin": "http://testserver"}).status_code == 303


def test_the_form_is_posted_and_never_asked_for(client):
    assert client.get("/newsletter/subscribe/").status_code == 405


def test_no_cookie_is_set_on_the_way(client):
    assert not subscribe(client).cookies
    assert not subscribe(client, "no address").cookies
