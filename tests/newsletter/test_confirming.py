"""The links of a confirmation: confirm, refuse, move."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import (
    Consent,
    Letterhead,
    MailingList,
    SignUp,
    Subscriber,
    Suppression,
    TransactionalMail,
)
from tests.newsletter.signed import breaking, everything, joined, links, mailed, sign_up, turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client) -> str:
    """The path of the link in the mail that Vera got."""
    sign_up(client)
    turn()
    return mailed("confirm")


def words(response) -> str:
    return response.content.decode()


def test_the_link_opens_a_page_with_one_button_which_subscribes(client, asked):
    page = client.get(asked)
    assert page.status_code == 200
    assert words(page).split("<main")[1].count("<button") == 1
    assert "vera@example.org" in words(page)
    answer = client.post(asked, {"act": "confirm"})
    assert (answer.status_code, answer.headers["Location"]) == (303, asked)
    assert "You are subscribed" in words(client.get(asked))
    subscription = Subscriber.objects.get().subscriptions.active().get()
    assert subscription.list.name == "Weekly round-up"
    assert f"/newsletter/preferences/{subscription.key}/" in words(client.get(asked))


def test_the_consent_is_kept_without_the_key_of_the_page(client, asked):
    client.post(asked, {"act": "confirm"})
    consent = Consent.objects.get(action="confirmed")
    assert consent.lists == "Weekly round-up"
    assert consent.wording == "vera@example.org: Weekly round-up [Yes, subscribe me]"
    assert (consent.page, consent.network) == ("/newsletter/confirm/", "127.0.0.0/24")


def test_a_second_press_says_kindly_that_it_is_done(client, asked):
    for _ in range(3):
        assert client.post(asked, {"act": "confirm"}, follow=True).status_code == 200
    assert Consent.objects.filter(action="confirmed").count() == 1
    assert Subscriber.objects.get().subscriptions.count() == 1


def test_pressed_again_after_leaving_it_subscribes_nobody(client, asked):
    """One use: an old mail that somebody finds brings nobody back."""
    client.post(asked, {"act": "confirm"})
    Subscriber.objects.get().subscriptions.get().leave()
    assert "left every list" in words(client.post(asked, {"act": "confirm"}, follow=True))
    assert not Subscriber.objects.get().subscriptions.wanted().exists()


def test_where_there_are_several_lists_one_chooses_and_the_first_is_ticked(client, asked):
    second = breaking()
    MailingList.objects.create(name="Not yet", slug="not-yet", is_offered=False)
    page = words(client.get(asked))
    assert page.count('type="checkbox"') == 2
    assert page.count(" checked") == 1
    assert page.index(" checked") < page.index("Breaking analysis")
    assert "At once." in page
    answer = client.post(asked, {"act": "confirm", "lists": [second.pk]})
    assert answer.status_code == 303
    (subscription,) = Subscriber.objects.get().subscriptions.all()
    assert subscription.list == second


@pytest.mark.parametrize("lists", [[], ["999999"], ["x"], ["1; DROP TABLE"]])
def test_a_choice_that_cannot_be_is_said_and_the_link_is_still_good(client, asked, lists):
    breaking()
    hidden = MailingList.objects.create(name="Not yet", slug="not-yet", is_offered=False)
    for chosen in (lists, [*lists, str(hidden.pk)]):
        answer = client.post(asked, {"act": "confirm", "lists": chosen})
        assert answer.status_code == 422
        assert 'role="alert"' in words(answer)
    assert not Subscriber.objects.get().is_confirmed
    assert client.get(asked).status_code == 200


def test_a_link_is_good_for_a_week_and_then_offers_a_new_one(client, asked, time_machine):
    week = timezone.now() + timedelta(days=7)
    time_machine.move_to(week - timedelta(minutes=1))
    assert "Yes, subscribe me" in words(client.get(asked))
    time_machine.move_to(week + timedelta(minutes=1))
    for answer in (client.get(asked), client.post(asked, {"act": "confirm"})):
        assert answer.status_code == 410
        assert "too old" in words(answer)
    assert not Subscriber.objects.get().is_confirmed
    assert "on its way" in words(client.post(asked, {"act": "again"}))
    turn()
    assert len(mail.outbox) == 2
    client.post(mailed("confirm"), {"act": "confirm"})
    assert Subscriber.objects.get().is_confirmed


def test_new_links_are_given_out_under_the_limits_of_the_form(client, asked, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=8))
    for _ in range(5):
        client.post(asked, {"act": "again"})
    turn()
    assert len(mail.outbox) == 2
    assert sorted(SignUp.objects.values_list("outcome", flat=True))[:4] == ["limited"] * 4


def test_what_is_no_link_of_ours_is_a_kind_page(client, asked):
    """Cut off, foreign, in lower case, with something after it, of another purpose."""
    token = asked.split("/")[3]
    refusal = mailed("refuse").split("/")[3]
    for wrong in (token[:-1], token[:5], token.swapcase(), f"{token}.", "x", refusal, "%00", "é"):
        for page in ("confirm", "move"):
            address = f"/newsletter/{page}/{wrong}/"
            for answer in (client.get(address), client.post(address, {"act": "confirm"})):
                assert answer.status_code == 404, address
                assert "We do not know this link" in words(answer)
    assert client.get(f"/newsletter/move/{token}/").status_code == 404
    assert not Subscriber.objects.get().is_confirmed


def test_a_link_that_lost_its_last_slash_works(client, asked):
    assert client.get(asked.removesuffix("/")).status_code == 200


def test_links_work_after_the_secret_key_has_changed(client, asked, settings):
    settings.SECRET_KEY = "another-one"
    settings.SECRET_KEY_FALLBACKS = []
    assert client.post(asked, {"act": "confirm"}).status_code == 303
    assert Subscriber.objects.get().is_confirmed


def test_the_token_is_not_stored(client, asked):
    """Whoever reads the database cannot use what it holds."""
    tokens = [mailed(page).split("/")[3] for page in ("confirm", "refuse")]
    stored = str(everything())
    for token in tokens:
        assert len(token) == 43
        assert token not in stored
    for digest in TransactionalMail.objects.values_list("digest", flat=True):
        assert client.get(f"/newsletter/confirm/{digest}/").status_code == 404


# “This was not me”


def test_refusing_forgets_the_address_and_nobody_can_sign_it_up_again(client, asked):
    refusal = mailed("refuse")
    page = client.get(refusal)
    assert words(page).split("<main")[1].count("<button") == 1
    answer = client.post(refusal, {"act": "refuse"})
    assert answer.status_code == 200
    assert "not write to you again" in words(answer)
    assert not Subscriber.objects.exists()
    assert not SignUp.objects.exists()
    assert Suppression.objects.get().reason == Suppression.Reason.REFUSED
    assert "vera" not in str(everything()).lower()
    sign_up(client, "VERA@example.org")
    turn()
    assert len(mail.outbox) == 1
    # Once more, and the other link of the same mail.
    assert "not write to you again" in words(client.post(refusal, {"act": "refuse"}))
    assert "that is done" in words(client.get(refusal))
    assert client.post(asked, {"act": "confirm"}).status_code == 404
    assert not Subscriber.objects.exists()


def test_it_is_never_too_late_to_refuse(client, asked, time_machine):
    """Also for who confirmed, and by any of several mails."""
    refusal = mailed("refuse")
    client.post(asked, {"act": "confirm"})
    time_machine.move_to(timezone.now() + timedelta(days=400))
    client.post(refusal, {"act": "refuse"})
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().is_final


def test_a_strange_refusal_refuses_nobody(client, asked):
    address = f"/newsletter/refuse/{'0' * 43}/"
    assert client.get(address).status_code == 404
    client.post(address)
    assert Subscriber.objects.exists()
    assert not Suppression.objects.exists()


# A new address


@pytest.fixture
def moving(client) -> str:
    """The path of the link in the mail to the new address."""
    key = joined("old@example.org").key
    client.post(
        f"/newsletter/preferences/{key}/", {"act": "address", "email": "New@bücher.example.org"}
    )
    turn()
    return mailed("move", "New@xn--bcher-kva.example.org")


def test_a_new_address_is_confirmed_by_a_mail_to_it_and_the_old_one_is_told(client, moving):
    key = Subscriber.objects.get().subscriptions.get().key
    assert Subscriber.objects.get().email == "old@example.org"
    assert words(client.get(moving)).split("<main")[1].count("<button") == 1
    client.post(moving, {"act": "move"})
    subscriber = Subscriber.objects.get()
    assert subscriber.email == "New@bücher.example.org"
    assert subscriber.digest == digest_of("new@bücher.example.org")
    assert subscriber.subscriptions.get().key == key
    assert "comes here now" in words(client.get(moving))
    turn()
    assert mail.outbox[-1].to == ["old@example.org"]
    assert "bücher" not in mail.outbox[-1].body
    assert [one.action for one in subscriber.consents.all()] == ["moved"]
    client.post(moving, {"act": "move"})
    turn()
    assert len(mail.outbox) == 2


def test_a_new_address_that_is_a_subscribers_already_takes_over_the_lists(client, moving):
    """The keys in old mail still lead to the person who left."""
    second = breaking()
    other = joined("new@bücher.example.org", second).subscriber
    old = Subscriber.objects.get(email="old@example.org")
    client.post(moving, {"act": "move"})
    assert {one.list.name for one in other.subscriptions.active()} == {
        "Weekly round-up",
        "Breaking analysis",
    }
    assert not old.subscriptions.active().exists()
    assert old.subscriptions.count() == 1


def test_a_new_address_that_was_never_confirmed_is_taken(client, moving):
    sign_up(client, "new@bücher.example.org")
    turn()
    client.post(moving, {"act": "move"})
    assert [one.email for one in Subscriber.objects.all()] == ["New@bücher.example.org"]


def test_a_new_address_can_refuse_and_the_subscriber_keeps_the_old_one(client, moving):
    client.post(mailed("refuse"), {"act": "refuse"})
    assert client.post(moving, {"act": "move"}).status_code == 404
    assert Subscriber.objects.get().email == "old@example.org"
    assert Suppression.objects.get().digest == digest_of("new@bücher.example.org")


def test_a_move_that_took_too_long_can_be_asked_for_again(client, moving, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert client.post(moving, {"act": "move"}).status_code == 410
    client.post(moving, {"act": "again"})
    turn()
    client.post(mailed("move"), {"act": "move"})
    assert Subscriber.objects.get().email == "New@bücher.example.org"


# At once, and by machines


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_does():
    Letterhead.objects.current()
    for slug in ("weekly", "breaking"):
        MailingList.objects.get_or_create(slug=slug, defaults={"name": slug})
    client = Client()
    sign_up(client)
    turn()
    path = mailed("confirm")
    lists = list(MailingList.objects.values_list("pk", flat=True))
    start = threading.Barrier(6)
    answers: list[int] = []
    failures: list[BaseException] = []

    def press() -> None:
        try:
            start.wait(timeout=60)
            answers.append(Client().post(path, {"act": "confirm", "lists": lists}).status_code)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    assert set(answers) <= {303, 200}  # 200: it was done before the page was asked
    assert len(answers) == 6
    assert Consent.objects.filter(action="confirmed").count() == 1
    assert Subscriber.objects.get().subscriptions.count() == len(lists)


def test_who_left_and_asks_again_finds_ticked_what_the_form_spoke_of(client):
    """The page asks to be subscribed to something, as it did the first time."""
    subscription = joined()
    breaking()
    subscription.leave()
    sign_up(client)
    turn()
    page = client.get(mailed("confirm")).content.decode()
    assert page.count('type="checkbox"') == 2
    assert page.count(" checked") == 1


# The welcome


def confirmed(client, email="vera@example.org") -> str:
    """The key of somebody who signed up and pressed the button."""
    sign_up(client, email)
    turn()
    client.post(mailed("confirm", email), {"act": "confirm"})
    return Subscriber.objects.of_address(email).subscriptions.get().key


def welcomes() -> list:
    return [one for one in mail.outbox if one.subject.startswith("Welcome to the newsletter")]


def test_who_confirms_is_welcomed_once(client, time_machine):
    """Neither a second press nor a return after leaving brings another."""
    Letterhead.objects.current()
    Letterhead.objects.update(welcome="Hello <b>& salaam</b> 🚢.")
    key = confirmed(client)
    client.post(mailed("confirm"), {"act": "confirm"})
    for _ in range(2):
        turn()
    (message,) = welcomes()
    assert message.to == ["vera@example.org"]
    assert "Hello <b>& salaam</b> 🚢." in message.body
    assert "Hello &lt;b&gt;&amp; salaam&lt;/b&gt; 🚢." in message.alternatives[0].content
    assert "Weekly round-up" in message.body
    assert links(message) == {"preferences": f"/newsletter/preferences/{key}/"}
    client.post(f"/newsletter/leave/{key}/", {"act": "leave"})
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert confirmed(client) == key
    turn()
    assert len(welcomes()) == 1


def test_who_left_at_once_or_was_imported_is_not_welcomed_nor_anybody_without_words(client):
    key = confirmed(client)
    client.post(f"/newsletter/leave/{key}/", {"act": "leave"})
    joined("ida@example.org")
    turn()
    Letterhead.objects.update(welcome=" ")
    confirmed(client, "mia@example.org")
    turn()
    assert welcomes() == []
