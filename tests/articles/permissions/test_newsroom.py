"""Every address of the newsroom × who asks × whose article × reading and sending.

The table names each pattern; one that it does not name fails here, and so does any door that opens
to others than the table says.
"""

import re
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from taggit.models import Tag

from articles.models import (
    Article,
    Format,
    FrontPage,
    Invitation,
    Note,
    Page,
    PreviewLink,
    Publication,
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
    Letterhead,
    MailingList,
    Notice,
    Subscriber,
    Suppression,
)
from tests import make
from tests.newsroom import person, picture

pytestmark = pytest.mark.django_db

# Who asks: anybody, a guest (staff without a group), and the groups.
PEOPLE = {"a": None, "g": "", "W": "Writer", "N": "Newsletter", "E": "Editor", "C": "Chief"}
ARTICLES = ("own", "other", "live")
REFUSED = (403, 404, 405)

# A writer may send to the own live article what was typed before it was live: it is kept for the
# writer alone, and changes nothing.
TABLE = r"""
log/                                                          C                 | -
(first page)                                                  gWNEC             | gWNEC
login/                                                        gWNEC             | gWNEC
logout/                                                       a                 | agWNEC
password_change/                                              gWNEC             | gWNEC
password_change/done/                                         gWNEC             | -
autocomplete/                                                 -                 | -
jsi18n/                                                       gWNEC             | -
r/<path:content_type_id>/<path:object_id>/                    gWNEC gWNEC gWNEC | gWNEC gWNEC gWNEC
articles/article/embed/                                       WEC               | -
articles/article/autosave/                                    WEC               | WEC
articles/article/<int:key>/autosave/                          WEC EC WEC        | WEC EC WEC
articles/article/unsaved/<int:revision>/                      - - -             | W E E
articles/article/<int:key>/presence/                          - - -             | WEC EC EC
articles/article/<int:key>/merge/<int:revision>/              WEC EC EC         | WEC EC EC
articles/article/docx/                                        WEC               | WEC
articles/article/<int:key>/docx/                              WNEC WNEC WNEC    | - - -
articles/article/<int:key>/history/                           WNEC WNEC WNEC    | - - -
articles/article/<int:key>/compare/                           WNEC WNEC WNEC    | - - -
articles/article/<int:key>/versions/<int:version>/            WNEC WNEC WNEC    | - - -
articles/article/<int:key>/versions/<int:version>/restore/    WEC EC EC         | WEC EC EC
articles/article/checks/                                      WEC               | -
articles/article/<int:key>/checks/                            WEC EC EC         | - - -
articles/article/links/                                       EC                | -
articles/article/<int:key>/publish/                           EC EC EC          | EC EC EC
articles/article/<int:key>/withdraw/                          EC EC EC          | EC EC EC
articles/article/preview/                                     -                 | -
articles/article/<int:key>/preview/                           WNEC WNEC WNEC    | - - -
articles/article/<int:key>/preview-links/                     WEC EC EC         | WEC EC EC
articles/article/<int:key>/preview-links/<int:link>/revoke/   - - -             | WEC EC EC
articles/article/<int:key>/corrections/                       - - C             | - - C
articles/article/calendar/                                    WNEC              | -
articles/article/<int:key>/notes/                             WNEC WNEC WNEC    | WNEC WNEC WNEC
articles/article/<int:key>/notes/<int:note>/                  - - -             | WNEC WNEC WNEC
articles/article/<int:key>/move/<str:what>/                   WEC EC EC         | WEC EC EC
articles/article/                                             WNEC              | WNEC
articles/article/add/                                         WEC               | WEC
articles/article/<path:object_id>/history/                    WNEC WNEC WNEC    | - - -
articles/article/<path:object_id>/delete/                     EC EC -           | EC EC -
articles/article/<path:object_id>/change/                     WNEC WNEC WNEC    | WEC EC WEC
articles/article/<path:object_id>/                            gWNEC gWNEC gWNEC | gWNEC gWNEC gWNEC
articles/author/                                              WEC               | WEC
articles/author/add/                                          EC                | EC
articles/author/<path:object_id>/history/                     WEC               | WEC
articles/author/<path:object_id>/delete/                      EC                | EC
articles/author/<path:object_id>/change/                      WEC               | EC
articles/author/<path:object_id>/                             gWNEC             | gWNEC
articles/frontpage/arrange/                                   -                 | C
articles/frontpage/find/                                      C                 | -
articles/frontpage/preview/                                   C                 | -
articles/frontpage/publish/                                   -                 | C
articles/frontpage/set-aside/                                 -                 | C
articles/frontpage/place/<str:place>/                         C                 | C
articles/frontpage/<int:key>/undo/                            -                 | C
articles/frontpage/<int:key>/cancel/                          -                 | C
articles/frontpage/<int:key>/bring-back/                      -                 | C
articles/frontpage/                                           C                 | C
articles/frontpage/add/                                       -                 | -
articles/frontpage/<path:object_id>/history/                  C                 | C
articles/frontpage/<path:object_id>/delete/                   -                 | -
articles/frontpage/<path:object_id>/change/                   C                 | C
articles/frontpage/<path:object_id>/                          gWNEC             | gWNEC
articles/image/pick/                                          WEC               | -
articles/image/upload/                                        -                 | WEC
articles/image/files/                                         -                 | WEC
articles/image/words/                                         EC                | -
articles/image/<int:key>/words/                               -                 | EC
articles/image/                                               WEC               | WEC
articles/image/add/                                           WEC               | WEC
articles/image/<path:object_id>/history/                      WEC               | WEC
articles/image/<path:object_id>/delete/                       EC                | EC
articles/image/<path:object_id>/change/                       WEC               | EC
articles/image/<path:object_id>/                              gWNEC             | gWNEC
articles/invitation/<int:pk>/send/                            -                 | C
articles/invitation/                                          C                 | C
articles/invitation/add/                                      C                 | C
articles/invitation/<path:object_id>/history/                 C                 | C
articles/invitation/<path:object_id>/delete/                  C                 | C
articles/invitation/<path:object_id>/change/                  C                 | -
articles/invitation/<path:object_id>/                         gWNEC             | gWNEC
articles/page/                                                C                 | C
articles/page/add/                                            C                 | C
articles/page/<path:object_id>/history/                       C                 | C
articles/page/<path:object_id>/delete/                        C                 | C
articles/page/<path:object_id>/change/                        C                 | C
articles/page/<path:object_id>/                               gWNEC             | gWNEC
auth/user/<int:pk>/second-factor/remove/                      C                 | C
auth/user/<id>/password/                                      C                 | C
auth/user/                                                    C                 | C
auth/user/add/                                                C                 | C
auth/user/<path:object_id>/history/                           C                 | C
auth/user/<path:object_id>/delete/                            -                 | -
auth/user/<path:object_id>/change/                            C                 | C
auth/user/<path:object_id>/                                   gWNEC             | gWNEC
articles/publication/                                         C                 | C
articles/publication/add/                                     -                 | -
articles/publication/<path:object_id>/history/                C                 | C
articles/publication/<path:object_id>/delete/                 -                 | -
articles/publication/<path:object_id>/change/                 C                 | C
articles/publication/<path:object_id>/                        gWNEC             | gWNEC
articles/redirect/                                            EC                | EC
articles/redirect/add/                                        EC                | EC
articles/redirect/<path:object_id>/history/                   EC                | EC
articles/redirect/<path:object_id>/delete/                    EC                | EC
articles/redirect/<path:object_id>/change/                    EC                | EC
articles/redirect/<path:object_id>/                           gWNEC             | gWNEC
articles/section/                                             WEC               | WEC
articles/section/add/                                         C                 | C
articles/section/<path:object_id>/history/                    WEC               | WEC
articles/section/<path:object_id>/delete/                     C                 | C
articles/section/<path:object_id>/change/                     WEC               | C
articles/section/<path:object_id>/                            gWNEC             | gWNEC
articles/format/                                              WEC               | WEC
articles/format/add/                                          C                 | C
articles/format/<path:object_id>/history/                     WEC               | WEC
articles/format/<path:object_id>/delete/                      C                 | C
articles/format/<path:object_id>/change/                      WEC               | C
articles/format/<path:object_id>/                             gWNEC             | gWNEC
articles/series/                                              WEC               | WEC
articles/series/add/                                          EC                | EC
articles/series/<path:object_id>/history/                     WEC               | WEC
articles/series/<path:object_id>/delete/                      EC                | EC
articles/series/<path:object_id>/change/                      WEC               | EC
articles/series/<path:object_id>/                             gWNEC             | gWNEC
taggit/tag/                                                   WEC               | WEC
taggit/tag/add/                                               EC                | EC
taggit/tag/<path:object_id>/history/                          WEC               | WEC
taggit/tag/<path:object_id>/delete/                           EC                | EC
taggit/tag/<path:object_id>/change/                           WEC               | EC
taggit/tag/<path:object_id>/                                  gWNEC             | gWNEC
newsletter/issue/<int:key>/watch/                             NC                | -
newsletter/issue/<int:key>/watch/now/                         NC                | -
newsletter/issue/<int:key>/watch/deliveries/<int:delivery>/   -                 | NC
newsletter/issue/<int:key>/pick/                              NC                | NC
newsletter/issue/<int:key>/preview/                           NC                | -
newsletter/issue/<int:key>/test/                              -                 | NC
newsletter/issue/<int:key>/approve/                           NC                | NC
newsletter/issue/<int:key>/duplicate/                         -                 | NC
newsletter/issue/<int:key>/decide/<slug:act>/                 NC                | NC
newsletter/issue/                                             NC                | NC
newsletter/issue/add/                                         NC                | NC
newsletter/issue/<path:object_id>/history/                    NC                | NC
newsletter/issue/<path:object_id>/delete/                     NC                | NC
newsletter/issue/<path:object_id>/change/                     NC                | NC
newsletter/issue/<path:object_id>/                            gWNEC             | gWNEC
newsletter/letterhead/                                        NC                | NC
newsletter/letterhead/add/                                    -                 | -
newsletter/letterhead/<path:object_id>/history/               NC                | NC
newsletter/letterhead/<path:object_id>/delete/                -                 | -
newsletter/letterhead/<path:object_id>/change/                NC                | NC
newsletter/letterhead/<path:object_id>/                       gWNEC             | gWNEC
newsletter/mailinglist/                                       NC                | NC
newsletter/mailinglist/add/                                   NC                | NC
newsletter/mailinglist/<path:object_id>/history/              NC                | NC
newsletter/mailinglist/<path:object_id>/delete/               NC                | NC
newsletter/mailinglist/<path:object_id>/change/               NC                | NC
newsletter/mailinglist/<path:object_id>/                      gWNEC             | gWNEC
newsletter/notice/                                            NC                | NC
newsletter/notice/add/                                        -                 | -
newsletter/notice/<path:object_id>/history/                   NC                | NC
newsletter/notice/<path:object_id>/delete/                    -                 | -
newsletter/notice/<path:object_id>/change/                    NC                | -
newsletter/notice/<path:object_id>/                           gWNEC             | gWNEC
newsletter/subscriber/import/                                 NC                | NC
newsletter/subscriber/import/<int:file>/                      NC                | NC
newsletter/subscriber/import/<int:file>/report/               NC                | -
newsletter/subscriber/export/                                 NC                | NC
newsletter/subscriber/<int:key>/erase/                        NC                | NC
newsletter/subscriber/lift/<str:digest>/                      -                 | NC
newsletter/subscriber/                                        NC                | NC
newsletter/subscriber/add/                                    -                 | -
newsletter/subscriber/<path:object_id>/history/               NC                | NC
newsletter/subscriber/<path:object_id>/delete/                -                 | -
newsletter/subscriber/<path:object_id>/change/                NC                | -
newsletter/subscriber/<path:object_id>/                       gWNEC             | gWNEC
^(?P<app_label>articles|auth|taggit|newsletter)/$             WNEC              | WNEC
(?P<url>.*)$                                                  -                 | -
"""


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        where = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, where)
        elif isinstance(pattern, URLPattern) and where.startswith("admin/"):
            yield where.removeprefix("admin/")


