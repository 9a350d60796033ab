"""A picture leaves every public surface when its licence has ended, and what stands instead."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest
from lxml import html

from articles.models import Article, Format, Image, Page, Publication, Section, Series
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 5, 10)
MOMENTS = {
    "a month before": datetime(2026, 4, 10, 12, tzinfo=UTC),
    "the last minute of the last day": datetime(2026, 5, 10, 23, 59, tzinfo=UTC),
    "the first minute of the day after": datetime(2026, 5, 11, 0, 0, tzinfo=UTC),
}
GONE = "This picture is no longer shown: its licence has ended."


def parts(page: str, names: str) -> list[html.HtmlElement]:
    """The elements of these classes, each inside of one of the class before."""
    steps = [f'//*[contains(concat(" ", @class, " "), " {name} ")]' for name in names.split()]
    return html.fromstring(page).xpath("".join(steps))


def img(within: str, figure: str = "") -> Callable[[str], bool]:
    """Whether there is a picture in this part of a page; the part itself has to be there."""

    def found(page: str) -> bool:
        assert parts(page, within), within
        return any(part.xpath(".//picture//img") for part in parts(page, f"{within} {figure}"))

    return found


def rest(page: str) -> bool:
    (part,) = html.fromstring(page).xpath('//*[@id="rest"]')
    return bool(part.xpath(".//picture//img"))


def meta(page: str) -> bool:
    return bool(html.fromstring(page).xpath('//meta[@property="og:image"]'))


def data(page: str) -> bool:
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return "image" in json.loads(script)


class Surface(NamedTuple):
    address: str
    is_there: Callable[[str], bool]


SURFACES = {
    "lead of the front page": Surface("/", img("front__lead card")),
    "second on the front page": Surface("/", img("front__seconds card")),
    "band of the front page": Surface("/", img("band card")),
    "shared link to the front page": Surface("/", meta),
    "teaser in a section": Surface("/section/europe/", img("teaser__head")),
    "figure in a teaser": Surface("/section/europe/", img("teaser__prose", "figure")),
    "teaser under a format": Surface("/format/analysis/", img("teaser__head")),
    "teaser in a series": Surface("/series/letters/", img("teaser__head")),
    "teaser under a tag": Surface("/tag/ports/", img("teaser__head")),
    "teaser of an author": Surface("/author/ada-quill/", img("teaser__head")),
    "portrait of an author": Surface("/author/ada-quill/", img("listing", "listing__portrait")),
    "lead of an article": Surface("/article-0/", img("article", "article__lead")),
    "figure in an article": Surface("/article-0/", img("article__body", "figure")),
    "figure in the rest of an article": Surface("/article-0/", rest),
    "stream under an article": Surface("/article-0/", img("stream teaser__head")),
    "shared link to an article": Surface("/article-0/", meta),
    "structured data of an article": Surface("/article-0/", data),
    "what keep reading opens": Surface("/article-0/rest/", img("figure")),
    "figure on a static page": Surface("/about/", img("page prose", "figure")),
    "shared link to a static page": Surface("/about/", meta),
}


@pytest.fixture
def image(time_machine) -> Image:
    """One picture that stands wherever a picture can stand."""
    time_machine.move_to(datetime(2026, 4, 1, tzinfo=UTC), tick=False)
    image = picture(
        credit="Ada Quill", caption="A quay", licence="One month", licence_expires=LAST_DAY
    )
    figure = f'<figure data-image="{image.pk}"><figcaption>Low tide</figcaption></figure>'
    groups = {
        "section": Section.objects.get(slug="europe"),
        "format": Format.objects.get(slug="analysis"),
        "series": Series.objects.create(name="Letters", slug="letters"),
    }
    author = make.author("Ada Quill", slug="ada-quill", portrait=image)
    for number in range(12):
        make.article(
            slug=f"article-{number}",
            lead_image=image,
            lead_caption="Boats at rest",
            body=f"<p>One.</p>{figure}<p>Two.</p>{figure}<p>Three.</p>",
            authors=[author],
            tags=["ports"],
            **groups,
        )
    Publication.objects.update(sharing_image=image)
    about = Page.objects.get(slug="about")
    about.body = f"<p>Who we are.</p>{figure}"
    about.save()
    return image


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_picture_is_shown_until_the_end_of_the_last_day(client, image, time_machine, moment):
    """Every surface, read at the moment of the request: nothing is saved and no job runs."""
    time_machine.move_to(MOMENTS[moment], tick=False)
    pages = {address: client.get(address) for address, _ in SURFACES.values()}
    assert {page.status_code for page in pages.values()} == {200}
    shown = {
        name: surface.is_there(pages[surface.address].content.decode())
        for name, surface in SURFACES.items()
    }
    assert len(shown) == 20
    assert set(shown.values()) == {"day after" not in moment}, shown
    if "day after" in moment:
        for address, page in pages.items():
            names = [name for name in image.file_names if name in page.content.decode()]
            assert names == [], address


def test_what_stands_instead_is_said_where_a_text_would_miss_it(client, image, time_machine):
    """The lead goes with caption and credit; a figure keeps its caption and says why it is bare."""
    page = client.get("/article-0/").content.decode()
    assert "Boats at rest" in page
    assert "Top photo credit: Ada Quill" in page
    assert GONE not in page
    time_machine.move_to(MOMENTS["the first minute of the day after"], tick=False)
    page = client.get("/article-0/").content.decode()
    assert "Boats at rest" not in page
    assert "Ada Quill</span>" not in page
    assert "<picture" not in page
    figures = parts(page, "article__body figure")
    assert [" ".join(figure.text_content().split()) for figure in figures] == [
        f"Low tide {GONE}"
    ] * 2


def test_an_article_whose_lead_has_gone_is_shared_with_the_magazine_s_picture(
    client, image, time_machine
):
    """With the words of that picture, not with those of the lead."""
    other = picture((640, 480), alt="The masthead")
    Publication.objects.update(sharing_image=other)
    Article.objects.update(lead_alt="Two boats on sand")
    alt = re.compile(r'og:image:alt" content="([^"]*)"')
    assert alt.findall(client.get("/article-0/").content.decode()) == ["Two boats on sand"]
    time_machine.move_to(MOMENTS["the first minute of the day after"], tick=False)
    assert alt.findall(client.get("/article-0/").content.decode()) == ["The masthead"]


def test_a_day_ends_at_midnight_where_the_magazine_is(image, time_machine, settings):
    """On the evening of the last day in Auckland it is still noon in Greenwich."""
    settings.TIME_ZONE = "Pacific/Auckland"
    time_machine.move_to(datetime(2026, 5, 10, 11, 59, tzinfo=UTC), tick=False)
    assert image.may_be_shown()
    assert not Image.objects.licence_ended().exists()
    time_machine.move_to(datetime(2026, 5, 10, 12, 0, tzinfo=UTC), tick=False)
    assert not image.may_be_shown()
    assert Image.objects.licence_ended().get() == image


def test_the_end_of_a_licence_costs_no_query(
    client, image, time_machine, django_assert_num_queries
):
    """The day is on the row that a page reads anyway."""
    with django_assert_num_queries(17):
        client.get("/article-0/")
    time_machine.move_to(MOMENTS["the first minute of the day after"], tick=False)
    with django_assert_num_queries(17):
        client.get("/article-0/")


def test_an_article_s_own_words_for_its_lead_are_read_on_every_surface(client, image):
    """Page, card, teaser, shared link and structured data; without them the picture's own stand."""
    Article.objects.update(lead_alt="Two boats on sand")
    for address, count in {"/": 6, "/section/europe/": 10, "/article-0/": 1 + 3}.items():
        page = client.get(address).content.decode()
        pictures = [
            part for name in ("card", "teaser__head", "article__lead") for part in parts(page, name)
        ]
        alts = [img.get("alt") for part in pictures for img in part.xpath(".//picture//img")]
        assert alts == ["Two boats on sand"] * count, address
    page = client.get("/article-0/").content.decode()
    assert '"description": "Two boats on sand"' in page
    assert 'og:image:alt" content="Two boats on sand"' in page
    assert Article(lead_image=image).alt == image.alt
