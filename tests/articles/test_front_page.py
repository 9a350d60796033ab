"""Which article stands at which place of the front page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from taggit.models import Tag

from articles import front_page
from articles.front_page import FrontPageLayout
from articles.models import Article, Format, Publication, Section, Slot
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def front(**when) -> FrontPageLayout:
    return front_page.arrange(Publication.objects.current(), Section.objects.in_menu(), **when)


def headlines(articles: list[Article]) -> list[str]:
    return [article.headline for article in articles]


def shown(page: FrontPageLayout) -> list[Article]:
    bands = [article for _, articles in page.bands for article in articles]
    return [*page.head, *page.latest, *page.quick, *bands]


def section(slug: str) -> Section:
    return Section.objects.get(slug=slug)


def test_without_a_version_the_newest_leads_and_each_section_has_its_band():
    """What nobody has arranged fills itself."""
    for number in range(1, 8):
        make.article(f"Newest {number}", minutes_ago=number)
    make.article("Of Africa", section=section("africa"), minutes_ago=900)
    page = front()
    assert headlines(page.head) == [f"Newest {number}" for number in range(1, 6)]
    assert headlines(page.latest) == ["Newest 6", "Newest 7", "Of Africa"]
    make.article("Older of Africa", section=section("africa"), minutes_ago=901)
    assert page.bands == []


def test_pins_stand_where_they_were_put_and_the_rest_closes_up_around_them():
    """The newest fill the places between."""
    for number in range(1, 6):
        make.article(f"Newest {number}", minutes_ago=number)
    pins = {
        "lead.1": make.article("Lead", minutes_ago=1000),
        "seconds.3": make.article("Third second", minutes_ago=900),
    }
    make.front_page(pins)
    assert headlines(front().head) == ["Lead", "Newest 1", "Newest 2", "Third second", "Newest 3"]
    assert headlines(front().latest) == ["Newest 4", "Newest 5"]


def test_no_article_stands_twice_on_the_page():
    """Pins, rules and rails leave out what stands elsewhere, pinned twice or not."""
    for one in Section.objects.all():
        for _ in range(16):
            make.article(section=one)
    twice = Article.objects.newest_first()[3]
    africa = section("africa")
    make.front_page(
        {
            "seconds.1": twice,
            "latest.2": twice,
            f"band-{africa.pk}.1": Article.objects.filter(section=africa).first(),
            "seconds.4": Slot(section=africa),
            "quick.5": Slot(section=africa),
        }
    )
    page = front()
    articles = shown(page)
    assert len(page.bands) == 9
    assert len(articles) == 5 + 5 + 5 + 9 * 4
    assert len({article.pk for article in articles}) == len(articles)
    assert page.head[1] == twice
    assert page.head[4].section == page.quick[4].section == africa


def test_a_place_follows_its_rule():
    """The newest of a section, of a format, with a tag, that stands nowhere else."""
    analysis = Format.objects.get(slug="analysis")
    for number in range(1, 7):
        make.article(f"Newest {number}", minutes_ago=number)
    for number in range(3):
        make.article(f"Ports {number}", tags=["ports"], minutes_ago=100 + number)
        make.article(f"Analysis {number}", format=analysis, minutes_ago=200 + number)
        make.article(f"Africa {number}", section=section("africa"), minutes_ago=300 + number)
    ports = Tag.objects.get(name="ports")
    make.front_page(
        {
            "lead.1": Slot(tag=ports),
            "seconds.1": Slot(format=analysis),
            "seconds.2": Slot(section=section("africa")),
            "seconds.3": Slot(tag=ports),
        }
    )
    assert headlines(front().head) == ["Ports 0", "Analysis 0", "Africa 0", "Ports 1", "Newest 1"]


def test_where_a_rule_finds_nothing_the_area_fills_the_place():
    make.article("Newest")
    make.front_page({"lead.1": Slot(section=section("africa"))})
    assert headlines(front().head) == ["Newest"]


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        ({}, True),
        ({"published_at": None}, False),
        ({"minutes": 5}, False),
        ({"embargo": 5}, False),
    ],
)
def test_a_pin_shows_only_what_is_public(state, stands):
    """Until then its place goes by its rule, and its words stand nowhere."""
    make.article("By rule", section=section("africa"), minutes_ago=500)
    soon = timezone.now() + timedelta(minutes=5)
    pinned = make.article("Pinned")
    if "published_at" in state:
        pinned.published_at = None
    if "minutes" in state:
        pinned.published_at = soon
    if "embargo" in state:
        pinned.embargoed_until = soon
    pinned.save()
    make.front_page({"lead.1": Slot(article=pinned, headline="Own", section=section("africa"))})
    assert headlines(front().head)[0] == ("Own" if stands else "By rule")
    assert ("Own" in headlines(shown(front()))) is stands


def test_a_pin_ends_by_itself(time_machine):
    """At its end the place goes by its rule; nobody has to do anything."""
    end = timezone.now() + timedelta(hours=2)
    make.article("Newest", minutes_ago=1)
    make.front_page({"lead.1": Slot(article=make.article("Pinned"), until=end)})
    assert headlines(front().head) == ["Pinned", "Newest"]
    assert headlines(front(at=end).head) == ["Newest", "Pinned"]
    time_machine.move_to(end)
    assert headlines(front().head) == ["Newest", "Pinned"]


def test_a_card_shows_its_own_words_and_picture_on_this_page_alone(client):
    """What is empty is the article's; its own page and the listings keep theirs."""
    article = make.article("Plain", deck="A deck", slug="plain", section=section("africa"))
    image = picture(alt="A card's picture")
    make.front_page({"lead.1": Slot(article=article, headline="Sharper", image=image)})
    lead = front().head[0]
    assert (lead.headline, lead.deck, lead.lead_image) == ("Sharper", "A deck", image)
    page = client.get("/").content.decode()
    assert "Sharper" in page
    assert "A card&#x27;s picture" in page
    for address in ("/plain/", "/section/africa/"):
        page = client.get(address).content.decode()
        assert "Plain" in page
        assert "Sharper" not in page
    article.refresh_from_db()
    assert article.headline == "Plain"


