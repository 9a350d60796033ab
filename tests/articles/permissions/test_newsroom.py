"""Every address of the newsroom × who asks × whose article × reading and sending.

The table names each pattern; one that it does not name fails here, and so does any door that opens
to others than the table says.
"""

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver

from articles.models import Article, Page, PreviewLink
from tests.articles.permissions.visits import ARTICLES, address, opens, patterns, row_of, sent

pytestmark = pytest.mark.django_db

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
newsletter/issue/<int:key>/watch/seen/                        -                 | NC
newsletter/issue/<int:key>/watch/deliveries/                  NC                | NC
newsletter/issue/<int:key>/watch/deliveries/<int:delivery>/   -                 | NC
newsletter/issue/<int:key>/pick/                              NC                | NC
newsletter/issue/<int:key>/preview/                           NC                | -
newsletter/issue/<int:key>/test/                              -                 | NC
newsletter/issue/<int:key>/approve/                           NC                | NC
newsletter/issue/<int:key>/duplicate/                         -                 | NC
newsletter/issue/<int:key>/decide/<slug:action>/                 NC                | NC
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
newsletter/mailevent/                                            NC                | NC
newsletter/mailevent/add/                                        -                 | -
newsletter/mailevent/<path:object_id>/history/                   NC                | NC
newsletter/mailevent/<path:object_id>/delete/                    -                 | -
newsletter/mailevent/<path:object_id>/change/                    NC                | -
newsletter/mailevent/<path:object_id>/                           gWNEC             | gWNEC
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
^(?P<app_label>articles|taggit|auth|newsletter)/$             WNEC              | WNEC
(?P<url>.*)$                                                  -                 | -
"""


def walked(people, subjects, rows) -> Iterator[str]:
    """The table as the newsroom has it."""
    for pattern in dict.fromkeys(patterns(get_resolver())):
        if "articles/article/<" in pattern or "unsaved/" in pattern:
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
    assert sorted(found) == sorted(wanted)


def test_no_page_tells_the_url_of_any_row(people, subjects):
    """The signed link to a draft is for those who may share it; Django's `r/` gave it to all."""
    for model, row in {
        PreviewLink: PreviewLink.objects.all()[0],
        Article: subjects["other"].article,
        Page: Page.objects.all()[0],
    }.items():
        kind = ContentType.objects.get_for_model(model)
        for client in people.values():
            answer = client.get(f"/admin/r/{kind.pk}/{row.pk}/")
            assert answer.status_code == 404 or "/login/" in answer.headers["location"]
