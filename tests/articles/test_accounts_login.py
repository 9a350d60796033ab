"""Logging in: one door, counters that outlast the process, and no way around the second step."""

import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver
from django.utils import timezone

from articles.accounts import urls
from tests import make
from tests.articles.accounts import LOGIN, PASSWORD, code, colleague, is_in, log_in, with_app
from tests.conftest import Site, empty_site

pytestmark = pytest.mark.django_db

TOO_MANY = "too many wrong attempts"


@pytest.fixture(autouse=True)
def _no_attempts_yet(db):
    cache.clear()


def refused(page) -> bool:
    return page.status_code == 200 and TOO_MANY in page.content.decode()


# One door


def test_the_newsroom_sends_to_the_one_login_page_and_back(client):
    """With the address that was asked for; Django's own login form is nowhere."""
    editor = colleague()
    page = client.get("/admin/articles/article/", follow=True)
    assert page.redirect_chain[-1][0] == f"{LOGIN}?next=/admin/articles/article/"
    assert "admin/login.html" not in {template.name for template in page.templates}
    data = {"login": editor.username, "password": PASSWORD, "next": "/admin/articles/article/"}
    assert client.post(LOGIN, data).headers["Location"] == "/admin/articles/article/"


def test_the_forms_of_django_itself_log_nobody_in(client):
    """A password sent to the admin's own login is not looked at."""
    editor = colleague()
    data = {"username": editor.username, "password": PASSWORD, "this_is_the_login_form": "1"}
    assert client.post("/admin/login/", data).headers["Location"].startswith(LOGIN)
    assert not is_in(client)


def test_the_admins_own_change_of_password_leads_to_the_one_that_is_counted(client):
    client.force_login(colleague())
    for address in ("/admin/password_change/", "/admin/password_change/?x=1"):
        assert client.get(address).headers["Location"] == "/accounts/password/change/"
        assert client.post(address).headers["Location"] == "/accounts/password/change/"


def test_a_login_without_a_place_in_the_newsroom_is_refused(client):
    """Not led round in circles."""
    client.force_login(User.objects.create_user("reader"))
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_closed_account_is_told_so(client):
    editor = colleague()
    User.objects.update(is_active=False)
    assert log_in(client, editor.username).headers["Location"] == "/accounts/inactive/"
    assert "This account is closed" in client.get("/accounts/inactive/").content.decode()
    assert not is_in(client)


