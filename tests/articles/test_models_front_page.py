"""Versions of the front page: which one readers see, and what a chief can do with them."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import FrontPage, Slot
from articles.models.front_page import Place
from tests import make
from tests.newsroom import person

pytestmark = pytest.mark.django_db
Stage = FrontPage.Stage


def laid_out(page: FrontPage) -> dict[str, str]:
    return {
        str(place): slot.article.headline for place, slot in page.by_place.items() if slot.article
    }


def draft_of(*headlines: str, area: str = "seconds") -> FrontPage:
    pins = {f"{area}.{number}": make.article(text) for number, text in enumerate(headlines, 1)}
    return make.front_page(pins, minutes_ago=None)


def test_readers_see_the_newest_version_whose_time_has_come(time_machine):
    """A rule that is read at each request: nothing has to run when the moment comes."""
    make.front_page(minutes_ago=20, note="Older")
    make.front_page(minutes_ago=10, note="Newer")
    make.front_page(minutes_ago=None, note="Draft")
    coming = make.front_page(minutes_ago=-60, note="Evening")
    assert FrontPage.objects.current().note == "Newer"
    assert FrontPage.objects.current(timezone.now() - timedelta(minutes=15)).note == "Older"
    assert FrontPage.objects.current(timezone.now() - timedelta(days=1)) is None
    assert list(FrontPage.objects.scheduled()) == [coming]
    time_machine.move_to(coming.published_at)
    assert FrontPage.objects.current().note == "Evening"


def test_there_is_one_draft_and_it_begins_as_what_is_public():
    chief = person("Chief")
    make.front_page({"lead.1": make.article("Public lead")})
    draft = FrontPage.objects.draft_for(chief)
    assert laid_out(draft) == {"lead.1": "Public lead"}
    assert FrontPage.objects.draft_for(chief) == draft
    with pytest.raises(IntegrityError), transaction.atomic():
        make.front_page(minutes_ago=None)


def test_within_an_area_the_others_make_room():
    """Up and down alike; a place that fills itself is simply taken."""
    draft = draft_of("A", "B", "C")
    slots = draft.by_place
    draft.put(slots[Place("seconds", 3)], Place("seconds", 1), Place("seconds", 3))
    assert laid_out(draft) == {"seconds.1": "C", "seconds.2": "A", "seconds.3": "B"}
    draft.put(slots[Place("seconds", 3)], Place("seconds", 4), Place("seconds", 1))
    assert laid_out(draft) == {"seconds.2": "A", "seconds.3": "B", "seconds.4": "C"}


def test_in_another_area_the_others_move_down_to_the_next_free_place():
    draft = draft_of("A", "B")
    lead = Slot(article=make.article("Lead"))
    assert draft.put(lead, Place("lead", 1)) is None
    draft.put(lead, Place("seconds", 1), Place("lead", 1))
    assert laid_out(draft) == {"seconds.1": "Lead", "seconds.2": "A", "seconds.3": "B"}


@pytest.mark.parametrize(
    ("row", "moved", "to", "expected"),
    [
        ("ABCD", "D", 1, "DABC"),
        ("ABCD", "A", 4, "BCDA"),
        ("ABCD", "A", 2, "BACD"),
        ("A-BC", "C", 1, "CAB-"),
        ("AB-C", "A", 4, "-BCA"),
        ("A--B", "B", 2, "AB--"),
        ("AB--", "N", 1, "NAB-"),
        ("A-BC", "N", 1, "NABC"),
        ("-ABC", "N", 2, "-NAB/C"),
        ("ABCD", "N", 4, "ABCN/D"),
        ("ABCD", "N", 1, "NABC/D"),
    ],
)
def test_what_is_put_in_pushes_the_others_as_far_as_the_next_free_place(row, moved, to, expected):
    """A letter is a pin and “-” fills itself; N comes from another area, after “/” stands what is
    pushed out. Nothing changes places with what is moved."""
    texts = [f"seconds.{number}" for number in range(1, 5)]
    pins = {text: make.article(name) for text, name in zip(texts, row, strict=True) if name != "-"}
    draft = make.front_page({**pins, "latest.1": make.article("N")}, minutes_ago=None)
    slot = next(one for one in draft.slots.all() if one.article.headline == moved)
    pushed_out = draft.put(slot, Place("seconds", to), slot.place)
    stand = laid_out(draft)
    found = "".join(stand.get(text, "-") for text in texts)
    assert found + (f"/{pushed_out.article.headline}" if pushed_out else "") == expected
    assert stand.get("latest.1") == (None if moved == "N" else "N")


def test_a_pin_from_outside_says_what_it_has_displaced():
    draft = draft_of("A", area="lead")
    displaced = draft.put(Slot(article=make.article("New")), Place("lead", 1))
    assert displaced.article.headline == "A"
    assert laid_out(draft) == {"lead.1": "New"}


def test_a_slot_keeps_all_it_says_and_its_key_wherever_it_goes():
    """Through a move, a publication, and coming back."""
    chief = person("Chief")
    until = timezone.now() + timedelta(hours=1)
    slot = Slot(article=make.article(), headline="Own", deck="Line", until=until)
    draft = make.front_page({"seconds.1": slot}, minutes_ago=None)
    draft.put(slot, Place("latest", 2), Place("seconds", 1))
    draft.publish(chief)
    again = draft.bring_back(chief).slots.get()
    assert again.content == slot.content
    assert again.key == slot.key
    assert again.place == Place("latest", 2)


def test_a_version_is_undone_by_publishing_the_one_before_again():
    """Undoing twice brings the first one back; every version stays in the list."""
    chief = person("Chief")
    make.front_page({"lead.1": make.article("First")}, minutes_ago=20)
    make.front_page({"lead.1": make.article("Second")}, minutes_ago=10)
    FrontPage.objects.current().undo(chief)
    assert laid_out(FrontPage.objects.current()) == {"lead.1": "First"}
    FrontPage.objects.current().undo(chief)
    assert laid_out(FrontPage.objects.current()) == {"lead.1": "Second"}
    assert FrontPage.objects.published().count() == 4


def test_the_first_version_is_undone_to_a_page_that_fills_itself():
    make.front_page({"lead.1": make.article()})
    FrontPage.objects.current().undo(person("Chief"))
    assert laid_out(FrontPage.objects.current()) == {}


def test_bringing_back_sets_the_draft_aside():
    """What a colleague had arranged is not lost, and readers see no change."""
    chief = person("Chief")
    old = make.front_page({"lead.1": make.article("Old")}, minutes_ago=20)
    current = make.front_page({"lead.1": make.article("Current")})
    draft = draft_of("Begun", area="lead")
    assert laid_out(old.bring_back(chief)) == {"lead.1": "Old"}
    draft.refresh_from_db()
    assert draft.stage == Stage.SET_ASIDE
    assert laid_out(draft) == {"lead.1": "Begun"}
    assert FrontPage.objects.current() == current


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": "lead", "position": 0},
        {"area": "band", "position": 2},
        {"area": "lead", "position": 2, "band_id": 1},
        {"area": "lead", "position": 2, "section_id": 1, "format_id": 1},
        {"area": "nowhere", "position": 2},
        {"area": "lead", "position": 1},
        {"area": "band", "position": 1, "band_id": 1},
        {"area": "lead", "position": 2, "key": uuid.UUID(int=1)},
    ],
)
def test_the_database_refuses_what_must_never_be(wrong):
    """Two slots at one place, one slot twice, two rules, a band of no section."""
    page = make.front_page({"lead.1": Slot(key=uuid.UUID(int=1)), "band-1.1": Slot()})
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(front_page=page, **wrong)


def test_a_version_is_released_exactly_when_it_has_a_moment():
    now = timezone.now()
    for stage, moment in ((Stage.DRAFT, now), (Stage.SET_ASIDE, now), (Stage.RELEASED, None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            FrontPage.objects.create(stage=stage, published_at=moment)
