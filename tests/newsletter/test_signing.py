"""The form that stands on every page."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import limits
from newsletter.models import MailingList, SignUp, Subscriber, Suppression
from tests.newsletter.signed import joined, outcomes, sign_up, turn

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
    "typed", ["", "vera", "vera@", "@x.org", "a b@x.org", "x" * 300 + "@x.org", "jörg@example.org"]
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


def test_its_address_typed_shows_the_form(client):
    """Without script somebody sees the refusal, and opens the same address again."""
    assert "That address did not work" in subscribe(client, "x").content.decode()
    response = client.get("/newsletter/subscribe/?email=x")
    page = response.content.decode()
    assert response.status_code == client.head("/newsletter/subscribe/").status_code == 200
    assert page.count('name="email"') == 1
    assert 'value="x"' not in page
    assert "did not work" not in page
    assert "public" in response.headers["Cache-Control"]
    assert not response.cookies
    assert client.put("/newsletter/subscribe/").status_code == 405
    assert not SignUp.objects.exists()


def test_no_cookie_is_set_on_the_way(client):
    assert not subscribe(client).cookies
    assert not subscribe(client, "no address").cookies


def test_it_is_kept_where_the_form_stood_and_what_it_said(client):
    """Of our own pages the path alone; of others, and of what is no address, nothing."""
    for referer in (
        "http://testserver/one/?q=private#x",
        "https://evil.example/page/",
        "http://[broken",
        "",
    ):
        headers = {**OURS, "referer": referer}
        client.post("/newsletter/subscribe/", {"email": "a@example.org"}, headers=headers)
    assert [row.page for row in SignUp.objects.all()] == ["/one/", "", "", ""]
    assert SignUp.objects.all()[0].wording == "Subscribe now to our weekly round-up. [Subscribe]"


# Who is on the list, and who is not, is nobody else's business


def known():
    joined()


def pending(client):
    sign_up(client)
    turn()


def limited(client):
    for _ in range(3):
        pending(client)


def suppressed():
    from newsletter.addresses import digest_of

    Suppression.objects.suppress(digest_of("vera@example.org"), Suppression.Reason.REFUSED)


STANDING = {
    "mailed": lambda client: None,
    "known": lambda client: known(),
    "limited": limited,
    "suppressed": lambda client: suppressed(),
}


def test_every_outcome_is_answered_with_the_same_bytes_for_the_same_work(client):
    """The same queries but for the values in them, so that the time tells nothing either."""
    answers, work = {}, {}
    for outcome, stand in STANDING.items():
        for rows in (SignUp, Subscriber, Suppression):
            rows.objects.all().delete()
        stand(client)
        connection.queries_log.clear()
        with CaptureQueriesContext(connection) as captured:
            answer = sign_up(client)
        answers[outcome] = (answer.status_code, dict(answer.headers), answer.content)
        work[outcome] = [query["sql"].split(" VALUES ")[0][:60] for query in captured]
        turn()
        assert outcomes()[-1] == outcome
    assert len(answers) == 4
    assert all(answer == answers["mailed"] for answer in answers.values())
    assert all(queries == work["mailed"] for queries in work.values())
    assert 1 < len(work["mailed"]) <= 8


def test_the_page_after_the_form_says_what_comes(client):
    page = client.get("/newsletter/subscribed/").content.decode()
    assert "Check your mail" in page
    assert page.count("data-answer") == 1


def test_a_flood_does_not_fill_the_disk(client, monkeypatch):
    """It is answered like all else; what is too much from one network, or in all, is not kept."""
    monkeypatch.setattr(limits, "NETWORK_ROWS", limits.Limit(5, timedelta(days=1)))
    for number in range(8):
        assert sign_up(client, f"a{number}@example.org").status_code == 303
    assert SignUp.objects.count() == 5
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    sign_up(elsewhere)
    assert SignUp.objects.count() == 6
    monkeypatch.setattr(limits, "ROWS", 6)
    sign_up(Client(REMOTE_ADDR="203.0.113.7"))
    sign_up(Client(REMOTE_ADDR="203.0.113.8"))
    assert SignUp.objects.count() == 7


def test_a_day_later_there_is_room_again(client, monkeypatch, time_machine):
    monkeypatch.setattr(limits, "NETWORK_ROWS", limits.Limit(1, timedelta(days=1)))
    sign_up(client)
    time_machine.move_to(timezone.now() + timedelta(days=1, seconds=1))
    sign_up(client)
    assert SignUp.objects.count() == 2


@pytest.mark.parametrize(
    "typed",
    [
        "vera@example.org\r\nBcc: all@example.org",
        "vera@example.org\nSubject: x",
        "vera@example.org, b@example.org",
        "Vera <vera@example.org>",
        "vera@example.org%0ABcc:b@example.org",
        '"vera\\\r\nBcc: b"@example.org',
    ],
)
def test_no_header_comes_in_by_the_address(client, typed):
    assert sign_up(client, typed).status_code == 422
    turn()
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_up_one_address_at_once_are_one_person_with_one_mail():
    """Two processes take the form, two workers decide."""
    MailingList.objects.get_or_create(slug="weekly", defaults={"name": "Weekly"})
    start = threading.Barrier(3)  # with this test's own, as many connections as the pool has
    failures: list[BaseException] = []

    def work(email: str) -> None:
        try:
            start.wait(timeout=60)
            assert sign_up(Client(), email).status_code == 303
            start.wait(timeout=60)
            turn()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    spellings = ["vera@example.org", "VERA@example.org", "Vera@EXAMPLE.org"]
    threads = [threading.Thread(target=work, args=[email]) for email in spellings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    turn()
    assert Subscriber.objects.count() == 1
    assert len(mail.outbox) == 1
    assert sorted(outcomes()) == ["limited", "limited", "mailed"]
