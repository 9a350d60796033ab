"""What people do at the door of the newsroom, for the tests of it."""

import base64
import hmac
import re
import struct
import time

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from tests.newsroom import person

LOGIN = "/accounts/login/"
SECRET = base64.b32encode(b"twenty bytes of key!").decode()
PASSWORD = "correct horse battery"


def colleague(group: str = "Editor", **fields: str) -> User:
    """Somebody of this group with a password, and a mail address."""
    user = person(group)
    user.set_password(PASSWORD)
    user.email = f"{user.username}@example.org"
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    return user


def with_app(user: User) -> User:
    """The same, with an app for codes on the phone."""
    TOTP.activate(user, SECRET)
    return user


def code(secret: str = SECRET) -> str:
    """What the app shows now (RFC 6238: SHA-1, thirty seconds, six digits)."""
    digest = hmac.digest(
        base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1"
    )
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def log_in(
    client: Client, username: str, password: str = PASSWORD, address: str = "192.0.2.1"
) -> HttpResponse:
    data = {"login": username, "password": password}
    return client.post(LOGIN, data, REMOTE_ADDR=address)


def prove(client: Client, password: str = PASSWORD) -> None:
    """Type the password once more, as pages that guard the account want it."""
    assert client.post("/accounts/reauthenticate/", {"password": password}).status_code == 302


def is_in(client: Client) -> bool:
    """Whether the newsroom opens."""
    return client.get("/admin/").status_code == 200


def link_in_mail() -> str:
    """The path of the first link in the newest mail."""
    found = re.search(r"http://localhost:8000(/accounts/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]
