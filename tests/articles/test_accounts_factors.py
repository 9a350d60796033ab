"""Second factors: enrolled by the person, asked for by a setting, taken off by a chief."""

import json
import re
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import policy
from articles.accounts.backend import StaffBackend
from articles.accounts.second_factors import has_second_factor
from tests.articles.accounts import (
    PASSWORD,
    SECRET,
    code,
    colleague,
    is_in,
    log_in,
    prove,
    with_app,
)

migration = import_module("articles.migrations.0004_encrypt_factors")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet(db):
    cache.clear()


@pytest.fixture(autouse=True)
def _codes_that_last(time_machine):
    """A code is good for thirty seconds at most, and a slow machine may need the last of them."""
    time_machine.move_to(timezone.now(), tick=False)


def remove_from(person: User) -> str:
    return reverse("admin:remove_second_factor", args=[person.pk])


def enrol(client: Client) -> list[str]:
    """Add an app for codes; the recovery codes that are then shown."""
    prove(client)
    page = client.get("/accounts/app/add/").content.decode()
    secret = re.search(r'account__key">(\w+)<', page)
    assert secret
    assert client.post("/accounts/app/add/", {"code": code(secret[1])}).status_code == 302
    shown = client.get("/accounts/recovery-codes/").content.decode()
    return re.findall(r"<code>(\d{8})</code>", shown)


# Enrolling


def test_an_app_is_added_after_the_password_is_shown_once_more(client):
    editor = colleague()
    client.force_login(editor)
    page = client.get("/accounts/app/add/")
    assert page.headers["Location"].startswith("/accounts/reauthenticate/")
    enrol(client)
    assert has_second_factor(editor)


def test_a_wrong_code_adds_no_app_and_keeps_the_picture(client):
    """The key on the page is still the one that the phone has read."""
    editor = colleague()
    client.force_login(editor)
    prove(client)
    shown = [client.get("/accounts/app/add/"), client.post("/accounts/app/add/", {"code": "1"})]
    keys = {re.findall(r'account__key">(\w+)<', page.content.decode())[0] for page in shown}
    assert len(keys) == 1
    assert "did not match" in shown[1].content.decode()
    assert not has_second_factor(editor)


def test_recovery_codes_are_shown_once(client):
    client.force_login(colleague())
    assert len(set(enrol(client))) == 10
    again = client.get("/accounts/recovery-codes/").content.decode()
    assert "10 of 10 codes are left" in again
    assert not re.findall(r"\d{8}", again)
    # Neither is there an address that hands them out as a file.
    assert client.get("/accounts/recovery-codes/download/").status_code == 404


def test_a_recovery_code_opens_the_account_once(client):
    editor = colleague()
    client.force_login(editor)
    codes = enrol(client)
    for window, opened in ((Client(), True), (Client(), False)):
        log_in(window, editor.username)
        window.post("/accounts/second-step/", {"code": codes[0]})
        assert is_in(window) is opened


def test_new_recovery_codes_end_the_old_ones(client):
    editor = colleague()
    client.force_login(editor)
    old = enrol(client)
    assert client.post("/accounts/recovery-codes/new/").status_code == 302
    window = Client()
    log_in(window, editor.username)
    window.post("/accounts/second-step/", {"code": old[0]})
    assert not is_in(window)


def test_removing_an_app_wants_proof_and_takes_its_recovery_codes_along(client):
    editor = colleague()
    client.force_login(editor)
    enrol(client)
    stranger = Client()  # who found an open window, but does not know the password
    stranger.force_login(editor)
    assert "reauthenticate" in stranger.post("/accounts/app/remove/").headers["Location"]
    assert has_second_factor(editor)
    client.post("/accounts/app/remove/")
    assert not Authenticator.objects.exists()
    assert "has been removed" in mail.outbox[-1].body


def test_nobody_gets_at_the_passkey_of_somebody_else(client):
    other = colleague("Chief")
    passkey = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "Hers", "credential": {}}
    )
    client.force_login(colleague())
    prove(client)
    for verb in ("rename", "remove"):
        address = f"/accounts/passkey/{passkey.pk}/{verb}/"
        assert client.get(address).status_code == client.post(address).status_code == 404
    assert Authenticator.objects.count() == 1


