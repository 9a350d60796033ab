"""The history of an article in the newsroom: who sees what, and what restoring does."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Revision, Snapshot
from tests import make
from tests.newsroom import change, person, typed

pytestmark = pytest.mark.django_db


def save(article: Article, by: User | None = None, note: str = "", **changes) -> Revision:
    article = Article.objects.get(pk=article.pk)
    newest = Revision.objects.newest(article)
    text = replace(newest.content, **changes)
    return Revision.objects.save_revision(article, text, base=newest.pk, by=by, note=note).revision


def autosave(article: Article, by: User, **changes) -> Revision:
    newest = Revision.objects.newest(Article.objects.get(pk=article.pk))
    typed = replace(newest.content, **changes)
    return make.autosave(article, typed, session="one", base=newest.pk, by=by)


def address(page: str, article: Article, *keys: int) -> str:
    return reverse(f"admin:articles_article_{page}", args=[article.pk, *keys])


def compare(article: Article, a: Revision, b: Revision) -> str:
    return f"{address('compare', article)}?a={a.pk}&b={b.pk}"


def words(page) -> str:
    """What is read on a page, with single blanks."""
    return " ".join(re.sub("<[^>]*>", " ", page.content.decode()).split())


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_versions_stand_newest_first_with_what_they_changed(editor):
    """Number, kind, person, note and a line on the change; marks for what is where."""
    article = make.article("Ports", minutes_ago=60)
    first = save(article, headline="Ports again")
    second = save(article, by=person("Writer"), note="Cut", body="<p>Short</p>", tags=("seas",))
    page = editor.get(address("history", article))
    versions = [entry.version for entry in page.context["entries"]]
    assert [version.revision.number for version in versions] == [3, 2, 1]
    assert versions[0].revision == second
    assert versions[0].marks == ["Working copy"]
    assert versions[2].marks == ["Public now"]
    text = words(page)
    assert "Saved by writer" in text
    assert "“Cut”" in text
    assert "Changed: Body (5 paragraphs), Tags" in text
    assert compare(article, first, second).replace("&", "&amp;") in page.content.decode()


def test_a_scheduled_change_is_marked(editor):
    article = make.article()
    save(article, deck="Later")
    article = stored(article)
    article.schedule_revision(timezone.now() + timedelta(hours=2))
    assert "Goes public on" in words(editor.get(address("history", article)))


def test_an_article_without_versions_says_so_and_nothing_is_written(editor):
    """A GET keeps no first version."""
    article = make.article()
    assert "No version has been kept yet" in words(editor.get(address("history", article)))
    assert not Revision.objects.exists()


def test_events_stand_between_the_versions_but_not_twice(editor):
    """What was logged while a version was kept is told by the version."""
    article, ana = make.article(), User.objects.create_user("ana")
    save(article, by=ana, deck="One")

    def log(text: str, minutes: int) -> None:
        entry = LogEntry.objects.log_actions(ana.pk, [article], CHANGE, text, single_object=True)
        entry.action_time = timezone.now() - timedelta(minutes=minutes)
        entry.save()

    log("Assigned to bo.", minutes=30)
    log("Changed Deck.", minutes=0)
    text = words(editor.get(address("history", article)))
    assert "Assigned to bo." in text
    assert "Changed Deck." not in text


def test_a_thousand_versions_are_paged_with_the_same_queries(editor):
    """Thirty a page, however many there are; of the others no text is loaded."""
    article = make.article()
    newest = save(article, deck="First")
    article = stored(article)

    def queries(path: str) -> int:
        editor.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert editor.get(path).status_code == 200
        return len(asked)

    few = queries(address("history", article))
    Revision.objects.bulk_create(
        Revision(
            article=article,
            number=number,
            kind="saved",
            snapshot=newest.snapshot,
            base=newest,
            made_at=timezone.now(),
        )
        for number in range(3, 1003)
    )
    many = queries(address("history", article))
    middle = queries(f"{address('history', article)}?page=17")
    assert many <= few <= 16
    assert middle <= few + 1
    page = editor.get(f"{address('history', article)}?page=34")
    numbers = [entry.version.revision.number for entry in page.context["entries"]]
    assert numbers == list(range(12, 0, -1))


def test_comparing_asks_a_constant_number_of_queries(editor):
    article = make.article(authors=[make.author()], tags=["ports"])
    first = save(article, deck="One")
    authors = tuple(make.author().pk for _ in range(6))
    last = save(article, authors=authors, body="<p>word</p>" * 40)
    editor.get(compare(article, first, last))
    with CaptureQueriesContext(connection) as asked:
        page = editor.get(compare(article, first, last))
    assert page.status_code == 200
    assert len(asked) <= 16


def test_own_autosaves_are_folded_under_what_they_were_begun_with(client):
    """And those of others are on no page."""
    ana, bo = person("Editor"), person("Chief")
    article = make.article()
    save(article, deck="Base")
    own = autosave(article, ana, headline="Typed by ana")
    other = autosave(article, bo, headline="Typed by bo")
    client.force_login(ana)
    page = client.get(address("history", article))
    assert "Typed from here and not saved: 1" in words(page)
    assert address("version", article, own.pk) in page.content.decode()
    assert address("version", article, other.pk) not in page.content.decode()
    client.force_login(person("Writer"))
    assert "not saved" not in words(client.get(address("history", article)))


def test_a_comparison_shows_fields_and_words(editor):
    article = make.article("Ports", body="<p>The old harbour is full.</p>")
    first = save(article, deck="Deck")
    second = save(article, headline="Harbours", body="<p>The new harbour is full.</p>")
    page = editor.get(compare(article, first, second))
    html = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", page.content.decode())
    assert "<p>The <del>old</del><ins>new</ins> harbour is full.</p>" in html
    assert "<del>Ports</del><ins>Harbours</ins>" in html
    assert compare(article, second, first).replace("&", "&amp;") in html
    assert "There is no difference" in words(editor.get(compare(article, first, first)))


def test_one_goes_from_change_to_change(editor):
    article = make.article()
    first, second, third = (save(article, deck=deck) for deck in ("a", "b", "c"))
    page = editor.get(compare(article, first, second))
    assert page.context["later"] == compare(article, second, third)
    assert page.context["earlier"].endswith(f"&b={first.pk}")
    assert editor.get(compare(article, second, third)).context["later"] is None


@pytest.mark.parametrize("query", ["", "?a=1", "?a=x&b=y", "?a=1&b=" + "9" * 40, "?a=-1&b=0"])
def test_a_comparison_of_what_is_no_version_is_no_page(editor, query):
    article = make.article()
    save(article, deck="a")
    assert editor.get(address("compare", article) + query).status_code == 404


def test_a_version_alone_is_read_as_it_was(editor):
    article = make.article("Ports", body="<p>As it was.</p>")
    save(article, deck="a")
    old = article.revisions.get(number=1)
    save(article, body="<p>As it is.</p>")
    page = editor.get(address("version", article, old.pk))
    assert "As it was." in words(page)
    assert "As it is." not in words(page)


def test_restoring_makes_a_working_copy_and_touches_nothing_public(editor):
    """The present text stays a version; the note says what was restored."""
    article = make.article("Public headline")
    first = save(article, headline="First change")
    second = save(article, headline="Second change")
    page = editor.get(address("restore", article, first.pk))
    assert "<del>" in page.content.decode()
    assert stored(article).working_copy == second
    answer = editor.post(
        address("restore", article, first.pk), {"seen": page.context["seen"]}, follow=True
    )
    assert "Version 2 is the working copy again, as version 4." in words(answer)
    article = stored(article)
    assert article.headline == "Public headline"
    made = article.working_copy
    assert (made.content.headline, made.kind, made.base) == ("First change", "restored", second)
    assert made.note == "Version 2 restored"
    assert made.made_by.username == "editor"
    assert article.revisions.numbered().count() == 4


def test_a_draft_is_what_was_restored_at_once(editor):
    article = make.article("Draft", minutes_ago=None, tags=["ports"])
    save(article, headline="Other", tags=())
    first = article.revisions.get(number=1)
    seen = stored(article).working_copy_id
    editor.post(address("restore", article, first.pk), {"seen": seen})
    article = stored(article)
    assert Snapshot.of(article) == first.content
    assert not article.has_unpublished_changes


def test_what_is_gone_is_told_and_left_out(editor):
    """A restored draft does not name people who were deleted."""
    author = make.author("Gone")
    article = make.article(minutes_ago=None, authors=[author])
    save(article, authors=(), body='<figure data-image="77"></figure>')
    with_picture = save(article, deck="x")
    first = article.revisions.get(number=1)
    author.delete()
    page = editor.get(address("restore", article, first.pk))
    assert "is gone or cannot be stored: Byline." in words(page)
    editor.post(address("restore", article, first.pk), {"seen": page.context["seen"]})
    assert stored(article).working_copy.content.authors == ()
    assert Revision.objects.newest(stored(article)).kind == "restored"
    page = editor.get(address("restore", article, with_picture.pk))
    assert "1 picture in the body is gone" in words(page)


def test_own_text_that_was_never_saved_can_be_restored(client):
    """Even where a form would have refused it: what cannot be stored stays as it is."""
    ana = person("Editor")
    article = make.article("Kept", minutes_ago=None)
    typed = autosave(article, ana, headline="", body="<p>Typed</p>", deck="d" * 500)
    client.force_login(ana)
    seen = stored(article).working_copy_id
    answer = client.post(address("restore", article, typed.pk), {"seen": seen})
    assert answer.status_code == 302
    article = stored(article)
    assert (article.headline, article.deck, article.body) == ("Kept", "", "<p>Typed</p>")
    assert article.working_copy.note == "What was not saved restored"


def test_nothing_is_restored_over_a_version_that_nobody_looked_at(editor):
    """A colleague saved while the question stood there: it is asked again."""
    article = make.article()
    first = save(article, deck="a")
    seen = save(article, deck="b").pk
    newest = save(article, deck="c")
    answer = editor.post(address("restore", article, first.pk), {"seen": seen})
    assert answer.status_code == 200
    assert "Somebody saved a version in the meantime" in words(answer)
    assert stored(article).working_copy == newest


def pages(article: Article, revision: Revision) -> dict[str, str]:
    base = article.revisions.numbered().last()
    return {
        "history": address("history", article),
        "version": address("version", article, revision.pk),
        "compare as a": compare(article, revision, base),
        "compare as b": compare(article, base, revision),
        "restore": address("restore", article, revision.pk),
    }


def statuses(client: Client, article: Article, revision: Revision) -> list[int]:
    found = [client.get(path).status_code for path in pages(article, revision).values()]
    restore = address("restore", article, revision.pk)
    seen = stored(article).working_copy_id
    return [*found, client.post(restore, {"seen": seen}).status_code]


@pytest.mark.parametrize(
    ("role", "which", "expected"),
    [
        # history, version, compare twice, asking to restore, restoring
        ("Writer", "own draft", [200, 200, 200, 200, 200, 302]),
        ("Writer", "other's draft", [200, 200, 200, 200, 403, 403]),
        ("Writer", "own live article", [200, 200, 200, 200, 403, 403]),
        ("Editor", "other's draft", [200, 200, 200, 200, 200, 302]),
        ("Editor", "live article", [200, 200, 200, 200, 200, 302]),
        ("Chief", "live article", [200, 200, 200, 200, 200, 302]),
        ("nobody", "live article", [403] * 6),
        ("visitor", "live article", [302] * 6),
        ("Writer", "a colleague's autosave", [200, 404, 404, 404, 404, 404]),
        ("Chief", "a colleague's autosave", [200, 404, 404, 404, 404, 404]),
        ("Chief", "a version of another article", [200, 404, 404, 404, 404, 404]),
        ("Chief", "an own autosave of another article", [200, 404, 404, 404, 404, 404]),
    ],
)
def test_everybody_sees_and_restores_what_the_policy_says(client, role, which, expected):
    """On the article and on the version alike; what one may not see does not exist."""
    colleague = User.objects.create_user("colleague")
    if role == "nobody":
        client.force_login(User.objects.create_user("nobody", is_staff=True))
    elif role != "visitor":
        client.force_login(person(role))
    me = User.objects.filter(username=role.lower()).first()
    is_own = which.startswith("own") or "autosave" in which
    minutes_ago = 60 if "live" in which else None
    article = make.article(minutes_ago=minutes_ago, created_by=me if is_own else colleague)
    other = make.article(minutes_ago=None, created_by=me)
    revision = save(article, deck="Old")
    save(article, deck="New")
    save(other, deck="Elsewhere")
    if which == "a colleague's autosave":
        revision = autosave(article, colleague, deck="Private")
    elif which == "a version of another article":
        revision = other.revisions.first()
    elif which == "an own autosave of another article":
        revision = autosave(other, me, deck="Mine")
    assert statuses(client, article, revision) == expected
    restored = stored(article).working_copy.kind == "restored"
    assert restored == (expected[-1] == 302 and role != "visitor")


def test_a_get_restores_nothing(editor):
    article = make.article()
    first = save(article, deck="a")
    last = save(article, deck="b")
    editor.get(address("restore", article, first.pk), {"seen": last.pk})
    assert stored(article).working_copy == last
    assert editor.post(address("compare", article)).status_code == 405
    assert editor.post(address("history", article)).status_code == 405


def test_no_entry_of_the_log_names_what_nobody_sees(editor):
    """The name of an open form, and what it was begun with, are hidden fields."""
    article = make.article()
    for headline in ("Other", "Other"):
        sent = {"headline": headline, "initial-stage": article.stage}
        editor.post(change(article), typed(editor.get(change(article)), **sent))
    told = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert told == ["Changed Headline.", "No fields changed."]
