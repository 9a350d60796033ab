"""No name leaks: a grouping, an old address or a link that only a hidden article stands behind is
for readers as if it were not there. Nothing here has a published neighbour."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from taggit.models import Tag

from articles import public
from articles.models import (
    Article,
    Author,
    Format,
    Page,
    PreviewLink,
    Publication,
    Redirect,
    Revision,
    Section,
    Series,
)
from articles.models.redirects import REDIRECT_TARGETS
from newsletter.models import Issue, MailingList, Subscriber
from newsletter.models.lists import FOLLOWED
from newsletter.rendering import render
from tests import make
from tests.articles.test_leaks import ADDRESSES, HIDDEN, OWN, SECRET, everything_sent
from tests.newsletter import issues, signed

HIDDEN_NAME = SECRET.lower()
SITE = "http://localhost:8000"
GROUPINGS = {
    "/section/undisclosed-section/": Section,
    "/section/undisclosed-also/": Section,
    "/format/undisclosed-format/": Format,
    "/series/undisclosed-series/": Series,
    "/author/undisclosed-author/": Author,
    "/tag/undisclosed-tag/": Tag,
}
# Each leads to the hidden article or to a grouping of it.
OLD = {
    "/old-article/": "/undisclosed-matter/",
    "/old-section/": "/section/undisclosed-section/",
    "/old-format/": "/format/undisclosed-format/",
    "/old-series/": "/series/undisclosed-series/",
    "/old-author/": "/author/undisclosed-author/",
    "/old-elsewhere/": f"{SITE}/undisclosed-matter/",
    "/old-tag/": f"{SITE}/tag/undisclosed-tag/",
}
LINKED = [
    "/undisclosed-matter/",
    "/undisclosed-matter/?from=text#rest",
    f"{SITE}/undisclosed-matter/",
    "/undisclosed-matter/rest/",
    *GROUPINGS,
    *OLD,
]
# Where texts with links stand; the mail beside them.
TEXTS = ("/neighbour/", "/neighbour/rest/", "/section/asia-pacific/", "/other/", "/about/")


@pytest.fixture
def alone(db) -> Article:
    """An article that shares nothing with a public one, linked from every kind of public text."""
    also, section = (
        Section.objects.create(name=f"{SECRET} {name}", slug=f"undisclosed-{name}", in_menu=False)
        for name in ("also", "section")
    )
    series, format = (
        model.objects.create(name=f"{SECRET} {name}", slug=f"undisclosed-{name}")
        for name, model in {"series": Series, "format": Format}.items()
    )
    author = make.author(f"{SECRET} author", slug="undisclosed-author")
    hidden = make.article(
        f"{SECRET} headline",
        slug="undisclosed-matter",
        section=section,
        format=format,
        series=series,
        authors=[author],
        tags=["undisclosed tag"],
    )
    hidden.also_in.add(also)
    rows = {"section": section, "author": author, "series": series, "tag": Tag.objects.get()}
    for number, name in enumerate(FOLLOWED, start=10):
        fields = {"name": f"{SECRET} list {name}", "slug": f"list-{name}", name: rows[name]}
        MailingList.objects.create(**fields, position=number)
    for old, row in zip(OLD, [hidden, section, format, series, author], strict=False):
        Redirect.objects.set_target(old, row)
    for old in ("/old-elsewhere/", "/old-tag/"):
        Redirect.objects.create(old_path=old, external_url=OLD[old])
    put_links()
    return hidden


def put_links() -> None:
    sentences = [f'See <a href="{one}">words {n}</a>.' for n, one in enumerate(LINKED)]
    body = f"<p>{' '.join(sentences)}</p><p>Second.</p><p>Third, {' '.join(sentences)}</p>"
    asia = Section.objects.get(slug="asia-pacific")
    make.article("Neighbour", slug="neighbour", body=body, section=asia)
    make.article("Other", slug="other", section=asia, minutes_ago=1)
    about = Page.objects.get(slug="about")
    about.body = body
    about.save()
    issues.sent(make.article("Mailed"), by=User.objects.create_user("sender"), opening=body)


def asked(article: Article) -> Iterator[str]:
    """Every public address but the article's own, with the preferences of a subscriber."""
    for addresses in ADDRESSES.values():
        for address in addresses:
            if address not in OWN and "{" not in address:
                yield address
    yield from TEXTS
    reader = Subscriber.objects.of_address("asks@example.org")
    subscription = reader.subscriptions.all()[0] if reader else signed.joined("asks@example.org")
    yield f"/newsletter/preferences/{subscription.key}/"