MADE_UP = (
    "",
    "{}",
    "[]",
    "null",
    "1",
    '{"id": "x"}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": '
    '{"clientDataJSON": "eA", "attestationObject": "eA", "authenticatorData": "eA", '
    '"signature": "eA", "userHandle": "MQ"}}',
)


@pytest.mark.parametrize("sent", MADE_UP)
def test_a_passkey_that_was_made_up_is_refused(client, sent):
    """It neither adds nor opens anything, and is no fault of ours."""
    editor = colleague()
    for address in ("/accounts/passkey/login/", "/accounts/second-step/"):
        log_in(client, with_app(editor).username)
        client.get(address, headers={"accept": "application/json"})
        assert client.post(address, {"credential": sent}).status_code in (200, 302)
        assert not is_in(client)
        Authenticator.objects.all().delete()
    client.force_login(editor)
    client.get("/accounts/passkey/again/")
    assert client.post("/accounts/passkey/again/", {"credential": sent}).status_code == 302
    prove(client)
    client.get("/accounts/passkey/add/")
    page = client.post("/accounts/passkey/add/", {"name": "x", "credential": sent})
    assert page.status_code == 200
    assert not Authenticator.objects.exists()


# Required


def test_nobody_has_to_where_the_setting_is_empty(client):
    """As quickstart leaves it."""
    client.force_login(colleague("Chief"))
    assert is_in(client)


@pytest.mark.parametrize(
    ("asked", "led"),
    [("chief", ["Chief", "root"]), ("all", ["Writer", "Editor", "Chief", "root"]), ("", [])],
)
def test_who_must_have_one_is_said_by_the_setting(settings, asked, led):
    """A superuser is a chief and more."""
    settings.SECOND_FACTOR = asked
    everybody = {group: colleague(group) for group in ("Writer", "Editor", "Chief")}
    everybody["root"] = User.objects.create_superuser("root")
    assert [name for name, one in everybody.items() if policy.needs_second_factor(one)] == led
    for one in everybody.values():
        with_app(one)
    assert not any(policy.needs_second_factor(one) for one in everybody.values())


def test_without_the_factor_that_is_asked_for_nothing_of_the_newsroom_opens(client, settings):
    """Every address leads to the account's page, and a list shows no more than its name."""
    settings.SECOND_FACTOR = "chief"
    client.force_login(colleague("Chief"))
    for address in (
        "/admin/",
        "/admin/articles/article/",
        "/admin/articles/article/add/",
        "/admin/auth/user/",
        "/admin/autocomplete/",
        "/admin/articles/invitation/add/",
    ):
        assert client.get(address, follow=True).request["PATH_INFO"] == "/accounts/", address
        client.post(address, follow=True)
    page = client.get("/accounts/").content.decode()
    assert "Please set up a second factor" in page
    assert "/admin/articles/article/" not in page
    enrol(client)
    assert is_in(client)


def test_whoever_removes_the_last_factor_is_led_to_set_up_another(client, settings):
    settings.SECOND_FACTOR = "all"
    client.force_login(colleague())
    enrol(client)
    assert is_in(client)
    client.post("/accounts/app/remove/")
    assert not is_in(client)


# Lost


def test_a_chief_takes_off_the_factor_that_a_colleague_has_lost(client):
    """After proof of who does it; it is logged, and the colleague is told."""
    editor, chief = with_app(colleague()), colleague("Chief", first_name="Iris")
    client.force_login(chief)
    form = reverse("admin:auth_user_change", args=[editor.pk])
    assert remove_from(editor) in client.get(form).content.decode()
    assert "reauthenticate" in client.post(remove_from(editor)).headers["Location"]
    assert has_second_factor(editor)
    prove(client)
    assert client.get(remove_from(editor)).status_code == 200
    assert has_second_factor(editor)
    assert client.post(remove_from(editor)).headers["Location"] == form
    assert not Authenticator.objects.exists()
    assert LogEntry.objects.get().get_change_message() == "Removed the second factor."
    assert mail.outbox[-1].to == [editor.email]
    assert mail.outbox[-1].body.startswith("Iris has removed the second factor")
    assert remove_from(editor) not in client.get(form).content.decode()