@dataclass
class Subject:
    """An article, and one of everything that hangs on it."""

    article: Article
    keys: dict[str, object]
    autosave: int  # typed by the writer on the own article, by the editor on the others


def subject(article: Article, typist: User) -> Subject:
    version = Revision.objects.newest(article)
    autosave = Revision.objects.begin_autosave(
        article, Snapshot.of(article), session=str(uuid.uuid4()), base=version.pk, by=typist
    )
    link = PreviewLink.objects.create(
        revision=version, made_by=typist, expires_at=timezone.now() + timedelta(days=1)
    )
    note = Note.objects.create(article=article, author=typist, text="Right?")
    keys = {"key": article.pk, "object_id": article.pk, "version": version.pk, "what": "due"}
    return Subject(
        article, {**keys, "revision": version.pk, "link": link.pk, "note": note.pk}, autosave.pk
    )


@pytest.fixture
def people(db) -> dict[str, Client]:
    """A browser for everybody who may ask."""
    clients = {}
    for letter, group in PEOPLE.items():
        clients[letter] = Client()
        if group is not None:
            user = person(group) if group else User.objects.create_user("guest", is_staff=True)
            clients[letter].force_login(user)
    return clients


@pytest.fixture
def subjects(people) -> dict[str, Subject]:
    writer, editor = (User.objects.get(username=name) for name in ("writer", "editor"))
    return {
        "own": subject(make.article(minutes_ago=None, created_by=writer), writer),
        "other": subject(make.article(minutes_ago=None, created_by=editor), editor),
        "live": subject(make.article(created_by=writer), editor),
    }


