"""A lost password, and a changed one."""

import threading
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from articles.accounts.adapter import MAILS
from tests.articles.accounts import PASSWORD, code, colleague, is_in, link_in_mail, log_in, with_app

pytestmark = pytest.mark.django_db

RESET = "/accounts/password/reset/"
NEW = {"password1": "a quite different one", "password2": "a quite different one"}


@pytest.fixture(autouse=True)
def _no_attempts_yet(db):
    cache.clear()


def ask(client: Client, data: dict[str, str], **more: Any) -> Any:
    """Ask for a new password; the answer, when the mail has left too."""
    answer = client.post(RESET, data, **more)
    MAILS.submit(int).result()
    return answer


def follow_link(client: Client) -> str:
    """Open the link of the newest mail; the address of the form that it leads to."""
    return client.get(link_in_mail()).headers["Location"]


def test_a_new_password_is_set_from_the_mail_and_does_not_log_in(client):
    """It ends what was open elsewhere, the link works once, and a mail tells of it."""
    editor = colleague()
    open_elsewhere = Client()
    open_elsewhere.force_login(editor)
    assert ask(client, {"email": "Editor@Example.org"}).headers["Location"] == f"{RESET}done/"
    assert mail.outbox[0].to == ["editor@example.org"]
    assert "“editor”" in mail.outbox[0].body
    link, form = link_in_mail(), follow_link(client)
    assert client.get(form).status_code == 200
    assert client.post(form, NEW).status_code == 302
    assert not is_in(client)
    assert not is_in(open_elsewhere)
    assert "has been changed" in mail.outbox[1].body
    assert "used already" in Client().get(link).content.decode()
    assert log_in(client, "editor", NEW["password1"]).status_code == 302
    assert is_in(client)


def test_it_does_not_go_around_the_second_factor(client):
    with_app(colleague())
    ask(client, {"email": "editor@example.org"})
    client.post(follow_link(client), NEW)
    assert log_in(client, "editor", NEW["password1"]).headers["Location"].endswith("second-step/")
    assert not is_in(client)
    client.post("/accounts/second-step/", {"code": code()})
    assert is_in(client)


def test_nobody_learns_who_has_an_account(client):
    """The answer is the same to the letter, and a stranger gets no mail."""
    colleague()
    answers = []
    for address in ("editor@example.org", "stranger@example.org"):
        page = ask(client, {"email": address}, follow=True)
        answers.append((page.status_code, page.redirect_chain, page.context["title"]))
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [["editor@example.org"]]


class SlowServer(EmailBackend):
    """A mail server that takes a message only when it is told to."""

    may_take = threading.Event()

    def send_messages(self, messages):
        assert self.may_take.wait(timeout=30)
        return super().send_messages(messages)


def test_the_answer_waits_for_no_mail_server(client, settings):
    """How long it takes tells nobody who has an account."""
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    colleague()
    try:
        assert client.post(RESET, {"email": "editor@example.org"}).status_code == 302
        assert mail.outbox == []
    finally:
        SlowServer.may_take.set()
    MAILS.submit(int).result()
    assert [message.to for message in mail.outbox] == [["editor@example.org"]]


def test_the_link_goes_under_our_own_address(client, settings):
    """Whatever the visitor wrote as the host."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://magazine.example"
    colleague()
    ask(client, {"email": "editor@example.org"}, headers={"host": "evil.example"})
    assert "https://magazine.example/accounts/password/reset/key/" in mail.outbox[0].body
    assert "evil.example" not in mail.outbox[0].body


def test_nobody_is_flooded_with_links(client):
    """Three in ten minutes for one address, ten from one place; then a page in our words."""
    colleague()
    answers = [ask(client, {"email": "editor@example.org"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "That was too often" in answers[-1].content.decode()
    assert len(mail.outbox) == 3
    others = [ask(client, {"email": f"{n}@example.org"}).status_code for n in range(8)]
    assert others.count(429) >= 1


@pytest.mark.parametrize("password", ["short", "password123", "20262027"])
def test_a_weak_password_is_refused_with_the_reason(client, password):
    colleague()
    ask(client, {"email": "editor@example.org"})
    page = client.post(follow_link(client), {"password1": password, "password2": password})
    assert page.status_code == 200
    assert page.context["form"].errors["password1"]
    assert log_in(client, "editor").status_code == 302


def test_changing_a_password_wants_the_old_one_and_ends_what_is_open_elsewhere(client):
    editor = colleague()
    client.force_login(editor)
    elsewhere = Client()
    elsewhere.force_login(editor)
    change = "/accounts/password/change/"
    page = client.post(change, {"oldpassword": "wrong", **NEW})
    assert "not your present password" in page.content.decode()
    assert is_in(elsewhere)
    assert client.post(change, {"oldpassword": PASSWORD, **NEW}).headers["Location"] == "/accounts/"
    assert is_in(client)
    assert not is_in(elsewhere)
    assert mail.outbox[-1].to == [editor.email]


def test_logging_out_is_no_link(client):
    """A picture in a page elsewhere could else do it."""
    client.force_login(colleague())
    assert client.get("/accounts/logout/").status_code == 405
    assert is_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
    assert not is_in(client)
