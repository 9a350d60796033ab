"""Old addresses, odd spellings, and who may live where."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Article, Author, Page, Redirect, Section
from articles.models.redirects import RESERVED_SLUGS, normalise_path
from tests import make

pytestmark = pytest.mark.django_db


def rename(article: Article, *slugs: str) -> None:
    for slug in slugs:
        article.slug = slug
        article.save()


def test_a_changed_slug_leaves_a_permanent_redirect(client):
    article = make.article(slug="first-name")
    rename(article, "second-name")
    response = client.get("/first-name/")
    assert response.status_code == 301
    assert response.headers["Location"] == "/second-name/"


def test_a_chain_of_renamings_is_one_step_from_every_old_address(client):
    """Old addresses point at the article, not at each other."""
    article = make.article(slug="name-1")
    rename(article, *(f"name-{number}" for number in range(2, 8)))
    assert Redirect.objects.count() == 6
    for number in range(1, 7):
        response = client.get(f"/name-{number}/")
        assert (response.status_code, response.headers["Location"]) == (301, "/name-7/")


def test_renaming_back_and_forth_makes_no_loop(client):
    article = make.article(slug="here")
    rename(article, "there", "here", "there", "here")
    assert client.get("/here/").status_code == 200
    assert client.get("/there/").headers["Location"] == "/here/"


def test_two_articles_that_swap_their_slugs_are_both_found(client):
    one, two = make.article("One", slug="alpha"), make.article("Two", slug="beta")
    rename(one, "gamma")
    rename(two, "alpha")
    rename(one, "beta")
    for slug, headline in (("alpha", "Two"), ("beta", "One")):
        assert f"<title>{headline} " in client.get(f"/{slug}/").content.decode()
    assert client.get("/gamma/").headers["Location"] == "/beta/"


def test_whoever_takes_an_old_address_has_it(client):
    """A new article wins over what used to be at its address."""
    rename(make.article(slug="old"), "new")
    make.article("Newcomer", slug="old")
    assert client.get("/old/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/Short-Name", "/short-name/"),
        ("/short-name", "/short-name/"),
        ("/SHORT-NAME/", "/short-name/"),
        ("/Section/Europe", "/section/europe/"),
        ("/section//europe/", "/section/europe/"),
        ("/admin", "/admin/"),
    ],
)
def test_other_spellings_lead_to_the_one_address(client, asked, sent):
    make.article(slug="short-name")
    response = client.get(asked)
    assert (response.status_code, response.headers["Location"]) == (301, sent)


def test_an_old_address_in_an_odd_spelling_needs_one_step_too(client):
    rename(make.article(slug="old"), "new")
    response = client.get("/OLD?utm_source=mail")
    assert (response.status_code, response.headers["Location"]) == (301, "/new/?utm_source=mail")


def test_an_imported_address_of_any_shape_leads_on(client):
    article = make.article(slug="kept")
    Redirect.objects.set_target("/2019/05/Some Story.html?id=3#top", article)
    for asked in ("/2019/05/some%20story.html", "/2019/05/Some%20Story.html/"):
        assert client.get(asked).headers["Location"] == "/kept/"


def test_a_renamed_section_or_author_keeps_its_old_address(client):
    section = Section.objects.get(slug="europe")
    section.slug = "europe-and-beyond"
    section.save()
    author = Author.objects.create(name="Ines", slug="ines")
    make.article(authors=[author])
    author.slug = "ines-r"
    author.save()
    assert client.get("/section/europe/").headers["Location"] == "/section/europe-and-beyond/"
    assert client.get("/author/ines/").headers["Location"] == "/author/ines-r/"


def test_unknown_addresses_are_not_found(client):
    for address in (
        "/nothing/",
        "/no/such/place",
        "/%00/",
        "/tag/%00/",
        "/tag/none/",
        "/section/%00/",
        "/section/europe/?before=%00",
        "/ü/",
    ):
        assert client.get(address).status_code == 404, address


def test_a_redirect_leads_to_exactly_one_thing():
    """The database refuses none and two, whoever writes."""
    article, page = make.article(), Page.objects.first()
    for fields in (
        {},
        {"article": article, "page": page},
        {"page": page, "external_url": "https://a.b"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Redirect.objects.create(old_path="/x/", **fields)


def test_no_article_or_page_takes_a_fixed_address():
    """Every reserved word is refused, on the form and on save, whatever its case."""
    assert len(RESERVED_SLUGS) > 20
    for slug in [*RESERVED_SLUGS, "Admin"]:
        with pytest.raises(ValidationError, match="address"):
            make.article(slug=slug)
        with pytest.raises(ValidationError, match="address"):
            Page(title="x", slug=slug).full_clean()


def test_articles_and_pages_share_their_addresses():
    make.article(slug="taken")
    with pytest.raises(ValidationError, match="Another article"):
        Page.objects.create(title="x", slug="taken")
    with pytest.raises(ValidationError, match="Another page"):
        make.article(slug="about")
    with pytest.raises(ValidationError, match="Another article"):
        make.article(slug="TAKEN")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("old", "/old/"),
        ("/Old//Path/?q=1", "/old/path/"),
        ("/a%20b.html#c", "/a b.html/"),
        ("/", "/"),
    ],
)
def test_old_addresses_are_kept_in_one_form(typed, kept):
    assert normalise_path(typed) == kept
