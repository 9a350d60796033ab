"""Links within the magazine are kept by key and follow what they lead to."""

import pytest
from django.core.management import call_command
from django.db.models import QuerySet

from articles import prose
from articles.models import Article, Link, Page, Redirect
from articles.models.links import path_of
from tests import make

pytestmark = pytest.mark.django_db


def linking(*hrefs: str, **fields: object) -> Article:
    links = " ".join(f'<a href="{href}">link</a>' for href in hrefs)
    return make.article(body=f"<p>See {links}.</p>", **fields)


def without_target() -> QuerySet[Link]:
    return Link.objects.filter(article=None, page=None)


def body_of(article: Article) -> str:
    return Article.objects.values_list("body", flat=True).get(pk=article.pk)


@pytest.fixture
def port() -> Article:
    return make.article("The port", slug="the-port")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("/the-port/", "/the-port/"),
        ("/The-Port", "/the-port/"),
        ("/the-port/?from=mail#rest", "/the-port/?from=mail#rest"),
        ("http://localhost:8000/the-port/", "/the-port/"),
        ("https://LOCALHOST:8000/the-port/#rest", "/the-port/#rest"),
        ("/old-port/", "/the-port/"),
        ("/2019/05/old-port/", "/the-port/"),
    ],
)
def test_a_link_to_an_article_is_stored_with_its_key_at_its_present_address(port, typed, stored):
    """However the address was typed: with the host, in capitals, an old one, with a place in it."""
    Redirect.objects.set_target("/old-port/", port)
    Redirect.objects.set_target("/2019/05/old-port/", port)
    body = f'<p>See <a href="{stored}" data-article="{port.pk}">link</a>.</p>'
    assert linking(typed).body == body


def test_a_link_to_a_page_has_the_key_of_the_page():
    page = Page.objects.create(title="Write for us", slug="write-for-us")
    assert f'<a href="/write-for-us/" data-page="{page.pk}">' in linking("/write-for-us/").body


@pytest.mark.parametrize(
    "href",
    [
        "https://example.org/the-port/",
        "//localhost:8000/the-port/",
        "/nowhere/",
        "/",
        "#rest",
        "/section/the-port/",
        "/media/the-port/",
        "/feed.xml",
        "mailto:the-port@example.org",
        "/%00the-port/",
        "https://[/the-port/",
    ],
)
def test_every_other_link_stays_as_it_was_typed(port, href):
    """Other sites, fixed addresses, and what nobody has: no key, and no fault."""
    before = make.article(body=f'<p>See <a href="{href}">link</a>.</p>')
    assert "data-" not in before.body
    assert before.body == prose.sanitize(f'<p>See <a href="{href}">link</a>.</p>')


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="https://example.org/" data-article="{key}">',
        '<a href="//example.org/" data-article="{key}">',
        '<a href="#here" data-page="{key}">',
        '<a href="/section/x/" data-article="{key}">',
        '<a href="/nowhere/" data-article="999999">',
        '<a href="/nowhere/" data-article="{key}x">',
        '<a href="/nowhere/" data-article="-1">',
        '<a href="/nowhere/" data-article="9999999999999999999999">',
    ],
)
def test_a_key_cannot_stand_beside_an_address_that_is_not_an_articles(port, tag):
    """A forged one is dropped, whatever it names."""
    article = make.article(body=f"<p>{tag.format(key=port.pk)}link</a></p>")
    assert "data-" not in article.body
    assert Link.objects.filter(article=port).count() == 0


def test_the_key_is_believed_before_an_address_that_changed_hands(port):
    """A restored version, or a form opened yesterday, says the old address of what it means."""
    body = f'<p><a href="/the-port/" data-article="{port.pk}">link</a></p>'
    port.slug = "the-harbour"
    port.save()
    make.article("Another", slug="the-port")
    assert make.article(body=body).body == body.replace("/the-port/", "/the-harbour/")


@pytest.mark.parametrize("href", ["https://example.org/", "#here", "mailto:a@example.org"])
def test_the_sanitizer_itself_takes_a_key_off_an_address_that_is_not_ours(href):
    """Also where no article is saved: in a form, in a revision."""
    html = f'<p><a href="{href}" data-article="2">x</a></p>'
    assert prose.sanitize(html) == f'<p><a href="{href}">x</a></p>'


def test_a_key_of_both_kinds_is_one_key(port):
    """The sanitizer keeps the first that is well formed."""
    html = '<p><a data-page="3" data-article="2" href="/x/" title="t">x</a></p>'
    assert prose.sanitize(html) == '<p><a href="/x/" data-article="2">x</a></p>'