def test_an_article_that_came_by_rule_has_no_words_of_another():
    """The words belong to the pin, not to the place."""
    make.article("Newest", minutes_ago=1)
    hidden = make.article(minutes_ago=None)
    make.front_page({"lead.1": Slot(article=hidden, headline="Own", deck="Own")})
    assert (front().head[0].headline, front().head[0].deck) == ("Newest", "")


def test_what_a_slot_names_may_be_deleted():
    """The page stands, and the place goes by what is left of its slot."""
    tag = Tag.objects.create(name="ports", slug="ports")
    europe, analysis = section("europe"), Format.objects.get(slug="analysis")
    other = Section.objects.create(name="Short-lived", slug="short-lived")
    image = picture()
    make.article("Newest", minutes_ago=1)
    pinned = make.article("Pinned", minutes_ago=500)
    make.front_page(
        {
            "lead.1": Slot(article=pinned, image=image, section=europe),
            "seconds.1": Slot(format=analysis),
            "seconds.2": Slot(tag=tag),
            f"band-{other.pk}.1": Slot(article=pinned),
        }
    )
    for row in (image, tag, europe, analysis, other):
        row.delete()
    assert headlines(front().head) == ["Pinned", "Newest"]
    pinned.delete()
    assert headlines(front().head) == ["Newest"]
    assert Slot.objects.count() == 3


def test_a_section_that_left_the_menu_holds_nothing_back():
    """What was pinned in its band stands wherever the rules put it."""
    africa = section("africa")
    make.front_page({f"band-{africa.pk}.1": make.article("Pinned")})
    assert headlines(front().head) == []
    africa.in_menu = False
    africa.save()
    assert headlines(front().head) == ["Pinned"]


def test_a_page_whose_only_article_stands_in_a_band_shows_it(client):
    make.front_page({f"band-{section('africa').pk}.1": make.article("The only one")})
    page = client.get("/").content.decode()
    assert "The only one" in page
    assert "The first issue is being written" not in page


def test_a_section_without_articles_has_no_band():
    for number in range(20):
        make.article(section=section("africa"), minutes_ago=number)
    assert [section.slug for section, _ in front().bands] == ["africa"]


def test_the_second_rail_holds_the_newest_of_the_section_that_feeds_it():
    """LATEST is the newest of what stands neither at the head nor there."""
    for number in range(5):
        make.article(minutes_ago=number)
    make.article("Quick", section=section("qiosk"), minutes_ago=12)
    make.article("Slow", section=section("africa"), minutes_ago=11)
    assert headlines(front().quick) == ["Quick"]
    assert headlines(front().latest) == ["Slow"]
    Publication.objects.update(quick_takes=None)
    assert front().quick == []
    assert headlines(front().latest) == ["Slow", "Quick"]


def test_an_empty_magazine_has_an_empty_front_page(client):
    page = front()
    assert (page.head, page.bands, page.latest) == ([], [], [])
    assert client.get("/").status_code == 200


def test_a_front_page_that_uses_everything_asks_ten_times_at_most(
    client, django_assert_max_num_queries, monkeypatch
):
    """Old pins, rules of tags, quiet sections and pictures of cards included."""
    monkeypatch.setattr(front_page, "RECENT", 20)
    monkeypatch.setattr(front_page.RECENT_NOW, "made", {})
    tag = Tag.objects.create(name="ports", slug="ports")
    old = make.article("Old", minutes_ago=9_000, tags=["ports"])
    for number, one in enumerate(Section.objects.all()):
        for back in range(8):
            make.article(section=one, minutes_ago=number * 100 + back)
    make.front_page(
        {
            "lead.1": Slot(article=old, image=picture()),
            "seconds.1": Slot(tag=tag),
            "seconds.2": Slot(format=Format.objects.get(slug="analysis")),
        }
    )
    client.get("/")
    with django_assert_max_num_queries(10):
        page = client.get("/").content.decode()
    assert "Old" in page
    assert page.count('class="band"') == 9


def test_a_section_that_has_not_stirred_for_long_keeps_its_band_and_its_rail(monkeypatch):
    """Not among the newest articles of all, its own newest are fetched for it."""
    monkeypatch.setattr(front_page, "RECENT", 8)
    monkeypatch.setattr(front_page.RECENT_NOW, "made", {})
    for slug in ("africa", "qiosk"):
        for number in range(6):
            section = Section.objects.get(slug=slug)
            make.article(f"{slug} {number}", section=section, minutes_ago=500 + number)
    for number in range(8):
        make.article(section=Section.objects.get(slug="europe"), minutes_ago=number)
    page = front()
    africa = next(articles for section, articles in page.bands if section.slug == "africa")
    assert [article.headline for article in africa] == [f"africa {n}" for n in range(4)]
    assert [article.headline for article in page.quick] == [f"qiosk {n}" for n in range(5)]