@pytest.fixture
def rows(people, subjects) -> dict[str, object]:
    """A row of every model, by the name that it has in addresses."""
    image = picture(uploaded_by=User.objects.get(username="editor"))
    issue = Issue.objects.create(list=MailingList.objects.all()[0], subject="The week")
    Delivery.objects.create(issue=issue, address="ada@example.org")
    AddressFile.objects.create(
        name="a.csv", list=issue.list, wording="Agreed.", checked_at=timezone.now()
    )
    Suppression.objects.suppress("0" * 64, Suppression.Reason.BOUNCED)
    return {
        "author": make.author(),
        "frontpage": FrontPage.objects.create(),
        "image": image,
        "invitation": Invitation.objects.create(email="ada@example.org"),
        "page": Page.objects.all()[0],
        "user": User.objects.get(username="guest"),
        "publication": Publication.objects.get(),
        "redirect": Redirect.objects.keep("/old/", subjects["live"].article),
        "section": Section.objects.all()[0],
        "format": Format.objects.all()[0],
        "series": Series.objects.create(name="Straits", slug="straits"),
        "tag": Tag.objects.create(name="ports", slug="ports"),
        "issue": issue,
        "notice": Notice.objects.create(source="test", event="1", happened_at=timezone.now()),
        "letterhead": Letterhead.objects.current(),
        "mailinglist": MailingList.objects.create(name="Breaking", slug="breaking"),
        "subscriber": Subscriber.objects.create(email="reader@example.org"),
    }