def mailed() -> str:
    issue = Issue.objects.get()
    mail = render(issue, issue.items.for_mail())
    return mail.html + mail.text


def told_by_name(client, article: Article) -> list[str]:
    """The addresses that let a reader know of the article, or of what only it stands behind."""
    found = [
        one for one in asked(article) if HIDDEN_NAME in everything_sent(client, one)[1].lower()
    ]
    found += [one for one in (*GROUPINGS, *OLD) if not is_missing(client, one, article)]
    return found + (["the mail"] if HIDDEN_NAME in mailed().lower() else [])


def is_missing(client, address: str, article: Article) -> bool:
    """Whether it is answered as what never was; an old address of what was withdrawn, as gone."""
    status, sent = everything_sent(client, address)
    if address == "/old-article/" and article.withdrawn_at:
        return status == 410 and HIDDEN_NAME not in sent.lower()
    nothing = f"{address[:-2]}-nothing/"
    page = client.get(nothing).content.decode().replace(nothing, address)
    return (status, client.get(address).content.decode()) == (404, page)


def test_every_kind_of_grouping_and_of_old_address_has_its_case():
    assert set(public.GROUPINGS) == set(GROUPINGS.values())
    assert len(public.GROUPINGS) == 5
    assert {*REDIRECT_TARGETS} - {"page"} == {
        one.strip("/").removeprefix("old-") for one in OLD
    } - {"elsewhere", "tag"}


@pytest.mark.parametrize("state", HIDDEN)
def test_nothing_tells_of_an_article_that_shares_nothing_with_a_public_one(client, alone, state):
    Article.objects.filter(pk=alone.pk).update(**HIDDEN[state]())
    alone.refresh_from_db()
    assert told_by_name(client, alone) == []
    for address in TEXTS:
        assert "words 0" in everything_sent(client, address)[1], address
    assert "words 0" in mailed()


def test_all_of_it_is_there_once_the_article_is_public(client, alone):
    """The test above can fail; and a link stands again without a save."""
    assert {*TEXTS, *GROUPINGS, *OLD, "the mail"} <= {*told_by_name(client, alone)}
    for address in GROUPINGS:
        assert client.get(address).status_code == 200, address
    for old, new in OLD.items():
        response = client.get(old)
        assert (response.status_code, response.headers["Location"]) == (301, new)
    page = everything_sent(client, "/neighbour/")[1]
    for number, address in enumerate(LINKED):
        assert f">words {number}</a>" in page, address
    subscription = signed.joined()
    boxes = everything_sent(client, f"/newsletter/preferences/{subscription.key}/")[1]
    assert boxes.count(f"{SECRET} list") == len(FOLLOWED)


def test_a_section_of_the_menu_is_an_empty_page(client, db):
    Section.objects.create(name="New desk", slug="new-desk")
    make.article("Draft", minutes_ago=None, section=Section.objects.get(slug="new-desk"))
    page = client.get("/section/new-desk/")
    assert page.status_code == 200
    assert "Nothing has been published here yet." in page.content.decode()
    Section.objects.filter(slug="new-desk").update(in_menu=False)
    assert client.get("/section/new-desk/").status_code == 404


def test_a_hidden_page_is_linked_to_by_nobody(client, alone):
    Page.objects.create(title="Plan", slug="undisclosed-plan", body="<p>x</p>")
    Redirect.objects.set_target("/old-plan/", Page.objects.get(slug="undisclosed-plan"))
    make.article(
        "Names it", slug="names-it", body='<p>A <a href="/undisclosed-plan/">plan</a>.</p>'
    )
    assert 'href="/undisclosed-plan/"' in everything_sent(client, "/names-it/")[1]
    Page.objects.filter(slug="undisclosed-plan").update(is_public=False)
    assert '<p dir="auto">A plan.</p>' in everything_sent(client, "/names-it/")[1]
    assert client.get("/old-plan/").status_code == 404


def test_a_rail_of_pins_does_not_name_a_section_that_is_hidden(client, alone):
    section = Section.objects.get(slug="undisclosed-section")
    Publication.objects.update(quick_takes=section)
    make.front_page({"quick.1": make.article("Pinned there", minutes_ago=9_000)})
    assert f"{SECRET} section" in everything_sent(client, "/")[1]
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    assert HIDDEN_NAME not in everything_sent(client, "/")[1].lower()


