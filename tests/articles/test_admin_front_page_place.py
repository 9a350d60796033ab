"""The form of a place on the front page."""

import pytest
from taggit.models import Tag

from articles.models import FrontPage
from articles.models.front_page import Place
from tests import make
from tests.articles.front_page_desk import place_of, said, save, sent_by
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def test_a_place_takes_a_pin_with_words_an_end_and_a_rule(chief):
    """All that was typed is there when the form is opened again."""
    article, image = make.article("Pinned"), picture()
    Tag.objects.create(name="ports", slug="ports")
    page = save(
        chief,
        place_of(chief, "seconds.2"),
        "seconds.2",
        article=article.pk,
        headline="Two\nlines ",
        deck="A deck",
        image=image.pk,
        until="2999-01-01T18:00:00",
        tag="ports",
    )
    assert said(page) == ["Seconds 2 is saved."]
    slot = FrontPage.objects.draft().slots.get()
    assert (slot.article, slot.headline, slot.image) == (article, "Two lines", image)
    assert slot.place == Place("seconds", 2)
    again = place_of(chief, "seconds.2")
    assert sent_by(again)["tag"] == "ports"
    assert "2999-01-01T18:00:00" in again.content.decode()
    save(chief, again, "seconds.2", place="lead.1")
    assert FrontPage.objects.draft().slots.get().place == Place("lead", 1)


def test_a_form_that_says_nothing_leaves_the_place_to_itself(chief):
    make.front_page({"lead.1": make.article()})
    save(chief, place_of(chief, "lead.1"), "lead.1", article="")
    assert not FrontPage.objects.draft().slots.exists()


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"headline": "Own"}, "headline", "Only a pinned article has this."),
        ({"until": "2020-01-01T10:00"}, "until", "That moment has passed."),
        ({"tag": "no such tag"}, "tag", "There is no tag of this name."),
        ({"section": "1", "format": "1"}, "__all__", "Choose one rule"),
        ({"headline": "x" * 241}, "headline", "at most 240"),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(chief, typed, field, words):
    page = save(chief, place_of(chief, "lead.1"), "lead.1", **typed)
    assert words in " ".join(page.context["form"].errors[field])
    for value in typed.values():
        assert str(value) in page.content.decode()
    draft = FrontPage.objects.draft()
    assert not draft or not draft.slots.exists()


def test_a_place_that_is_none_is_not_found(chief):
    for place in ("lead.2", "seconds.0", "nowhere.1", "band-99999.1", "band-1", "x", "lead.x"):
        assert place_of(chief, place).status_code == 404, place
