"""What many pages have in common is made once for a version of the content."""

import pytest
from django.template import Context, Template

from articles import page_parts
from articles.models import Author, FrontPage, Publication, Section
from articles.page_parts import PageParts
from tests import make

pytestmark = pytest.mark.django_db

PAGES = ("/", "/section/europe/", "/section/africa/", "/one/", "/two/", "/about/", "/corrections/")


@pytest.fixture
def articles() -> None:
    europe, africa = (Section.objects.get(slug=slug) for slug in ("europe", "africa"))
    Publication.objects.update(quick_takes=europe)
    for slug, section in (("one", europe), ("two", africa)):
        make.article(slug=slug, section=section, tags=["ports"], authors=[make.author()])
    for number in range(12):
        make.article(section=(europe, africa)[number % 2], tags=["ports"])


def test_pages_are_the_same_whoever_made_their_parts(client, articles):
    """In whatever order they are asked for."""
    alone = {path: client.get(path).content for path in PAGES}
    for order in (PAGES, PAGES[::-1]):
        version = make.content_version()
        for path in (*order, *order):
            assert client.get(path, **version).content == alone[path], path


def test_the_second_page_of_a_version_asks_for_none_of_what_is_on_the_first(
    client, articles, django_assert_num_queries
):
    version = make.content_version()
    client.get("/one/", **version)
    # There is no article of this address, but a page.
    with django_assert_num_queries(2):
        client.get("/about/", **version)
    # The section, its page of keys, and the articles that are on no page yet with their bylines.
    with django_assert_num_queries(4):
        client.get("/section/europe/", **version)


def test_a_new_version_shows_every_change(client, articles):
    client.get("/about/", **make.content_version())
    Publication.objects.update(name="The Strait")
    Section.objects.filter(slug="africa").update(name="Afrika")
    make.article("Just out", minutes_ago=0)
    page = client.get("/about/", **make.content_version()).content.decode()
    for words in ("The Strait", "Afrika", "Just out"):
        assert words in page


def test_without_a_version_every_change_is_seen(client, articles):
    """As editors read, who go around the page cache."""
    client.get("/about/")
    Section.objects.filter(slug="africa").update(name="Afrika")
    assert "Afrika" in client.get("/about/").content.decode()


def test_each_section_is_the_current_one_on_its_own_pages_alone(client, articles):
    version = make.content_version()
    marks = {"/section/europe/": 'aria-current="page"', "/one/": 'aria-current="true"'}
    for path, mark in marks.items():
        for _ in range(2):
            menu = client.get(path, **version).content.decode().partition("</nav>")[0]
            assert menu.count("aria-current") == 1
            assert f'href="/section/europe/" {mark}' in menu
    for path in ("/about/", f"/author/{Author.objects.all()[0].slug}/"):
        menu = client.get(path, **version).content.decode().partition("</nav>")[0]
        assert "aria-current" not in menu


def test_words_of_a_pin_stand_on_the_front_page_alone(client, articles):
    one = make.article(
        "As it was written", slug="pinned", section=Section.objects.get(slug="asia-pacific")
    )
    assert FrontPage.objects.count() == 0
    make.front_page({"lead.1": make.Slot(article=one, headline="As it is pinned")})
    version = make.content_version()
    for _ in range(2):
        assert "As it is pinned" in client.get("/", **version).content.decode()
        listing = client.get("/section/asia-pacific/", **version).content.decode()
        assert "As it was written" in listing
        assert "As it is pinned" not in listing


def test_parts_of_many_keys_are_made_together_and_once():
    parts, asked = PageParts(1), []

    def make_them(keys: list[int]) -> dict[int, str]:
        asked.append(keys)
        return {key: f"part {key}" for key in keys}

    assert parts.get_many("card", [3, 1], make_them) == ["part 3", "part 1"]
    assert parts.get_many("card", [1, 2, 3], make_them) == ["part 1", "part 2", "part 3"]
    assert asked == [[3, 1], [2]]


def test_parts_stay_within_a_number(monkeypatch):
    monkeypatch.setattr(page_parts, "MOST", 5)
    parts = PageParts(1)
    for number in range(50):
        assert parts.get(number, lambda number=number: f"part {number}") == f"part {number}"
        assert len(parts.made) <= 5


def test_a_part_of_a_template_has_variants():
    template = Template("{% load parts %}{% part head word %}{{ word }} {{ other }}{% endpart %}")
    parts = PageParts(1)

    def rendered(word: str, other: int) -> str:
        return template.render(Context({"parts": parts, "word": word, "other": other}))

    assert rendered("a", 1) == "a 1"
    assert rendered("b", 2) == "b 2"
    assert rendered("a", 3) == "a 1"