def test_past_issues_do_not_name_a_list_of_something_hidden(client, alone):
    Issue.objects.update(list=MailingList.objects.get(slug="list-tag"))
    addresses = ("/newsletter/", Issue.objects.get().get_absolute_url())
    for address in addresses:
        assert f"{SECRET} list tag, <time" in everything_sent(client, address)[1], address
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    for address in addresses:
        assert HIDDEN_NAME not in everything_sent(client, address)[1].lower(), address


@pytest.mark.parametrize(
    "url",
    [
        "/./undisclosed-matter/",
        "/x/../undisclosed-matter/",
        "/%2e/undisclosed-matter/",
        "/undisclosed-matter%2f",
        "/undisclosed-matter//",
        "/tag/../tag/undisclosed-tag/",
        f"{SITE}//undisclosed-matter/",
        "http://localhost:/undisclosed-matter/",
        "http://localhost:99999/undisclosed-matter/",
        "http://LOCALHOST.:8000/undisclosed-matter/",
    ],
)
def test_no_spelling_of_a_hidden_address_stands_in_a_link_or_is_led_to(client, alone, url):
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    make.article("Tells", slug="tells", body=f'<p>At <a href="{url}">this</a>.</p>')
    assert "At this." in everything_sent(client, "/tells/")[1]
    if url.startswith("http"):
        Redirect.objects.create(old_path="/old-odd/", external_url=url)
        assert HIDDEN_NAME not in client.get("/old-odd/").headers.get("Location", "")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (f"{SITE}/undisclosed-matter/", f"{SITE}/…/"),
        ("localhost:8000/Undisclosed-Matter", "localhost:8000/…"),
        ("/undisclosed-matter/#rest", "/…/#rest"),
        ("an <em>end</em> and/or matter", "an <em>end</em> and/or matter"),
    ],
)
def test_words_that_are_an_address_do_not_tell_it_either(client, alone, words, left):
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    body = f'<p>At <a href="/undisclosed-matter/">{words}</a>.</p>'
    make.article("Tells", slug="tells", body=body)
    assert f">At {left}.</p>" in everything_sent(client, "/tells/")[1]


def test_a_preview_for_an_outsider_tells_of_no_other_draft(client, alone):
    body = f'<p>Not without <a href="{alone.get_absolute_url()}">the other</a>.</p>'
    draft = make.article("Shown", slug="shown", body=body, minutes_ago=None)
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    ends = timezone.now() + timedelta(days=1)
    revision = Revision.objects.newest(draft)
    link = PreviewLink.objects.create(revision=revision, note="Ada", expires_at=ends)
    page = everything_sent(client, link.get_absolute_url())[1]
    assert "Not without the other." in page
    assert HIDDEN_NAME not in page.lower()


def test_the_newsroom_leads_to_no_page_that_is_not_there(alone):
    shown = {}
    for model in {*GROUPINGS.values()} - {Tag}:  # taggit gives tags no address
        row = model.objects.filter(slug__startswith="undisclosed")[0]
        shown[row] = admin.site.get_model_admin(model)
        assert shown[row].view_on_site(row) == row.get_absolute_url()
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    assert [site.view_on_site(row) for row, site in shown.items()] == [None] * 4


@pytest.mark.skipif(connection.vendor != "sqlite", reason="an empty PostgreSQL uses no index")
@pytest.mark.parametrize("model", public.GROUPINGS)
def test_whether_it_is_public_is_looked_up_in_an_index(db, model):
    """And in none that holds the tags of all articles."""
    plan = public.rows(model).filter(slug="x").explain()
    assert plan.count("SEARCH") >= 2
    assert "SCAN " not in plan
    assert "content_type" not in plan


def test_who_is_on_a_list_of_something_hidden_can_leave_it(client, alone):
    one = MailingList.objects.get(slug="list-tag")
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    subscription = signed.joined("asks@example.org", one)
    page = everything_sent(client, f"/newsletter/preferences/{subscription.key}/")[1]
    assert page.count(f"{SECRET} list") == 1


def test_an_issue_whose_note_links_to_what_was_hidden_meanwhile_waits(alone):
    issue = Issue.objects.get()
    assert issue.blocking_reason() == ""
    Article.objects.filter(pk=alone.pk).update(published_at=None)
    assert "opening note" in issue.blocking_reason()
