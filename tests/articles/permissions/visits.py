"""Every address of the newsroom, and whether it lets somebody in."""

import re
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from articles.models import Article, Note, PreviewLink, Revision, Snapshot
from newsletter.models import AddressFile, Delivery
from tests import make

# Who asks: anybody, a guest (staff without a group), and the groups.
PEOPLE = {"a": None, "g": "", "W": "Writer", "N": "Newsletter", "E": "Editor", "C": "Chief"}
ARTICLES = ("own", "other", "live")
REFUSED = (403, 404, 405)


def patterns(resolver: URLResolver, under: str = "admin/", before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        where = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, under, where)
        elif isinstance(pattern, URLPattern) and where.startswith(under):
            yield where.removeprefix(under)


@dataclass
class Subject:
    """An article, and one of everything that hangs on it."""

    article: Article
    keys: dict[str, object]
    autosave: int  # typed by the writer on the own article, by the editor on the others


def subject(article: Article, typist: User) -> Subject:
    version = Revision.objects.newest(article)
    autosave = make.autosave(
        article, Snapshot.of(article), session=str(uuid.uuid4()), base=version.pk, by=typist
    )
    link = PreviewLink.objects.create(
        revision=version, made_by=typist, expires_at=timezone.now() + timedelta(days=1)
    )
    note = Note.objects.create(article=article, author=typist, text="Quetzal?")
    keys = {"key": article.pk, "object_id": article.pk, "version": version.pk, "what": "due"}
    return Subject(
        article, {**keys, "revision": version.pk, "link": link.pk, "note": note.pk}, autosave.pk
    )


def address(pattern: str, keys: dict[str, object]) -> str:
    """The pattern with keys in the place of its variables."""
    pattern = re.sub(r"\^\(\?P<app_label>.*?\)/\$", "articles/", pattern)
    pattern = re.sub(r"\(\?P<url>\.\*\)\$", "nothing/", pattern)
    return "/admin/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(keys[found[1]]), pattern)


# A word of what is kept behind the doors.
CANARY = "quetzal"


def opens(client: Client, method: str, where: str, data: dict[str, object]) -> bool:
    """Whether somebody is let in; what they would have changed there is undone. Whoever is not,
    reads no word of what is kept there."""
    cookies = deepcopy(client.cookies)  # one of the doors logs out
    with transaction.atomic():
        answer = getattr(client, method)(where, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    is_sent_away = answer.status_code == 302 and "/login/" in answer.headers["location"]
    is_open = answer.status_code not in REFUSED and not is_sent_away
    assert is_open or CANARY not in str(answer.headers).lower() + answer.content.decode().lower()
    return is_open


def sent(keys: dict[str, object]) -> dict[str, object]:
    """What some doors ask for, beside the address."""
    version = keys.get("version", "")
    session = str(uuid.UUID(int=1))
    return {
        "session": session,
        "a": version,
        "b": version,
        "keys": keys.get("key", ""),
        "article": Article.objects.published()[0].pk,
    }


def row_of(pattern: str, rows: dict[str, object]) -> dict[str, object]:
    model = pattern.split("/")[1] if pattern.count("/") > 1 else ""
    row = rows.get(model)
    key = row.pk if row else 0
    return {
        **dict.fromkeys(("key", "pk", "id", "object_id"), key),
        "place": "lead.1",
        "action": "cancel",
        "digest": "0" * 64,
        "delivery": Delivery.objects.get().pk,
        "file": AddressFile.objects.get().pk,
    }


def every_address(rows, subjects) -> list[str]:
    """One address for each pattern of the newsroom: that of the other's draft, where it is one."""
    keys = subjects["other"].keys
    found = [
        address(
            pattern,
            {
                **row_of(pattern, rows),
                **(keys if "article/<" in pattern else {}),
                **({"revision": subjects["other"].autosave} if "unsaved/" in pattern else {}),
            },
        )
        for pattern in dict.fromkeys(patterns(get_resolver()))
    ]
    assert len(found) >= 130
    return found
