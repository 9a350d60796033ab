"""Nothing unpublished leaks: every public address × every state of an article.

The table below names each public URL pattern; a new pattern that it does not name fails here.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from articles.models import (
    Article,
    Author,
    Format,
    Image,
    Note,
    Page,
    Revision,
    Section,
    Series,
    Slot,
    Snapshot,
)
from newsletter.models import IssueItem
from tests import make
from tests.newsletter import issues
from tests.newsroom import picture

SECRET = "Undisclosed"
# Not for readers, and tested with the newsroom.
NEWSROOM = {"admin/", "accounts/"}

# What a reader can ask for, by URL name. `{secret}` is the slug of the article that must not show.
ADDRESSES: dict[str, list[str]] = {
    "front": ["/"],
    "section": ["/section/europe/", "/section/africa/", "/section/qiosk/"],
    "format": ["/format/analysis/"],
    "series": ["/series/straits/"],
    "author": ["/author/ines/"],
    "tag": ["/tag/shipping/"],
    "article": ["/{secret}/", "/public-neighbour/", "/about/"],
    "rest": ["/{secret}/rest/", "/public-neighbour/rest/"],
    "corrections": ["/corrections/"],
    # Only who holds its link reads a preview; see tests/articles/test_preview.py.
    "preview": [f"/preview/{'0' * 32}-{'0' * 32}/"],
    "issues": ["/newsletter/"],
    "issue": ["/newsletter/issues/the-week-in-straits/"],
    "issues_feed": ["/newsletter/feed.xml"],
    "subscribe": ["/newsletter/subscribe/"],
    "subscribed": ["/newsletter/subscribed/"],
    # Only who has the link from a mail; see tests/newsletter/.
    "confirm": [f"/newsletter/confirm/{'0' * 43}/"],
    "refuse": [f"/newsletter/refuse/{'0' * 43}/"],
    "move": [f"/newsletter/move/{'0' * 43}/"],
    "leave": [f"/newsletter/leave/{'0' * 32}/"],
    "preferences": [f"/newsletter/preferences/{'0' * 32}/"],
    "preferences_data": [f"/newsletter/data/{'0' * 32}/"],
    "erase": [f"/newsletter/erase/{'0' * 32}/"],
}
KEYED = ("confirm", "refuse", "move", "leave", "preferences", "preferences_data", "erase")
NOBODYS = ADDRESSES["preview"] + [one for name in KEYED for one in ADDRESSES[name]]
# Answered with 404 while the article is not public, because they are its own.
OWN = {"/{secret}/", "/{secret}/rest/"}

HIDDEN: dict[str, Callable[[], dict]] = {
    "draft": lambda: {"published_at": None},
    "in review": lambda: {"published_at": None, "stage": Article.Stage.IN_REVIEW},
    "ready but not published": lambda: {"published_at": None, "stage": Article.Stage.READY},
    "scheduled": lambda: {
        "published_at": timezone.now() + timedelta(minutes=1),
        "stage": Article.Stage.READY,
    },
    "embargoed": lambda: {
        "published_at": timezone.now() - timedelta(hours=1),
        "embargoed_until": timezone.now() + timedelta(minutes=1),
    },
    "embargoed and scheduled": lambda: {
        "published_at": timezone.now() + timedelta(hours=1),
        "embargoed_until": timezone.now() + timedelta(hours=2),
    },
    "withdrawn": lambda: {"published_at": None, "withdrawn_at": timezone.now()},
    "withdrawn and scheduled again": lambda: {
        "published_at": timezone.now() + timedelta(hours=1),
        "withdrawn_at": timezone.now(),
    },
}


def public_names(patterns=None, prefix="") -> set[str]:
    """The names of all URL patterns outside the newsroom."""
    names: set[str] = set()
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        where = prefix + str(pattern.pattern)
        if where in NEWSROOM:
            continue
        if isinstance(pattern, URLResolver):
            names |= public_names(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            names.add(pattern.name or where)
    return names


def test_the_table_names_every_public_pattern():
    """Whoever adds an address says here how it is kept from leaking."""
    names = public_names()
    assert len(names) >= 10
    assert names == set(ADDRESSES)


@pytest.fixture
def secret(db) -> Article:
    """An article that stands wherever an article can stand, beside a public one of its kind."""
    ines = Author.objects.create(name="Ines", slug="ines")
    series = Series.objects.create(name="Straits", slug="straits")
    shared = {
        "section": Section.objects.get(slug="europe"),
        "format": Format.objects.get(slug="analysis"),
        "series": series,
        "authors": [ines],
        "tags": ["shipping"],
    }
    make.article("Public neighbour", slug="public-neighbour", minutes_ago=5, **shared)
    hidden = make.article(
        f"{SECRET} headline",
        slug="undisclosed-matter",
        deck=f"{SECRET} deck",
        body="".join(f"<p>{SECRET} paragraph {number}.</p>" for number in range(5)),
        lead_alt=f"{SECRET} alternative text",
        lead_caption=f"{SECRET} caption",
        author_note=f"{SECRET} note",
        minutes_ago=1,
        **shared,
    )
    hidden.correct("correction", f"{SECRET} correction")
    Note.objects.create(article=hidden, text=f"{SECRET} note", passage=f"{SECRET} paragraph")
    Note.objects.create(article=Article.objects.get(slug="public-neighbour"), text=f"{SECRET} note")
    hidden.also_in.add(Section.objects.get(slug="africa"), Section.objects.get(slug="qiosk"))
    pin(hidden)
    issues.sent(hidden, by=User.objects.create_user("sender"))
    return hidden


def pin(article: Article) -> None:
    """Every version of the front page, public and not, pins it with words of its own."""
    words = {"headline": f"{SECRET} line", "deck": f"{SECRET} angle", "image": secret_picture()}
    pins = {"lead.1": Slot(article=article, **words), "latest.1": Slot(article=article, **words)}
    make.front_page(pins)
    for minutes_ago in (None, -1):  # the draft, and one that is scheduled
        make.front_page(pins, minutes_ago=minutes_ago, note=f"{SECRET} note")


def secret_picture() -> Image:
    return picture(alt=f"{SECRET} picture")


def everything_sent(client, address: str) -> tuple[int, str]:
    response = client.get(address)
    headers = "".join(f"{name}: {value}\n" for name, value in response.items())
    return response.status_code, headers + response.content.decode()


ASKED = [address for addresses in ADDRESSES.values() for address in addresses]


@pytest.mark.parametrize("state", HIDDEN)
def test_no_public_address_shows_an_article_that_is_not_public(client, secret, state):
    """No state but published shows a word of it anywhere, not even in an error page."""
    Article.objects.filter(pk=secret.pk).update(**HIDDEN[state]())
    for address in ASKED:
        status, sent = everything_sent(client, address.format(secret=secret.slug))
        assert SECRET.lower() not in sent.lower().replace(secret.slug, ""), (state, address)
        if address in OWN:
            assert status == (410 if "withdrawn" in state else 404), (state, address)
        elif address in NOBODYS:
            assert status == 404, (state, address)
        elif "subscribe/" not in address:
            assert status == 200, (state, address)


WAITING = ("working copy", "scheduled change", "autosave")


def let_wait(secret: Article, waits: str) -> Article:
    """The article, public with nothing secret in it but a text that is not published yet."""
    Article.objects.filter(pk=secret.pk).update(headline="Public matter")
    article = Article.objects.get(pk=secret.pk)
    Snapshot(headline="Public matter", slug=secret.slug, body="<p>Known.</p>").save_to(article)
    Slot.objects.update(headline="", deck="", image=None)
    IssueItem.objects.update(headline="Public matter", summary="")
    article.corrections.all()._raw_delete("default")
    typed = Snapshot(
        headline=f"{SECRET} headline",
        slug="undisclosed-later",
        deck=f"{SECRET} deck",
        body=f"<p>{SECRET} words.</p>" * 5,
        tags=(SECRET,),
        section=Section.objects.get(slug="europe").pk,
        authors=(Author.objects.create(name=f"{SECRET} author", slug="somebody").pk,),
        lead_alt=f"{SECRET} alternative text",
        lead_caption=f"{SECRET} caption",
        author_note=f"{SECRET} note",
    )
    chief = User.objects.create_user("chief")
    base = Revision.objects.newest(article).pk
    if waits == "autosave":
        make.autosave(article, typed, session="s", base=base, by=chief)
    else:
        Revision.objects.save_revision(article, typed, base=base, by=chief, note=f"{SECRET} note")
    if waits == "scheduled change":
        article.schedule_revision(timezone.now() + timedelta(minutes=1))
    return article


@pytest.mark.parametrize("waits", WAITING)
def test_no_public_address_shows_a_text_that_waits(client, secret, waits):
    """A public article's changes are nobody's business before they are published."""
    article = let_wait(secret, waits)
    for address in ASKED:
        _, sent = everything_sent(client, address.format(secret=secret.slug))
        assert SECRET.lower() not in sent.lower().replace(secret.slug, ""), address
    assert client.get("/undisclosed-later/").status_code == 404
    if waits != "autosave":
        article.publish()
        assert SECRET in everything_sent(client, "/undisclosed-later/")[1]


def test_each_listing_would_show_it_if_it_were_public(client, secret):
    """The test above can fail: published, the article is found at each of its places."""
    shown = [
        address
        for address in ASKED
        if SECRET in everything_sent(client, address.format(secret=secret.slug))[1]
    ]
    assert set(shown) >= {
        "/",
        "/section/europe/",
        "/section/africa/",
        "/section/qiosk/",
        "/format/analysis/",
        "/series/straits/",
        "/author/ines/",
        "/tag/shipping/",
        "/{secret}/",
        "/{secret}/rest/",
        "/public-neighbour/",
        "/about/",
        "/corrections/",
        "/newsletter/issues/the-week-in-straits/",
        "/newsletter/feed.xml",
    }


def test_a_version_that_is_not_public_shows_nothing_of_a_public_article(client, db):
    """The words that a draft or a scheduled version has for it are as secret as a draft is."""
    article = make.article("Known to all")
    for minutes_ago in (None, -1):
        slot = Slot(article=article, headline=f"{SECRET} line", image=secret_picture())
        make.front_page({"lead.1": slot}, minutes_ago=minutes_ago)
    sent = everything_sent(client, "/")[1]
    assert "Known to all" in sent
    assert SECRET not in sent


def test_it_appears_by_itself_when_its_time_comes(client, secret, time_machine):
    """No job publishes: the same row is hidden before its moment and public after it."""
    moment = timezone.now() + timedelta(hours=3)
    Article.objects.filter(pk=secret.pk).update(published_at=moment)
    assert client.get(f"/{secret.slug}/").status_code == 404
    time_machine.move_to(moment + timedelta(seconds=1))
    assert client.get(f"/{secret.slug}/").status_code == 200


def test_a_page_that_is_not_public_is_not_found(client, db):
    """A static page taken off the site answers 404 and leaves the footer."""
    Page.objects.filter(slug="masthead").update(is_public=False)
    assert client.get("/masthead/").status_code == 404
    assert "/masthead/" not in client.get("/").content.decode()


def test_a_redirect_tells_nothing_of_an_unpublished_article(client, secret):
    """An old address of a draft leads to an address that answers 404 like any other."""
    secret.published_at = None
    secret.slug = "undisclosed-renamed"
    secret.save()
    response = client.get("/undisclosed-matter/", follow=True)
    assert response.status_code == 404
    assert SECRET not in response.content.decode()
