"""Where links within the magazine lead."""

import pytest

from articles.link_check import faults, own_path
from articles.models import Article, Page, Redirect, Series
from tests import make

pytestmark = pytest.mark.django_db

NOTHING = "Nothing has this address."
NEWSROOM = "It leads into the newsroom, where readers cannot go."


def hidden(name: str) -> str:
    return f"It leads to what readers cannot see: “{name}”."


@pytest.fixture
def rows(settings) -> None:
    settings.SITE_URL = "https://magazine.example"
    live = make.article("Live", slug="live", tags=["Häfen"], authors=[make.author(slug="ada")])
    make.article("Draft", slug="draft", minutes_ago=None)
    make.article("Soon", slug="soon", minutes_ago=-60)
    withdrawn = make.article("Withdrawn", slug="withdrawn")
    withdrawn.withdraw()
    Page.objects.create(title="Secret", slug="secret", is_public=False)
    Redirect.objects.set_target("/2019/05/old/", live)
    Redirect.objects.set_target("/older/", Article.objects.get(slug="draft"))
    Redirect.objects.set_target("/once/", Series.objects.create(name="Plans", slug="plans"))
    make.article("Kept", minutes_ago=None, tags=["kept"], authors=[make.author("Ida", slug="ida")])
    Redirect.objects.create(old_path="/moved/", external_url="https://other.example/")


JUDGED = [
    ("/", None),
    ("/live/", None),
    ("/LIVE", None),
    ("/Live/", None),
    ("/live/?utm_source=x#rest", None),
    ("/live/rest/", None),
    ("https://magazine.example/live/", None),
    ("HTTP://MAGAZINE.EXAMPLE", None),
    ("/about/", None),
    ("/section/africa/", None),
    ("/author/ada/", None),
    ("/tag/h%C3%A4fen/", None),
    ("/2019/05/old/", None),
    ("/moved/", None),
    ("/static/x.css", None),
    ("/media/pictures/x.jpg", None),
    ("/newsletter/subscribed/", None),
    ("#note", None),
    ("mailto:x@example.org", None),
    ("https://other.example/gone/", None),
    ("//other.example/gone/", None),
    ("http://[broken", None),
    ("/gone/", NOTHING),
    ("https://magazine.example/gone/", NOTHING),
    ("/draft/", hidden("Draft")),
    ("/soon/", hidden("Soon")),
    ("/withdrawn/", hidden("Withdrawn")),
    ("/secret/", hidden("Secret")),
    ("/older/", hidden("Draft")),
    ("/once/", hidden("Plans")),
    ("/series/plans/", hidden("Plans")),
    ("/tag/kept/", hidden("kept")),
    ("/author/ida/", hidden("Ida")),
    ("/section/gone/", NOTHING),
    ("/author/gone/", NOTHING),
    ("/format/gone/", NOTHING),
    ("/series/gone/", NOTHING),
    ("/tag/gone/", NOTHING),
    ("/no/such/form/", NOTHING),
    ("/a%00b/", NOTHING),
    ("/admin/articles/article/", NEWSROOM),
]


@pytest.mark.parametrize(("href", "fault"), JUDGED)
def test_a_link_within_the_magazine_is_judged_by_what_a_reader_would_find(rows, href, fault):
    """Other sites are not judged here."""
    assert faults([href]).get(href) == fault


OLD_ADDRESSES = ("/2019/05/old/", "/moved/")


def test_all_links_are_judged_together(rows, django_assert_num_queries):
    """In one query for those that lead to a row, and another for what may be old addresses."""
    standing = [href for href, fault in JUDGED if not fault and href not in OLD_ADDRESSES]
    with django_assert_num_queries(1):
        assert faults(standing) == {}
    with django_assert_num_queries(2):
        found = faults(href for href, _ in JUDGED)
    assert found == {href: fault for href, fault in JUDGED if fault}
    assert len(found) == 19


def test_a_text_without_own_links_asks_nothing(rows, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert faults(["https://other.example/", "#x", "mailto:a@b.example"]) == {}


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/a/b/?c#d", "/a/b/"),
        ("https://magazine.example", "/"),
        ("https://magazine.example.evil.example/x/", None),
        ("https://magazine.example@evil.example/x/", None),
        ("//evil.example/x/", None),
        ("ftp://magazine.example/x/", None),
    ],
)
def test_whose_address_it_is(settings, href, path):
    settings.SITE_URL = "https://magazine.example"
    assert own_path(href) == path