def test_texts_follow_an_article_to_its_new_address(port):
    """Articles and pages, bodies and teasers; they do not count as changed."""
    article = linking("/the-port/#rest", "/the-port/", "/elsewhere/")
    page = Page.objects.create(title="P", slug="p-1", body='<p><a href="/the-port/">x</a></p>')
    modified = Article.objects.get(pk=article.pk).modified_at
    port.slug = "the-harbour"
    port.save()
    article.refresh_from_db()
    page.refresh_from_db()
    key = f'data-article="{port.pk}"'
    assert article.body.startswith(f'<p>See <a href="/the-harbour/#rest" {key}>')
    assert "/the-port/" not in article.body + article.teaser + page.body
    assert f'<a href="/the-harbour/" {key}>' in article.teaser
    assert article.modified_at == modified
    assert Link.objects.to(port).count() == 2
    port.slug = "the-port"
    port.save()
    assert "/the-port/#rest" in body_of(article)


def test_an_article_that_links_to_itself_follows_itself(port):
    port.body = '<p><a href="/the-port/#rest">below</a></p>'
    port.save()
    port.slug = "the-harbour"
    port.save()
    assert (
        body_of(port) == f'<p><a href="/the-harbour/#rest" data-article="{port.pk}">below</a></p>'
    )


def test_a_link_to_what_is_not_written_yet_finds_it_when_it_is():
    """Until then it is listed as dead."""
    article = linking("/coming-soon/")
    assert [link.path for link in without_target()] == ["/coming-soon/"]
    coming = make.article(slug="coming-soon", minutes_ago=None)
    assert f'data-article="{coming.pk}"' in body_of(article)
    assert without_target().count() == 0


def test_the_table_knows_which_links_lead_to_no_text(port):
    """A deleted article's among them; fixed addresses and other sites are not in it."""
    article = linking("/the-port/", "/nowhere/", "/feed.xml", "https://example.org/")
    assert [link.path for link in without_target()] == ["/nowhere/"]
    port.delete()
    assert sorted(link.path for link in without_target()) == ["/nowhere/", "/the-port/"]
    assert {link.in_article for link in without_target()} == {article}


def test_the_table_says_what_the_stored_body_says(port):
    """Links that are taken out are gone; saving without the body changes nothing."""
    article = linking("/the-port/", "/nowhere/")
    other = make.article(slug="another-port")
    article.body = '<p><a href="/another-port/">x</a> <a href="/nowhere/">y</a></p>'
    article.save(update_fields=["stage"])
    assert Link.objects.of(article).filter(article=port).exists()
    article.save()
    assert [(link.path, link.article) for link in Link.objects.of(article).order_by("path")] == [
        ("/another-port/", other),
        ("/nowhere/", None),
    ]


def test_a_save_costs_the_same_for_one_link_and_for_fifty(django_assert_max_num_queries):
    """And a text without links asks nothing about addresses."""
    for number in range(50):
        make.article(slug=f"target-{number}")
    article = linking("/target-0/")
    with django_assert_max_num_queries(17) as one:
        article.save()
    article.body = linking(*(f"/target-{number}/" for number in range(50))).body
    article.save()
    with django_assert_max_num_queries(len(one)):
        article.save()
    assert Link.objects.of(article).count() == 50


def test_a_changed_address_costs_the_same_for_two_links_and_for_fifty(
    django_assert_max_num_queries,
):
    """A hundred texts are written with one statement, and every other link in them stays."""
    few, many = make.article(slug="few"), make.article(slug="many")
    for number in range(50):
        linking("/few/" if number < 2 else "/nowhere/", "/many/", "/elsewhere/")
    few.slug, many.slug = "few-2", "many-2"
    with django_assert_max_num_queries(26) as one:
        few.save()
    with django_assert_max_num_queries(len(one)):
        many.save()
    assert Article.objects.filter(body__contains="/many-2/").count() == 50
    assert Article.objects.filter(body__contains='"/elsewhere/">').count() == 50
    assert Link.objects.filter(path="/many-2/", article=many).count() == 50


def test_the_key_is_not_told_to_readers(port, client):
    """It is in the database, not on the page."""
    article = linking("/the-port/")
    assert "data-article" in article.body
    page = client.get(article.get_absolute_url()).content.decode()
    assert '<a href="/the-port/">link</a>' in page
    assert "data-article" not in page


def test_prose_of_the_first_policy_gets_its_keys_from_resanitize(port):
    article = linking("/the-port/")
    typed = '<p><a href="/the-port/">x</a></p>'
    Article.objects.filter(pk=article.pk).update(body=typed, prose_policy=1)
    Link.objects.all().delete()
    call_command("resanitize")
    assert f'data-article="{port.pk}"' in body_of(article)
    assert Link.objects.to(port).count() == 1


def test_a_very_long_address_is_shortened_in_the_table_only():
    href = f"/{'x' * 400}/"
    assert len(path_of(href) or "") == 255
    assert href in linking(href).body
    assert without_target().count() == 1
