"""No parameter, field, path, header or body is a failure of ours, on either database.

Every address of the URLconf is asked and posted to with each value in each name that its view
looks at; which names these are is learnt by watching it read.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from taggit.models import Tag

from articles.models import (
    FrontPage,
    Invitation,
    Note,
    PreviewLink,
    Redirect,
    Revision,
    Section,
    Series,
    Snapshot,
)
from newsletter.models import (
    AddressFile,
    Delivery,
    Issue,
    MailEvent,
    MailingList,
    Subscriber,
    Suppression,
)
from tests import make
from tests.newsroom import picture, typed

pytestmark = pytest.mark.django_db

VALUES = [
    "\0",
    "1" * 401,  # 10^400
    str(2**63),
    "²",  # a digit to Python, and no number
    "http://[",
    "9999-12-31T23:59:59",
    "nan",
]
HEADERS = {
    "Referer": "http://[",
    "Accept": "\0;q=nan",
    "Accept-Language": "²;q=9" * 50,
    "If-None-Match": '"',
    "If-Modified-Since": "Thu, 99 Foo 99999 99:99:99 GMT",
    "Range": "bytes=9-1",
    "X-Forwarded-For": "http://[, ²",
    "X-Requested-With": "\0",
}
# Read on every page by the same code; asked once, at the log-in.
EVERYWHERE = {"csrfmiddlewaretoken"}


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        where = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, where)
        elif isinstance(pattern, URLPattern):
            yield where


def all_patterns() -> list[str]:
    found = list(dict.fromkeys(patterns(get_resolver())))
    assert len(found) > 200
    return found


@pytest.fixture
def variables(db) -> dict[str, Any]:
    """One of everything, by the names of variables in addresses."""
    chief = User.objects.create_superuser("chief", "chief@example.org")
    Tag.objects.create(name="ports", slug="ports")
    article = make.article(
        slug="straits",
        authors=[make.author(slug="ines")],
        tags=["ports"],
        series=Series.objects.create(name="Straits", slug="straits"),
        section=Section.objects.get(slug="europe"),
        lead_image=picture(),
    )
    version = Revision.objects.newest(article)
    week = timezone.now() + timedelta(days=7)
    link = PreviewLink.objects.create(revision=version, made_by=chief, expires_at=week)
    note = Note.objects.create(article=article, author=chief, text="Right?")
    text = Snapshot.of(article)
    autosave = make.autosave(article, text, session="one", base=version.pk, by=chief)
    make.front_page({"lead.1": article})
    FrontPage.objects.create()
    Invitation.objects.create(email="ada@example.org")
    Redirect.objects.set_target("/old/", article)
    issue = Issue.objects.create(list=MailingList.objects.all()[0], subject="The week")
    delivery = Delivery.objects.create(issue=issue, address="ada@example.org")
    file = AddressFile.objects.create(
        name="a.csv", list=issue.list, wording="Agreed.", checked_at=timezone.now()
    )
    MailEvent.objects.create(source="test", event="1", happened_at=timezone.now())
    Subscriber.objects.create(email="reader@example.org").join(issue.list)
    Suppression.objects.suppress("0" * 64, Suppression.Reason.BOUNCED)
    return {
        "version": version.pk,
        "revision": autosave.pk,
        "link": link.pk,
        "note": note.pk,
        "delivery": delivery.pk,
        "file": file.pk,
        "what": "due",
        "place": "lead.1",
        "action": "cancel",
        "digest": "0" * 64,
        "token": "0" * 43,
        "app_label": "articles",
        "url": "nothing/",
        **dict.fromkeys(("content_type_id", "object_id", "pk", "id", "uidb36"), 1),
    }


def variables_of(pattern: str, variables: dict[str, Any]) -> dict[str, Any]:
    slugs = {"section": "europe", "format": "analysis", "author": "ines", "^tag": "ports"}
    own: dict[str, Any] = {"slug": slugs.get(pattern.split("/")[0], "straits"), "key": "0" * 32}
    if pattern.startswith("newsletter/"):
        own["key"] = Subscriber.objects.get().subscriptions.get().key
    if model := re.match(r"admin/(\w+)/(\w+)/", pattern):
        with suppress(LookupError):
            if row := apps.get_model(*model.groups())._base_manager.order_by("pk").first():
                own |= dict.fromkeys(("key", "pk", "id", "object_id"), row.pk)
    return variables | own


def address(pattern: str, values: dict[str, Any]) -> str:
    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)", r"<\1>", pattern)
    pattern = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), pattern)
    return "/" + pattern.replace("^", "").replace("$", "")


class Attacker:
    """A superuser's browser that notes what failed; what it changes is undone."""

    def __init__(self, **options: Any) -> None:
        self.client = Client(raise_request_exception=False, **options)
        self.client.force_login(User.objects.get(username="chief"))
        self.failures: list[str] = []
        self.count = 0
        got_request_exception.connect(self.note)

    def note(self, **kwargs: Any) -> None:
        self.error = repr(sys.exception())[:200]

    def ask(self, method: str, where: str, *args: Any, **kwargs: Any) -> None:
        self.error = ""
        self.count += 1
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            if method == "raw":
                answer = self.client.generic("POST", where, *args, **kwargs)
            else:
                answer = getattr(self.client, method)(where, *args, **kwargs)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        if answer.status_code >= 500:
            self.failures.append(f"{method} {where[:80]} {str(args)[:90]}: {self.error}")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that are looked for in addresses and forms from now on."""
    seen: set[str] = set()
    for method in ("get", "getlist", "__getitem__", "__contains__"):
        read = getattr(QueryDict, method)

        def watched(data: QueryDict, name: Any, *args: Any, read: Any = read) -> Any:
            seen.add(name)
            return read(data, name, *args)

        monkeypatch.setattr(QueryDict, method, watched)
    return seen


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_value_of_any_parameter_or_field_is_a_failure(variables, names, method):
    """All that a view reads at once: each kind of field has its own way to take it. And a file
    where words belong, and words where a file does."""
    attacker = Attacker()
    read: set[str] = set()
    for pattern in all_patterns():
        where = address(pattern, variables_of(pattern, variables))
        names.clear()
        attacker.ask(method, where, headers=HEADERS)
        # What begins with an underscore is a button.
        asked = {name for name in names - EVERYWHERE if not str(name).startswith("_")}
        read |= asked
        for value in VALUES if asked else []:
            attacker.ask(method, where, dict.fromkeys(asked, value))
        if method == "post" and asked:
            files = {name: SimpleUploadedFile("\u202ex", b"\0") for name in asked}
            attacker.ask(method, where, {**files, "file": "words", "files": "words"})
    assert attacker.failures == []
    assert attacker.count > (500 if method == "get" else 700)
    assert read >= ({"q", "next", "before", "term"} if method == "get" else {"headline", "email"})


def test_no_part_of_an_address_is_a_failure(variables):
    """Each variable of a pattern in turn, as far as the pattern takes it."""
    hostile = ["9" * 400, str(2**63), "%00", "%ED%A0%80"]
    attacker = Attacker()
    for pattern in all_patterns():
        good = variables_of(pattern, variables)
        for name in sorted(set(re.findall(r"<(?:\w+:)?(\w+)>", pattern))):
            for value in hostile:
                attacker.ask("get", address(pattern, {**good, name: value}))
            attacker.ask("post", address(pattern, {**good, name: hostile[0]}))
    assert attacker.failures == []
    assert attacker.count > 600


def test_no_origin_is_a_failure(variables):
    """For the guard against forged forms, and for the forms of readers, which it lets through."""
    attacker = Attacker(enforce_csrf_checks=True)
    for pattern in all_patterns():
        where = address(pattern, variables_of(pattern, variables))
        attacker.ask("post", where, headers={**HEADERS, "Origin": "http://["})
    cookies = "sessionid=\0; csrftoken=[; messages=²"
    for where in ("/", "/admin/", "/accounts/login/"):
        attacker.ask("get", where, headers={"Cookie": cookies})
        attacker.ask("post", where, headers={"Cookie": cookies})
    assert attacker.failures == []
    assert attacker.count > 200


BODIES = [
    (b"[" * 100_000, "application/json"),
    (b'{"a": "\\ud800\\u0000"}', "application/json"),
    (b"\xff\xfe", "application/x-www-form-urlencoded"),
    (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"no part", "multipart/form-data"),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n--x", "multipart/form-data; boundary=x"),
    *(
        (
            b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\r\n--x--',
            f"multipart/form-data; boundary=x; charset={codec}",
        )
        for codec in ("zlib", "base64", "idna", "undefined")
    ),
]


def test_no_body_is_a_failure(variables):
    """The deepest JSON everywhere; the others, which Django itself takes apart, in two places."""
    attacker = Attacker()
    for pattern in all_patterns():
        where = address(pattern, variables_of(pattern, variables))
        own = BODIES if where in ("/newsletter/subscribe/", "/accounts/login/") else BODIES[:1]
        for data, kind in own:
            attacker.ask("raw", where, data, content_type=kind)
    assert attacker.failures == []
    assert attacker.count > 200


def test_a_nul_in_one_field_of_a_form_that_is_right_is_a_failure_of_that_field(variables):
    """Where nothing else is wrong the value comes as far as it can. Not refused by the database,
    which would say 400, but by the field."""
    attacker = Attacker()
    client, refused = attacker.client, 0
    for pattern in all_patterns():
        if not pattern.endswith("<path:object_id>/change/"):
            continue
        where = address(pattern, variables_of(pattern, variables))
        page = client.get(where)
        if "adminform" not in (page.context or {}):
            continue
        right = {name: value for name, value in typed(page).items() if name != "file"}
        for name, value in right.items():
            if isinstance(value, str) and not name.startswith("initial-"):
                with transaction.atomic():
                    answer = client.post(where, {**right, name: f"\0 {value}"})
                    transaction.set_rollback(True)
                assert answer.status_code in (200, 302), (where, name)
                refused += answer.status_code == 200
    assert refused > 20