def test_a_login_leads_nowhere_but_into_our_own_pages(client):
    editor = colleague()
    data = {"login": editor.username, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(LOGIN, data).headers["Location"] == "/admin/"


def test_nobody_signs_up():
    """Of allauth's pages only the named ones are there."""
    names = {pattern.name for pattern in urls.urlpatterns}
    assert len(names) == 25
    assert not {name for name in names if "signup" in name or "email" in name}
    resolver = get_resolver()
    for address in ("signup", "email", "3rdparty", "confirm-email/x", "2fa", "login/code"):
        with pytest.raises(Resolver404):
            resolver.resolve(f"/accounts/{address}/")


# The counters


def test_five_wrong_passwords_shut_an_account_to_their_network(client, time_machine):
    """For five minutes, even to the right one; elsewhere, whoever has the right one comes in."""
    time_machine.move_to(timezone.now(), tick=False)
    editor = colleague()
    for _ in range(5):
        page = log_in(client, editor.username, "wrong")
        assert "do not belong together" in page.content.decode()
    assert refused(log_in(client, editor.username))
    assert not is_in(client)
    assert log_in(Client(), editor.username, address="198.51.100.7").status_code == 302
    time_machine.shift(timedelta(minutes=5, seconds=1))
    assert log_in(client, editor.username).status_code == 302
    assert is_in(client)


def test_an_account_that_is_guessed_at_from_everywhere_stays_open_where_it_is_known(
    client, time_machine
):
    """Fifty wrong passwords in an hour shut it to networks from which nobody has come in."""
    time_machine.move_to(timezone.now(), tick=False)
    editor = colleague()
    assert log_in(Client(), editor.username, address="203.0.113.5").status_code == 302
    for number in range(50):
        assert not refused(log_in(client, "EDITOR", "wrong", address=f"198.51.100.{number}"))
    assert refused(log_in(client, editor.username, address="192.0.2.77"))
    assert log_in(client, editor.username, address="203.0.113.5").status_code == 302
    assert is_in(client)
    time_machine.shift(timedelta(hours=1, seconds=1))
    assert log_in(Client(), editor.username, address="192.0.2.77").status_code == 302


def test_neighbours_in_a_network_of_ipv6_count_as_one(client):
    editor = colleague()
    for number in range(5):
        log_in(client, editor.username, "wrong", address=f"2001:db8:0:1::{number}")
    assert refused(log_in(client, editor.username, address="2001:db8:0:1::99"))
    assert log_in(client, editor.username, address="2001:db8:0:2::1").status_code == 302


def test_twenty_wrong_passwords_shut_an_address(client):
    """Whatever accounts they were for; colleagues elsewhere still come in."""
    editor = colleague()
    for number in range(20):
        assert not refused(log_in(client, f"name{number}", "wrong"))
    assert refused(log_in(client, editor.username))
    assert log_in(client, editor.username, address="198.51.100.7").status_code == 302


def test_a_name_in_other_letters_is_the_same_account(client):
    editor = colleague()
    for name in ("editor", "EDITOR", "Editor", " editor", "eDITOR"):
        log_in(client, name, "wrong")
    assert refused(log_in(client, editor.username))


def test_right_passwords_are_not_counted(client):
    editor = colleague()
    for _ in range(8):
        assert log_in(Client(), editor.username).status_code == 302


def test_the_visitor_is_counted_and_not_the_proxy(client, settings):
    """Behind a proxy the last address counts, which the proxy wrote; what the visitor wrote before
    it does not."""
    editor = colleague()

    def attempt(forwarded: str, password: str = "wrong", name: str = "nobody"):
        data = {"login": name, "password": password}
        return client.post(
            LOGIN, data, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": forwarded}
        )

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(20):
        attempt(f"10.0.0.{number}, 203.0.113.9", name=f"name{number}")
    assert refused(attempt("10.9.9.9, 203.0.113.9", PASSWORD, editor.username))
    assert attempt("203.0.113.9, 203.0.113.10", PASSWORD, editor.username).status_code == 302


def test_without_a_proxy_nobody_says_who_he_is(client):
    """X-Forwarded-For is then only what a visitor wrote."""
    for number in range(20):
        client.post(
            LOGIN,
            {"login": f"name{number}", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )
    page = client.post(
        LOGIN,
        {"login": "name", "password": "wrong"},
        headers={"X-Forwarded-For": "10.1.1.1"},
    )
    assert refused(page)


def test_one_setting_says_that_there_is_a_proxy(tmp_path):
    """Nobody who sets it can forget the counters."""
    env = {**os.environ, "VAR_DIR": str(tmp_path), "BEHIND_PROXY": "True"}
    assert "ALLAUTH_TRUSTED_PROXY_COUNT = 1" in Site(0, env).manage("diffsettings")
    del env["BEHIND_PROXY"]
    assert "ALLAUTH_TRUSTED_PROXY_COUNT" not in Site(0, env).manage("diffsettings")


ATTEMPTS = """
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.contrib.auth.models import User
from django.test import Client
User.objects.filter(username="ada").exists() or User.objects.create_user("ada", password="right")
for password in {passwords}:
    page = Client(headers={{"host": "localhost"}}).post(
        "/accounts/login/", {{"login": "ada", "password": password}})
    print(page.status_code, "too many" in page.content.decode())
"""


def test_the_counters_outlast_the_process(tmp_path):
    """What one process counted, another that starts later refuses."""
    site = empty_site(tmp_path, "magazine_counters_of_tests")

    def attempts(*passwords: str) -> list[str]:
        text = ATTEMPTS.format(passwords=list(passwords))
        return site.manage("shell", "--no-imports", "--command", text).splitlines()

    assert attempts("right") == ["302 False"]
    assert attempts(*["wrong"] * 5) == ["200 False"] * 5
    assert attempts("right") == ["200 True"]


# The second step


def test_a_password_alone_does_not_open_an_account_with_a_second_factor(client):
    editor = with_app(colleague())
    assert log_in(client, editor.username).headers["Location"] == "/accounts/second-step/"
    assert not is_in(client)
    assert client.get("/accounts/").status_code == 302
    assert client.post("/accounts/second-step/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    assert client.post("/accounts/second-step/", {"code": code()}).status_code == 302
    assert is_in(client)


def test_a_code_works_once(client):
    """Somebody who looked over the shoulder cannot use it again."""
    editor = with_app(colleague())
    other = Client()
    for window in (client, other):
        log_in(window, editor.username)
        window.post("/accounts/second-step/", {"code": code()})
    assert is_in(client)
    assert not is_in(other)


def test_guessing_codes_is_stopped_like_guessing_passwords(client):
    editor = with_app(colleague())
    log_in(client, editor.username)
    for _ in range(5):
        client.post("/accounts/second-step/", {"code": "000000"})
    page = client.post("/accounts/second-step/", {"code": code()})
    assert refused(page)


# What the pages are like


def patterns() -> list[URLPattern]:
    return [pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)]


ARGUMENTS = {
    "accept_invitation": "/accounts/invitation/nothing/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-nothing/",
    "mfa_edit_webauthn": "/accounts/passkey/1/rename/",
    "mfa_remove_webauthn": "/accounts/passkey/1/remove/",
}
OPEN = {
    "accept_invitation",
    "account_login",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


def test_no_page_of_accounts_is_kept_or_found_by_anybody():
    """Each is out of every cache and index; most are behind the login."""
    seen = 0
    for pattern in patterns():
        name = str(pattern.name)
        address = ARGUMENTS.get(name, f"/accounts/{pattern.pattern}")
        page = Client().get(address)
        assert page.status_code in (200, 302, 405, 410), name
        assert (page.status_code in (200, 410)) == (name in OPEN), name
        if page.status_code == 302:
            assert "/accounts/login/" in page.headers["Location"], name
        else:
            assert "no-store" in page.headers["Cache-Control"], name
            assert page.headers["X-Robots-Tag"] == "noindex", name
        seen += 1
    assert seen == 25


def test_readers_get_nothing_of_it(client):
    """No cookie, and no page that differs by one."""
    make.article(slug="a-story")
    for address in ("/", "/a-story/", "/no-such-page/"):
        page = client.get(address)
        assert not page.cookies
        assert "Cookie" not in page.headers.get("Vary", "")
