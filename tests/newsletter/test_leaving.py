"""Off the list by one click, or by one button."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter.email_change import change_email
from newsletter.models import Consent, Issue, Subscriber, Subscription, Suppression
from newsletter.models.subscribers import new_key
from newsletter.personal_data import erase
from tests.newsletter.signed import breaking, joined

pytestmark = pytest.mark.django_db


def test_the_addresses_in_old_mail_are_the_addresses_of_today():
    """They stand in mailboxes for years: whoever changes them breaks a promise."""
    assert reverse("leave", args=["k"]) == "/newsletter/leave/k/"
    assert reverse("preferences", args=["k"]) == "/newsletter/preferences/k/"


ONE_CLICK = {"List-Unsubscribe": "One-Click"}
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


def address(subscription: Subscription) -> str:
    return f"/newsletter/leave/{subscription.key}/"


def is_on(subscription: Subscription) -> bool:
    return Subscription.objects.active().filter(pk=subscription.pk).exists()


def one_click(path: str, body: str):
    """As a mail provider's machine sends it (RFC 8058): no cookie, no Origin, nothing else."""
    client = Client(enforce_csrf_checks=True)
    if body == "urlencoded":
        kind, sent = "application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"
    elif body == "multipart":
        kind, sent = "multipart/form-data; boundary=x", MULTIPART
    elif body == "broken multipart":
        kind, sent = "multipart/form-data", b"--"
    else:
        kind, sent = "text/plain", b""
    return client.generic("POST", path, sent, content_type=kind)


BODIES = ["urlencoded", "multipart", "broken multipart", "empty"]


@pytest.mark.parametrize("body", BODIES)
def test_one_click_leaves_at_once_also_twice(body):
    subscription = joined()
    for _ in range(2):
        answer = one_click(address(subscription), body)
        assert answer.status_code == 200
        assert not answer.cookies
        assert not is_on(subscription)
    (consent,) = Consent.objects.all()
    assert (consent.action, consent.lists) == ("left", "Weekly round-up")
    assert consent.wording == "Weekly round-up [One-Click]"
    assert consent.page == "/newsletter/leave/"


def test_it_leaves_the_list_of_the_mail_and_no_other():
    subscriber = joined("vera@example.org").subscriber
    second = breaking()
    subscriber.join(second)
    one_click(address(subscriber.subscriptions.get(list=second)), "urlencoded")
    assert [one.list.name for one in subscriber.subscriptions.active()] == ["Weekly round-up"]


@pytest.mark.parametrize("body", BODIES)
def test_one_click_of_who_was_forgotten_is_answered_with_200(client, body):
    """A provider that is told of an error would warn its user of us."""
    subscription = joined()
    path = address(subscription)
    erase(subscription.subscriber)
    assert one_click(path, body).status_code == 200
    page = client.get(path)
    assert page.status_code == 404
    assert "You are on no list" in page.content.decode()


@pytest.mark.parametrize("key", ["x", "0" * 31, "0" * 33, "0" * 31 + "!", "0" * 31 + "é", "%0A"])
def test_a_key_that_is_none_is_a_kind_page(client, key):
    path = f"/newsletter/leave/{key}/"
    for answer in (client.get(path), client.post(path, ONE_CLICK)):
        assert answer.status_code == 404
        assert "We do not know this link" in answer.content.decode()


def test_the_mark_in_a_frozen_issue_is_nobodys_key(client):
    """Who opens the archive or a test mail finds a page, and takes nobody off."""
    subscription = joined()
    issue = Issue.objects.create(list=subscription.list)
    assert one_click(f"/newsletter/leave/{issue.marker}/", "urlencoded").status_code == 200
    assert is_on(subscription)


def test_looking_shows_one_button_and_pressing_it_says_so(client):
    subscription = joined()
    page = client.get(address(subscription)).content.decode()
    assert page.split("<main")[1].count("<button") == 1
    assert "vera@example.org" in page
    assert is_on(subscription)
    answer = client.post(address(subscription), {"act": "leave"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address(subscription))
    assert not is_on(subscription)
    page = client.get(address(subscription)).content.decode()
    assert "You have left “Weekly round-up”" in page
    assert "Subscribe me again" in page


def test_that_was_a_mistake(client):
    """Undone by one button, under the same key."""
    subscription = joined()
    client.post(address(subscription), {"act": "leave"})
    client.post(address(subscription), {"act": "return"})
    assert is_on(subscription)
    assert [one.action for one in Consent.objects.all()] == ["left", "chose"]
    assert "Leave this list" in client.get(address(subscription)).content.decode()


@pytest.mark.parametrize("reason", ["bounced", "complained"])
def test_a_suppressed_address_does_not_come_back_by_a_link(client, reason):
    """It would be told that it is on the list, and get nothing: it signs up again and confirms."""
    subscription = joined()
    Suppression.objects.suppress(subscription.subscriber.digest, Suppression.Reason(reason))
    subscription.leave()
    page = client.get(address(subscription)).content.decode()
    assert "Subscribe me again" not in page
    assert "sign up anew" in page
    client.post(address(subscription), {"act": "return"})
    subscription.refresh_from_db()
    assert subscription.left_at


def test_a_link_works_for_ever(client, settings, time_machine):
    """After years, a new SECRET_KEY, a new address of the person."""
    subscription = joined()
    path = address(subscription)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    change_email(subscription.subscriber, "new@example.org")
    time_machine.move_to(timezone.now() + timedelta(days=3650))
    assert one_click(path, "urlencoded").status_code == 200
    assert not Subscriber.objects.get().subscriptions.active().exists()


def test_a_link_without_its_slash_works():
    """Some programs drop it."""
    subscription = joined()
    assert one_click(address(subscription).removesuffix("/"), "urlencoded").status_code == 200
    assert not is_on(subscription)


def test_keys_are_random_and_fit_into_an_address():
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {32}


def test_leaving_in_the_middle_of_another_press_is_recorded_once():
    """Two copies of one row, as two requests have them."""
    subscription = joined()
    twin = Subscription.objects.get(pk=subscription.pk)
    assert subscription.leave(wording="x")
    assert not twin.leave(wording="x")
    assert Consent.objects.count() == 1
