"""The working copy as a page: in the newsroom, and for whoever holds a link."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, PreviewLink, Revision, Section, Snapshot
from tests import make
from tests.newsroom import change, person, picture

pytestmark = pytest.mark.django_db


def save(article: Article, **changes) -> Revision:
    """A version that somebody saved, with these fields changed."""
    newest = Revision.objects.newest(Article.objects.get(pk=article.pk))
    typed = replace(newest.content, **changes)
    return Revision.objects.save_revision(article, typed, base=newest.pk, by=None).working_copy


def autosave(article: Article | None, by: User, **fields) -> str:
    """What somebody typed in an open form; the session of the form."""
    session = str(uuid4())
    typed = replace(Snapshot.of(article) if article else Snapshot(), **fields)
    Revision.objects.create(
        article=article, kind="autosaved", snapshot=typed.data, session=session, made_by=by
    )
    return session


def link_to(article: Article, days: float = 7, **fields) -> PreviewLink:
    ends = timezone.now() + timedelta(days=days)
    revision = Revision.objects.newest(Article.objects.get(pk=article.pk))
    return PreviewLink.objects.create(revision=revision, note="A source", expires_at=ends, **fields)


def staff_preview(article: Article | None = None) -> str:
    if article is None:
        return reverse("admin:articles_article_preview")
    return reverse("admin:articles_article_preview", args=[article.pk])


def links_page(article: Article) -> str:
    return reverse("admin:articles_article_preview_links", args=[article.pk])


STATES = {
    "draft": {"minutes_ago": None},
    "scheduled": {"minutes_ago": -60},
    "embargoed": {"embargoed_until": timezone.now() + timedelta(days=900)},
    "live": {},
}


# In the newsroom


@pytest.mark.parametrize("state", STATES)
def test_the_working_copy_is_shown_in_the_real_template(writer, state):
    """Of an article in any state; a change that waits is shown, and the page stays as it was."""
    article = make.article(
        "Before",
        slug="matter",
        authors=[make.author("Ada Quill")],
        tags=["ports"],
        section=Section.objects.get(slug="europe"),
        lead_image=picture(),
        **STATES[state],
    )
    save(article, headline="After", body="<p>Changed.</p>", tags=("ports", "new & odd tag"))
    page = writer.get(staff_preview(article))
    html = page.content.decode()
    assert '<h1 class="article__headline" id="headline" dir="auto">After</h1>' in html
    assert "Changed." in html
    assert "Ada Quill" in html
    assert "new &amp; odd tag" in html
    assert "Preview: not public" in html
    assert "ld+json" not in html
    assert ("Not published yet" in html) == (state == "draft")
    if state == "live":
        assert "Before" in writer.get("/matter/").content.decode()


def test_what_a_person_typed_is_shown_to_that_person_only(client, editor):
    """By the session of the form; anybody else sees what is saved."""
    ana = User.objects.get(username="editor")
    article = make.article("Saved words")
    session = autosave(article, ana, headline="Typed words")
    assert (
        "Typed words" in editor.get(staff_preview(article), {"session": session}).content.decode()
    )
    assert "Saved words" in editor.get(staff_preview(article)).content.decode()
    bo = Client()
    bo.force_login(person("Chief"))
    html = bo.get(staff_preview(article), {"session": session}).content.decode()
    assert "Typed words" not in html
    assert "Saved words" in html


def test_the_session_of_one_article_does_not_show_in_another(editor):
    session = autosave(make.article(), User.objects.get(), headline="Typed words")
    html = editor.get(staff_preview(make.article()), {"session": session}).content.decode()
    assert "Typed words" not in html


def test_an_article_that_was_never_saved_is_shown_as_it_was_typed(writer):
    """Without address, date and byline; nothing is stored by looking."""
    session = autosave(None, User.objects.get(), headline="New", tags=("a b",), slug="Ü ber")
    page = writer.get(staff_preview(), {"session": session})
    assert ">New</h1>" in page.content.decode()
    assert "Not published yet" in page.content.decode()
    assert writer.get(staff_preview(), {"session": "\0"}).status_code == 404
    assert writer.get(staff_preview()).status_code == 404
    assert not Article.objects.exists()


def test_the_preview_may_stand_in_a_frame_of_our_own_and_nowhere_else(editor):
    """The form may hold it; no other page of ours may be framed."""
    article = make.article(slug="matter")
    page = editor.get(staff_preview(article))
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    form = editor.get(change(article))
    assert form.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in form.headers["Content-Security-Policy"]
    sources = form.headers["Content-Security-Policy"].split("frame-src ")[1].split(";")[0]
    assert "'self'" in sources.split()
    assert "frame-ancestors 'none'" in editor.get("/matter/").headers["Content-Security-Policy"]


def test_the_preview_is_kept_by_nobody_and_found_by_nobody(editor):
    page = editor.get(staff_preview(make.article()))
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in page.content.decode()
    assert "canonical" not in page.content.decode()


def test_the_preview_is_for_those_who_work_here(client):
    address = staff_preview(make.article())
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert client.get(address).status_code == 403
    assert client.get(staff_preview()).status_code == 403


# For somebody outside


@pytest.mark.parametrize("state", STATES)
def test_a_link_shows_its_version_to_anybody(client, state):
    """Whatever is saved, published or withdrawn afterwards."""
    article = make.article("First words", slug="matter", **STATES[state])
    link = link_to(article)
    save(article, headline="Later words", slug="later-matter")
    article.refresh_from_db()
    article.publish()
    article.withdraw()
    page = client.get(link.get_absolute_url())
    assert page.status_code == 200
    html = page.content.decode()
    assert "First words" in html
    assert "Later words" not in html
    assert "Preview: not public" in html
    assert f"ends on {link.expires_at:%-d %B %Y}" in html


def test_a_link_is_kept_found_and_told_by_nobody(client):
    """And sets no cookie."""
    page = client.get(link_to(make.article(minutes_ago=None)).get_absolute_url())
    directives = {part.strip() for part in page.headers["Cache-Control"].split(",")}
    assert directives == {"no-store", "private"}
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert not page.cookies


def test_the_link_of_one_draft_opens_no_other(client):
    """Nothing of another draft stands on the page, or can be asked for with its token."""
    shared = {"section": Section.objects.get(slug="europe"), "tags": ["ports"]}
    draft = make.article("Shown", minutes_ago=None, **shared)
    hidden = make.article("Undisclosed", slug="hidden", minutes_ago=None, **shared)
    make.article("Neighbour", **shared)
    mine, other = link_to(draft), link_to(hidden)
    html = client.get(mine.get_absolute_url()).content.decode()
    assert "Neighbour" in html
    assert "Undisclosed" not in html
    assert other.key not in html
    signed = mine.token.split("-")[1]
    for token in (
        f"{other.key}-{signed}",
        f"{mine.key}-{signed[:-1]}",
        f"{mine.key}-{signed[:-1]}{'0' if signed[-1] != '0' else '1'}",
        mine.key,
        f"{mine.key}-",
        "hidden",
        str(other.pk),
        str(hidden.pk),
        "ABC-def",
    ):
        answer = client.get(f"/preview/{token}/")
        assert answer.status_code == 404, token
        assert "Undisclosed" not in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(f"{mine.get_absolute_url()}?session=1&key={hidden.pk}").status_code == 200


def test_a_link_that_a_mail_program_has_bent_still_leads_there(client):
    link = link_to(make.article(minutes_ago=None))
    assert (
        client.get(link.get_absolute_url().replace(link.key, link.key.upper())).status_code == 200
    )
    answer = client.get(link.get_absolute_url().rstrip("/"))
    assert answer.headers["Location"] == link.get_absolute_url()


def test_a_link_ends_when_its_time_is_over(client, time_machine):
    """The page says so in plain words, and no word of the article."""
    link = link_to(make.article("Undisclosed", minutes_ago=None), days=1)
    time_machine.move_to(timezone.now() + timedelta(days=1, seconds=1))
    answer = client.get(link.get_absolute_url())
    assert answer.status_code == 410
    assert "This link has ended" in answer.content.decode()
    assert "Undisclosed" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_revoked_link_and_that_of_a_deleted_article_have_ended(client):
    article = make.article(minutes_ago=None)
    revoked, link = link_to(article), link_to(article)
    revoked.revoke()
    at = revoked.revoked_at
    revoked.revoke()
    assert revoked.revoked_at == at
    assert client.get(revoked.get_absolute_url()).status_code == 410
    assert client.get(link.get_absolute_url()).status_code == 200
    address = link.get_absolute_url()
    Article.objects.get(pk=article.pk).delete()
    assert client.get(address).status_code == 410


def test_looking_changes_nothing_and_nothing_can_be_sent(client, django_assert_max_num_queries):
    link = link_to(make.article(minutes_ago=None, authors=[make.author()], tags=["ports"]))
    client.get(link.get_absolute_url())
    before = PreviewLink.objects.values().get()
    with django_assert_max_num_queries(14) as captured:
        client.get(link.get_absolute_url())
    written = ("INSERT", "UPDATE", "DELETE")
    assert not any(query["sql"].startswith(written) for query in captured.captured_queries)
    assert PreviewLink.objects.values().get() == before
    assert client.post(link.get_absolute_url()).status_code == 405


def test_a_link_ends_after_it_began():
    with pytest.raises(IntegrityError):
        link_to(make.article(), days=-1)


# Making and closing links


def test_a_link_is_made_to_the_working_copy_and_can_be_copied(writer, client):
    """By whoever may change the article; it ends with its last day."""
    mine = make.article("Own", minutes_ago=None, created_by=User.objects.get())
    newest = save(mine, headline="Own, changed")
    last = timezone.localdate() + timedelta(days=3)
    sent = {"note": "The minister’s office", "last_day": last.isoformat()}
    assert links_page(mine) in writer.get(change(mine)).content.decode()
    html = writer.post(links_page(mine), sent, follow=True).content.decode()
    link = PreviewLink.objects.get()
    assert link.revision == newest
    assert link.made_by.username == "writer"
    assert link.last_day == last
    assert f"http://localhost:8000{link.get_absolute_url()}" in html
    assert "The minister’s office" in html
    assert "1 open link" in writer.get(change(mine)).content.decode()


@pytest.mark.parametrize(
    ("note", "days", "sentence"),
    [
        ("", 1, "required"),
        ("A source", -1, "That day is over."),
        ("A source", 61, "within the next 60 days"),
        ("A source", None, "required"),
        ("A source", 10**6, "valid date"),
    ],
)
def test_what_is_wrong_with_a_link_is_said(editor, note, days, sentence):
    article = make.article()
    day = "" if days is None else "99999-01-01"
    if days is not None and days < 10**6:
        day = (timezone.localdate() + timedelta(days=days)).isoformat()
    page = editor.post(links_page(article), {"note": note, "last_day": day})
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not PreviewLink.objects.exists()


def test_a_link_is_closed_with_one_button(editor, client):
    article = make.article()
    link = link_to(article)
    address = reverse("admin:articles_article_preview_revoke", args=[article.pk, link.pk])
    assert address in editor.get(links_page(article)).content.decode()
    assert editor.get(address).status_code == 405
    assert "Closed on" in editor.post(address, follow=True).content.decode()
    assert Client().get(link.get_absolute_url()).status_code == 410


def test_links_belong_to_those_who_may_change_the_article(writer):
    """Not to a colleague; nor is a link closed by way of an own article."""
    other = make.article(minutes_ago=None)
    own = make.article(minutes_ago=None, created_by=User.objects.get())
    link = link_to(other)
    assert writer.get(links_page(other)).status_code == 403
    assert (
        writer.post(links_page(other), {"note": "x", "last_day": "2999-01-01"}).status_code == 403
    )
    for article, status in ((other, 403), (own, 404)):
        address = reverse("admin:articles_article_preview_revoke", args=[article.pk, link.pk])
        assert writer.post(address).status_code == status
    link.refresh_from_db()
    assert link.is_open
    assert links_page(other) not in writer.get(change(other)).content.decode()
