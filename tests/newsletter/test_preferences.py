"""The page behind the key in every mail: lists, address, data, the way out."""

import json

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import (
    Consent,
    Delivery,
    Issue,
    MailEvent,
    MailingList,
    SignUp,
    Subscriber,
    Suppression,
)
from tests.newsletter.signed import breaking, everything, joined, mailed, sign_up, turn

pytestmark = pytest.mark.django_db


def page_of(subscription) -> str:
    return f"/newsletter/preferences/{subscription.key}/"


def words(response) -> str:
    return response.content.decode()


def test_it_shows_what_one_gets_and_what_else_there_is(client):
    """By the key of any of one's lists; also a list that is not on offer any more."""
    subscription = joined()
    second = breaking()
    old = MailingList.objects.create(name="Old briefing", slug="old", is_offered=False)
    MailingList.objects.create(name="Not yet", slug="not-yet", is_offered=False)
    subscription.subscriber.join(old)
    for one in subscription.subscriber.subscriptions.all():
        page = words(client.get(page_of(one)))
        assert page.count('type="checkbox"') == 3
        assert page.count(" checked") == 2
        assert "Not yet" not in page
    assert second.blurb in page


def test_who_has_left_finds_no_box_ticked(client):
    """Else whoever saves without looking would be back on the list."""
    subscription = joined()
    client.post(f"/newsletter/leave/{subscription.key}/", {"List-Unsubscribe": "One-Click"})
    page = words(client.get(page_of(subscription)))
    assert page.count('type="checkbox"') == 1
    assert " checked" not in page


def test_lists_are_chosen_and_that_is_kept(client):
    subscription = joined()
    second = breaking()
    answer = client.post(page_of(subscription), {"act": "lists", "lists": [second.pk]})
    assert answer.status_code == 303
    assert "Your choice is saved." in words(client.get(answer.headers["Location"]))
    subscriber = Subscriber.objects.get()
    assert [one.list for one in subscriber.subscriptions.active()] == [second]
    consent = Consent.objects.get()
    assert (consent.action, consent.lists) == ("chose", "Breaking analysis")
    client.post(page_of(subscription), {"act": "lists"})
    assert not subscriber.subscriptions.active().exists()
    assert subscriber.subscriptions.get(list=subscription.list).key == subscription.key


@pytest.mark.parametrize("lists", [["x"], ["999999"]])
def test_a_list_that_there_is_not_changes_nothing(client, lists):
    subscription = joined()
    assert client.post(page_of(subscription), {"act": "lists", "lists": lists}).status_code == 422
    assert Subscriber.objects.get().subscriptions.active().count() == 1


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "type your e-mail address"),
        ("nobody", "does not look like"),
        ("VERA@example.org", "goes to this address already"),
        ("x" * 300 + "@example.org", "too long"),
    ],
)
def test_a_new_address_that_cannot_be_is_said_beside_the_field(client, typed, complaint):
    subscription = joined()
    answer = client.post(page_of(subscription), {"act": "address", "email": typed})
    assert answer.status_code == 422
    assert complaint in words(answer)
    if typed:
        assert typed in words(answer)
    assert not SignUp.objects.exists()


def test_a_new_address_is_asked_under_the_limits_of_the_form_and_tells_nothing(client):
    """A key must not be a way to bomb others, nor to learn who is on the list."""
    subscription = joined()
    Suppression.objects.suppress(digest_of("refused@example.org"), Suppression.Reason.REFUSED)
    joined("known@example.org")
    answers = []
    for typed in ("refused@example.org", "known@example.org", "new@example.org"):
        for _ in range(2):
            answer = client.post(page_of(subscription), {"act": "address", "email": typed})
            answers.append((answer.status_code, answer.headers["Location"]))
        turn()
    assert len(set(answers)) == 1
    assert [message.to for message in mail.outbox] == [["known@example.org"], ["new@example.org"]]


def test_a_suppressed_subscriber_is_told_why_nothing_comes(client):
    subscription = joined()
    assert "sign up anew" not in words(client.get(page_of(subscription)))
    Suppression.objects.suppress(subscription.subscriber.digest, Suppression.Reason.BOUNCED)
    assert "sign up anew" in words(client.get(page_of(subscription)))


@pytest.mark.parametrize("page", ["preferences", "data", "erase"])
@pytest.mark.parametrize("key", ["x", "0" * 32, "%00", "é" * 32])
def test_a_key_that_is_nobodys_is_a_kind_page(client, page, key):
    path = f"/newsletter/{page}/{key}/"
    answer = client.get(path)
    assert answer.status_code == 404
    assert "We do not know this link" in words(answer)
    assert client.post(path).status_code in (200, 404)


def kept(client) -> Subscriber:
    """A subscriber of whom everything is kept that there can be."""
    sign_up(client)
    turn()
    client.post(mailed("confirm"), {"act": "confirm"})
    subscriber = Subscriber.objects.get()
    subscription = subscriber.subscriptions.get()
    issue = Issue.objects.create(list=subscription.list, subject="The week in straits")
    delivery = Delivery.objects.create(
        issue=issue, subscription=subscription, address=subscriber.email, state="sent"
    )
    MailEvent.objects.create(
        source="dsn",
        event="1",
        kind="soft",
        address=subscriber.email,
        delivery=delivery,
        raw="To: vera@example.org",
        happened_at=timezone.now(),
    )
    return subscriber


def test_one_can_download_all_that_is_kept(client):
    """Nothing of it is somebody else's, and nothing of it opens a door."""
    subscriber = kept(client)
    joined("mia@example.org")
    subscription = subscriber.subscriptions.get()
    response = client.get(f"/newsletter/data/{subscription.key}/")
    assert response.headers["Content-Type"] == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    data = json.loads(response.content)
    assert data["e-mail address"] == "vera@example.org"
    assert [row["action"] for row in data["consents"]] == ["asked", "confirmed"]
    assert data["subscriptions"][0]["name"] == "Weekly round-up"
    assert data["issues sent"][0]["subject"] == "The week in straits"
    assert data["reports of mail servers"][0]["kind"] == "soft"
    assert data["forms sent within a day"][0]["page"] == ""
    assert len(data["mails asking for something"]) == 3
    assert data["no mail because"] == []
    text = words(response)
    assert "mia@" not in text
    assert subscription.key not in text
    assert subscriber.digest not in text


def test_erasing_asks_once_more_and_leaves_a_mark_alone(client):
    subscriber = kept(client)
    key = subscriber.subscriptions.get().key
    page = client.get(f"/newsletter/erase/{key}/")
    assert words(page).split("<main")[1].count("<button") == 1
    assert Subscriber.objects.exists()
    answer = client.post(f"/newsletter/erase/{key}/", {"act": "erase"})
    assert "You are forgotten" in words(answer)
    assert "vera" not in str(everything()).lower()
    assert Suppression.objects.get().reason == Suppression.Reason.ERASED
    assert Delivery.objects.get().state == "sent"
    assert "You are forgotten" in words(client.post(f"/newsletter/erase/{key}/"))
    assert client.get(f"/newsletter/preferences/{key}/").status_code == 404
