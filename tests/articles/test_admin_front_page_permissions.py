"""Two chiefs at the front page desk."""

import re
import threading

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from articles.models import Article, FrontPage, Slot
from articles.models.front_page import Place
from tests import make
from tests.articles.front_page_desk import PUBLISH, arranged, gesture, place_of, said, save, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(chief: Client) -> Client:
    """A second chief at the same desk."""
    user = User.objects.create_user("second", is_staff=True)
    user.groups.add(Group.objects.get(name="Chief"))
    client = Client()
    client.force_login(user)
    return client


def test_two_chiefs_move_different_things_and_both_stand(chief, other):
    """A gesture names the slot and not the place: it follows it wherever it went."""
    pins = {f"seconds.{n}": make.article(text) for n, text in enumerate("ABC", start=1)}
    make.front_page(pins)
    first, second = taken(chief, "seconds.1"), taken(other, "seconds.3")
    gesture(chief, move=first, to="lead.1")
    gesture(other, move=second, to="seconds.1")
    assert arranged() == {"lead.1": "A", "seconds.1": "C", "seconds.2": "B"}


def test_whoever_takes_hold_of_what_is_gone_is_told(chief, other):
    make.front_page({"lead.1": make.article()})
    held = taken(other, "lead.1")
    gesture(chief, clear=held)
    (sentence,) = gesture(other, move=held, to="seconds.1")
    assert "Somebody has emptied that place meanwhile." in sentence
    assert arranged() == {}


def test_two_chiefs_change_different_fields_of_a_card_and_both_are_kept(chief, other):
    """The second is told what came in from the first."""
    make.front_page({"lead.1": make.article()})
    first, second = place_of(chief, "lead.1"), place_of(other, "lead.1")
    save(chief, first, "lead.1", headline="By the first")
    (sentence,) = said(save(other, second, "lead.1", deck="By the second"))
    assert sentence == (
        "Lead is saved. chief changed there meanwhile, and it is kept: Headline on this page"
    )
    slot = FrontPage.objects.draft().slots.get()
    assert (slot.headline, slot.deck) == ("By the first", "By the second")


def test_two_chiefs_change_the_same_field_and_neither_text_is_lost(chief, other):
    """The second sees both, may insist, and the first's text is kept aside."""
    make.front_page({"lead.1": Slot(article=make.article(), headline="Before")})
    first, second = place_of(chief, "lead.1"), place_of(other, "lead.1")
    save(chief, first, "lead.1", headline="By the first")
    met = save(other, second, "lead.1", headline="By the second")
    assert met.context["form"].errors == {
        "headline": [
            "chief has put “By the first” here meanwhile. Save again to have yours instead."
        ]
    }
    assert "By the second" in met.content.decode()
    assert FrontPage.objects.draft().slots.get().headline == "By the first"
    html = met.content.decode()
    shown = re.search(r'name="initial-headline"[^>]*>\s*([^<]*)', html)
    value = re.search(r'name="initial-headline"[^>]*value="([^"]*)"', html)
    assert (value[1] if value else shown[1]) == "By the first"
    changes = {"headline": "By the second", "initial-headline": "By the first"}
    save(other, second, "lead.1", **changes)
    assert FrontPage.objects.draft().slots.get().headline == "By the second"
    aside = FrontPage.objects.get(stage=FrontPage.Stage.SET_ASIDE)
    assert aside.slots.get().headline == "By the first"


def test_nobody_publishes_an_arrangement_that_they_have_not_seen(chief, other):
    make.front_page({"seconds.1": make.article("A")}, minutes_ago=5)
    gesture(chief, down=taken(chief, "seconds.1"))
    seen = FrontPage.objects.draft().revision
    gesture(other, down=taken(other, "seconds.2"))
    (sentence,) = said(chief.post(PUBLISH, {"revision": seen, "_now": ""}, follow=True))
    assert sentence.startswith("second has changed the draft meanwhile. Nothing was published")
    assert arranged(FrontPage.objects.current()) == {"seconds.1": "A"}


@pytest.mark.django_db(transaction=True)
def test_many_gestures_at_once_leave_one_draft_with_all_of_them():
    """Ten chiefs pin ten articles in the same moment: one draft, every pin in it."""
    # The areas that there are whatever the sections and settings.
    places = [Place("lead", 1), *(Place("seconds", n) for n in range(1, 5))]
    places += [Place("latest", n) for n in range(1, 6)]
    articles = [make.article(f"Article {number}") for number in range(10)]
    user = User.objects.create_superuser("chief")
    problems: list[BaseException] = []

    def pin(place: Place, article: Article) -> None:
        try:
            client = Client()
            client.force_login(user)
            gesture(client, move=f"//{article.pk}", to=str(place))
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    make.front_page()
    threads = [
        threading.Thread(target=pin, args=pair) for pair in zip(places, articles, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(arranged().values()) == sorted(article.headline for article in articles)
    assert FrontPage.objects.draft().revision == 10