def test_only_whoever_looks_after_people_takes_factors_off(client):
    """And not one's own by this door, nor that of somebody who stands above."""
    root = with_app(User.objects.create_superuser("root"))
    writer = with_app(colleague("Writer"))
    chief, editor = with_app(colleague("Chief")), colleague("Editor")
    for who, whose in ((editor, writer), (writer, writer), (chief, root), (chief, chief)):
        client.force_login(who)
        prove(client) if who.has_usable_password() else None
        assert client.post(remove_from(whose)).status_code == 403, (who, whose)
    assert Authenticator.objects.count() == 3


def test_the_list_of_people_says_who_has_one_without_asking_for_each(
    client, django_assert_max_num_queries
):
    client.force_login(colleague("Chief"))
    client.get("/admin/auth/user/")
    for number in range(30):
        with_app(User.objects.create_user(f"person{number}"))
    with django_assert_max_num_queries(9):
        page = client.get("/admin/auth/user/")
    assert page.content.decode().count('alt="True"') >= 60


def test_the_secrets_of_factors_are_in_no_list(client):
    """Not even for a superuser."""
    with_app(User.objects.create_superuser("root"))
    client.force_login(User.objects.get())
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert client.get("/admin/account/emailaddress/").status_code == 404
    assert SECRET not in client.get("/accounts/").content.decode()


# What a request costs


def test_a_person_and_all_permissions_cost_two_queries(settings, django_assert_num_queries):
    """With groups, permissions of one's own, and the question for the second factor."""
    settings.SECOND_FACTOR = "chief"
    user = colleague("Writer")
    user.groups.add(Group.objects.get(name="Chief"))
    user.user_permissions.add(Permission.objects.get(codename="delete_user"))
    with django_assert_num_queries(2):
        found = StaffBackend().get_user(user.pk)
        assert found
        found.backend = "articles.accounts.backend.StaffBackend"
        assert found.has_perms(["articles.publish_article", "auth.delete_user"])
        assert not found.has_perm("articles.no_such_thing")
        assert found.has_module_perms("newsletter")
        assert policy.needs_second_factor(found)
    assert found.get_all_permissions() == policy.CHIEF | {"auth.delete_user"}


def test_a_closed_account_has_no_permissions():
    """And a session that was open is closed with it."""
    user = colleague("Chief")
    user.is_active = False
    user.save()
    assert StaffBackend().get_user(user.pk) is None
    assert StaffBackend().get_all_permissions(user) == set()
    assert StaffBackend().get_all_permissions(colleague(), user) == set()


def test_an_account_page_costs_the_same_with_many_passkeys(client, django_assert_max_num_queries):
    user = colleague()
    for number in range(12):
        data = {"name": f"Key {number}", "credential": {}}
        Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    client.force_login(user)
    with django_assert_max_num_queries(6):
        page = client.get("/accounts/")
    assert page.content.decode().count("/rename/") == 12


def test_a_person_changes_the_name_and_nothing_else(client):
    """What else is sent with the form is not looked at."""
    user = colleague()
    client.force_login(user)
    sent = {"first_name": "Ada", "last_name": "Quill", "email": "x@evil.example", "username": "x"}
    assert client.post("/accounts/", {**sent, "is_superuser": "on"}).status_code == 302
    user.refresh_from_db()
    assert (user.first_name, user.last_name) == ("Ada", "Quill")
    assert (user.username, user.email, user.is_superuser) == ("editor", "editor@example.org", False)
    assert client.post("/accounts/", {"first_name": "x" * 200}).status_code == 200
    assert client.login(username="editor", password=PASSWORD)


def test_a_copy_of_the_database_makes_no_codes(client, settings):
    """What is stored of an app and of recovery codes is nothing without the key of the server."""
    editor = colleague()
    client.force_login(editor)
    shown = enrol(client)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP).wrap()
    assert decrypt(app.instance.data["secret"]) not in stored
    assert not any(code in stored for code in shown)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert decrypt(app.instance.data["secret"])
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValidationError, match="Ask a chief"):
        decrypt(app.instance.data["secret"])


def test_factors_that_were_set_up_before_are_encrypted(client):
    editor = with_app(colleague())
    factor = Authenticator.objects.get(user=editor)
    factor.data = {"secret": SECRET}
    factor.save()
    migration.encrypt_factors(apps, None)
    factor.refresh_from_db()
    assert factor.data["secret"] != SECRET
    assert factor.wrap().validate_code(code())