def address(pattern: str, keys: dict[str, object]) -> str:
    """The pattern with keys in the place of its variables."""
    pattern = re.sub(r"\^\(\?P<app_label>.*?\)/\$", "articles/", pattern)
    pattern = re.sub(r"\(\?P<url>\.\*\)\$", "nothing/", pattern)
    return "/admin/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(keys[found[1]]), pattern)


def opens(client: Client, method: str, where: str, data: dict[str, object]) -> bool:
    """Whether somebody is let in; what they would have changed there is undone."""
    cookies = deepcopy(client.cookies)  # one of the doors logs out
    with transaction.atomic():
        answer = getattr(client, method)(where, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    is_sent_away = answer.status_code == 302 and "/login/" in answer.headers["location"]
    return answer.status_code not in REFUSED and not is_sent_away


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
        "act": "cancel",
        "digest": "0" * 64,
        "delivery": Delivery.objects.get().pk,
        "file": AddressFile.objects.get().pk,
        "content_type_id": ContentType.objects.get_for_model(Article).pk,
    }


def walked(people, subjects, rows) -> Iterator[str]:
    """The table as the newsroom has it."""
    for pattern in dict.fromkeys(patterns(get_resolver())):
        if "articles/article/<" in pattern or "unsaved/" in pattern or pattern.startswith("r/"):
            all_keys = [{**row_of(pattern, rows), **subjects[name].keys} for name in ARTICLES]
            if "unsaved/" in pattern:
                all_keys = [{"revision": subjects[name].autosave} for name in ARTICLES]
        else:
            all_keys = [row_of(pattern, rows)]
        cells = [
            [
                "".join(
                    letter
                    for letter, client in people.items()
                    if opens(client, method, address(pattern, keys), sent(keys))
                )
                or "-"
                for keys in all_keys
            ]
            for method in ("get", "post")
        ]
        yield f"{pattern or '(first page)'} {' '.join(cells[0])} | {' '.join(cells[1])}"


def test_every_door_of_the_newsroom_opens_to_those_whom_the_table_names(people, subjects, rows):
    """Address | reading | sending; three columns are an own draft, another's draft, a live one."""
    found = [" ".join(line.split()) for line in walked(people, subjects, rows)]
    wanted = [" ".join(line.split()) for line in TABLE.strip().splitlines()]
    assert len(found) >= 130
    assert found == wanted
