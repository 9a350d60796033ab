"""Versions of the front page: publishing, scheduling, undoing."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from articles.models import Article, FrontPage, Section
from tests import make
from tests.articles.front_page_desk import DESK, arranged, gesture, publish, said

pytestmark = pytest.mark.django_db


def test_a_draft_is_published_at_once(chief):
    """With a note; the log says who did it. There is no draft then."""
    gesture(chief, move=f"//{make.article('Lead').pk}", to="lead.1")
    publish(chief, _now="", note="New lead")
    current = FrontPage.objects.current()
    assert arranged(current) == {"lead.1": "Lead"}
    assert (current.note, current.changed_by.username) == ("New lead", "chief")
    assert FrontPage.objects.draft() is None
    assert "Published." in LogEntry.objects.get().change_message
    (sentence,) = said(publish(chief, _now=""))
    assert "no draft any more" in sentence


def test_a_draft_is_published_at_its_time_by_itself(chief, time_machine):
    """A rule read at each request; until then it can be cancelled, and is kept."""
    make.article("Newest", minutes_ago=1)
    gesture(chief, move=f"//{make.article('Evening', minutes_ago=99).pk}", to="lead.1")
    moment = timezone.localtime(timezone.now() + timedelta(hours=2)).replace(microsecond=0)
    publish(chief, at=moment.strftime("%Y-%m-%dT%H:%M:%S"))

    def first() -> str:
        return str(Client().get("/").context["front"].head[0].headline)

    assert first() == "Newest"
    html = chief.get(DESK).content.decode()
    assert "takes over" in html
    time_machine.move_to(moment)
    assert first() == "Evening"


def test_a_scheduled_version_is_cancelled_and_kept(chief):
    scheduled = make.front_page({"lead.1": make.article("Evening")}, minutes_ago=-60)
    current = make.front_page()
    chief.post(f"{DESK}{scheduled.pk}/cancel/", follow=True)
    assert not FrontPage.objects.scheduled()
    (sentence,) = said(chief.post(f"{DESK}{current.pk}/cancel/", follow=True))
    assert "public already" in sentence
    chief.post(f"{DESK}{scheduled.pk}/bring-back/")
    assert arranged() == {"lead.1": "Evening"}


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("", "Say when."),
        ("2020-01-01T18:00", "That moment has passed."),
        ("soon", "Enter a valid date/time."),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_the_note_is_kept(chief, at, words):
    gesture(chief, move=f"//{make.article().pk}", to="lead.1")
    page = publish(chief, at=at, note="Careful words")
    assert words in " ".join(page.context["publish_form"].errors["at"])
    assert "Careful words" in page.content.decode()
    assert FrontPage.objects.draft() is not None


@pytest.mark.parametrize("at", ["2035-03-25T02:30", "2035-10-28T02:30"])
def test_a_time_that_the_clock_skips_or_repeats_is_refused_in_plain_words(chief, settings, at):
    """Nobody is to guess which of two moments was meant."""
    settings.TIME_ZONE = "Europe/Berlin"
    gesture(chief, move=f"//{make.article().pk}", to="lead.1")
    (sentence,) = publish(chief, at=at).context["publish_form"].errors["at"]
    assert "The clock skips" in sentence or "twice on that day" in sentence
    assert FrontPage.objects.draft() is not None


def test_undo_is_one_click_and_undoes_what_was_seen(chief):
    """A second click on the same version does not undo the undoing."""
    make.front_page({"lead.1": make.article("Before")}, minutes_ago=10)
    wrong = make.front_page({"lead.1": make.article("Wrong")})
    chief.post(f"{DESK}{wrong.pk}/undo/", follow=True)
    (sentence,) = said(chief.post(f"{DESK}{wrong.pk}/undo/", follow=True))
    assert "Another version has been published meanwhile." in sentence
    assert arranged(FrontPage.objects.current()) == {"lead.1": "Before"}
    assert "Undid" in LogEntry.objects.get().change_message


def test_a_draft_is_set_aside_and_can_be_brought_back(chief):
    gesture(chief, move=f"//{make.article('Begun').pk}", to="lead.1")
    draft = FrontPage.objects.draft()
    chief.post(f"{DESK}set-aside/")
    assert FrontPage.objects.draft() is None
    chief.post(f"{DESK}{draft.pk}/bring-back/")
    assert arranged() == {"lead.1": "Begun"}


def test_the_desk_asks_no_more_for_a_full_page_than_for_an_empty_one(
    chief, django_assert_max_num_queries
):
    """Slots, articles and versions are fetched together."""
    for one in Section.objects.all():
        for _ in range(6):
            make.article(section=one, authors=[make.author()])
    articles = list(Article.objects.all())
    areas = ["quick", "latest", *(f"band-{one.pk}" for one in Section.objects.all())]
    places = ["lead.1", *(f"{area}.{n}" for area in areas for n in range(1, 5))]
    for minutes in (9, 8, 7, -9):
        make.front_page(dict(zip(places, articles, strict=False)), minutes_ago=minutes)
    chief.get(DESK)
    with django_assert_max_num_queries(20):
        assert chief.get(f"{DESK}?q=headline").status_code == 200
