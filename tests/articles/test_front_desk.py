"""The front page desk: gestures, the form of a place, preview, publication, and two chiefs."""

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from taggit.models import Tag

from articles.models import Article, FrontPage, Section, Slot
from articles.models.front import Place
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db
DESK = "/admin/articles/frontpage/"
PUBLISH = f"{DESK}publish/"


def arranged(page: FrontPage | None = None) -> dict[str, str]:
    """The draft's pins by their places."""
    page = page or FrontPage.objects.draft()
    assert page is not None
    return {
        str(place): slot.article.headline for place, slot in page.by_place.items() if slot.article
    }


def gesture(client: Client, **sent: str) -> list[str]:
    """Send one, and read what the desk says."""
    page = client.post(f"{DESK}arrange/", sent, follow=True)
    return said(page)


def said(page: HttpResponse) -> list[str]:
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def taken(client: Client, place: str) -> str:
    """What the desk's buttons at this place send."""
    html = client.get(DESK).content.decode()
    found = re.search(rf'data-place="{re.escape(place)}" data-taken="([^"]*)"', html)
    assert found, place
    return found[1]


def sent_by(page: HttpResponse, **changes: object) -> dict[str, object]:
    """What a browser would send of the form of a place, with what was shown beside it."""
    form = page.context["form"]
    data: dict[str, object] = {"key": page.context["key"]}
    for field in form:
        value = field.value()
        shown = field.field.widget.format_value(field.field.prepare_value(value))
        shown = (shown[0] if shown else "") if isinstance(shown, list) else shown
        data[field.html_name] = "" if shown is None else shown
        if field.field.show_hidden_initial:
            data[field.html_initial_name] = data[field.html_name]
    return {**data, **changes}


def place_of(client: Client, place: str) -> HttpResponse:
    return client.get(f"{DESK}place/{place}/")


def save(client: Client, page: HttpResponse, at: str, **changes: object) -> HttpResponse:
    return client.post(f"{DESK}place/{at}/", sent_by(page, **changes), follow=True)


def publish(client: Client, **sent: object) -> HttpResponse:
    draft = FrontPage.objects.draft()
    return client.post(PUBLISH, {"revision": draft.revision if draft else 0, **sent}, follow=True)


@pytest.fixture
def other(chief: Client) -> Client:
    """A second chief at the same desk."""
    user = User.objects.create_user("second", is_staff=True)
    user.groups.add(Group.objects.get(name="Chief"))
    client = Client()
    client.force_login(user)
    return client


# Who may


def test_nobody_but_a_chief_gets_near_the_desk(client):
    """Neither by a page nor by a POST; nothing is changed by trying."""
    version = make.front_page({"lead.1": make.article()}, minutes_ago=5)
    scheduled = make.front_page(minutes_ago=-5)
    gets = ["", "find/", "preview/", "place/lead.1/", f"{version.pk}/change/"]
    posts = ["arrange/", "publish/", "set-aside/", "place/lead.1/", f"{version.pk}/undo/"]
    posts += [f"{scheduled.pk}/cancel/", f"{version.pk}/bring-back/"]
    for group in ("Writer", "Editor"):
        user = User.objects.create_user(group.lower(), is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        assert "Front page" not in client.get("/admin/").content.decode()
        for address in gets:
            assert client.get(DESK + address).status_code == 403, address
        for address in posts:
            assert client.post(DESK + address).status_code == 403, address
    assert list(FrontPage.objects.order_by("pk")) == [version, scheduled]


def test_a_get_changes_nothing(chief):
    """Looking begins no draft, and what changes something takes a POST only."""
    version = make.front_page({"lead.1": make.article()})
    for address in ("", "?at=2030-01-01T18:00", "?q=head", "preview/", "place/lead.1/", "find/"):
        assert chief.get(DESK + address).status_code == 200, address
    for address in ("arrange/", "publish/", "set-aside/", f"{version.pk}/undo/"):
        assert chief.get(DESK + address).status_code == 405, address
    assert FrontPage.objects.get() == version


# Gestures


def test_the_first_change_begins_a_draft_and_readers_see_nothing_of_it(chief, client):
    for text in ("A", "B"):
        make.article(text)
    make.front_page({"seconds.1": make.article("C"), "seconds.2": make.article("D")})
    assert gesture(chief, down=taken(chief, "seconds.1")) == ["Seconds 2 is “C” now."]
    assert arranged() == {"seconds.1": "D", "seconds.2": "C"}
    assert arranged(FrontPage.objects.current()) == {"seconds.1": "C", "seconds.2": "D"}
    gesture(chief, up=taken(chief, "seconds.2"))
    assert arranged() == {"seconds.1": "C", "seconds.2": "D"}


def test_an_article_that_came_by_rule_is_pinned_where_it_is_moved(chief):
    """Taking hold of it means: this one, there. Or: this one stays here."""
    for number in range(1, 6):
        make.article(f"Newest {number}", minutes_ago=number)
    gesture(chief, move=taken(chief, "seconds.2"), to="lead.1")
    assert arranged() == {"lead.1": "Newest 3"}
    gesture(chief, pin=taken(chief, "seconds.1"))
    assert arranged() == {"lead.1": "Newest 3", "seconds.1": "Newest 1"}
    gesture(chief, down=taken(chief, "seconds.2"))
    assert arranged()["seconds.3"] == "Newest 2"


def test_a_found_article_is_pinned_whatever_its_state(chief):
    """The search shows drafts and scheduled ones, and says what they are."""
    draft = make.article("Ports at night", minutes_ago=None)
    make.article("Ports by day", minutes_ago=-60)
    found = chief.get(f"{DESK}find/", {"term": "ports"}).json()["results"]
    assert [row["text"].split(" — ")[1][:9] for row in found] == ["Scheduled", "Draft"]
    assert "Ports at night — Draft — not public" in chief.get(f"{DESK}?q=ports").content.decode()
    assert gesture(chief, move=f"//{draft.pk}", to="lead.1") == ["Lead is “Ports at night” now."]
    html = chief.get(DESK).content.decode()
    assert "“Ports at night” is not public at this moment: Draft — not public." in html


def test_a_place_is_let_go_and_its_words_are_kept_aside(chief):
    """It fills itself again; what was typed for the card can be brought back."""
    slot = Slot(article=make.article("Plain"), headline="Typed with care" + "!" * 225)
    make.front_page({"lead.1": slot})
    assert gesture(chief, clear=taken(chief, "lead.1")) == ["Lead fills itself again."]
    assert arranged() == {}
    aside = FrontPage.objects.get(stage=FrontPage.Stage.SET_ASIDE)
    assert aside.slots.get().headline.startswith("Typed with care!")
    aside.full_clean()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"up": "x", "down": "y"},
        {"up": "nowhere.1//"},
        {"up": "seconds.9//"},
        {"up": "seconds.1/no-key/"},
        {"up": "band-99999.1//"},
        {"move": "//1", "to": "seconds.7"},
        {"move": "//999999", "to": "lead.1"},
        {"clear": "lead.1//"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(chief, sent):
    """No draft is begun by it, and nothing breaks."""
    (sentence,) = gesture(chief, **sent)
    assert sentence.endswith(".")
    assert FrontPage.objects.draft() is None


# Two chiefs


def test_two_chiefs_move_different_things_and_both_stand(chief, other):
    """A gesture names the slot and not the place: it follows it wherever it went."""
    pins = {f"seconds.{n}": make.article(text) for n, text in enumerate("ABC", start=1)}
    make.front_page(pins)
    first, second = taken(chief, "seconds.1"), taken(other, "seconds.3")
    gesture(chief, move=first, to="lead.1")
    gesture(other, move=second, to="seconds.1")
    assert arranged() == {"lead.1": "A", "seconds.1": "C", "seconds.3": "B"}


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


# The form of a place


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


# Preview


def test_the_preview_shows_the_draft_at_the_chosen_moment(chief, client):
    """Scheduled pins, ends of pins, and the public page as it was."""
    now = timezone.now()
    coming = make.article("Coming", minutes_ago=-60)
    ending = Slot(article=make.article("Ending", minutes_ago=500), until=now + timedelta(hours=2))
    make.article("Newest", minutes_ago=1)
    make.front_page({"lead.1": coming, "seconds.1": ending}, minutes_ago=None)

    def head(**query: str) -> list[str]:
        page = chief.get(f"{DESK}preview/", query)
        return [article.headline for article in page.context["front"].head]

    def at(**later: int) -> str:
        return timezone.localtime(now + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%S")

    assert head() == ["Newest", "Ending"]
    assert head(at=at(minutes=70)) == ["Coming", "Ending", "Newest"]
    assert head(at=at(hours=3)) == ["Coming", "Newest", "Ending"]
    assert head(at="nonsense") == ["Newest", "Ending"]
    assert "Coming" not in Client().get("/").content.decode()


def test_the_preview_may_stand_in_the_desk_and_nowhere_else(chief):
    """Framed by ourselves only, kept by nobody, found by no search engine."""
    page = chief.get(f"{DESK}preview/")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self';" in f"{policy};"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    desk = chief.get(DESK)
    assert "frame-src 'self';" in f"{desk.headers['Content-Security-Policy']};"
    assert desk.headers["X-Frame-Options"] == "DENY"
    assert Client().get(f"{DESK}preview/").status_code == 302
    assert "frame-ancestors 'none'" in Client().get("/").headers["Content-Security-Policy"]


def test_a_version_is_looked_at_by_itself(chief):
    old = make.front_page({"lead.1": make.article("Old lead", minutes_ago=900)}, minutes_ago=50)
    make.front_page({"lead.1": make.article("New lead", minutes_ago=900)})
    page = chief.get(f"{DESK}{old.pk}/change/", follow=True)
    assert page.context["front"].head[0].headline == "Old lead"
    for key in ("0", "x", "999999"):
        assert chief.get(f"{DESK}preview/", {"version": key}).status_code == 404


def test_the_desk_warns_of_what_will_surprise(chief):
    """Pinned twice, ending soon, ended."""
    twice = make.article("Twice")
    now = timezone.now()
    make.front_page(
        {
            "lead.1": twice,
            "seconds.1": twice,
            "seconds.2": Slot(article=make.article("Soon"), until=now + timedelta(minutes=30)),
            "seconds.3": Slot(article=make.article("Past"), until=now - timedelta(minutes=30)),
        }
    )
    html = chief.get(DESK).content.decode()
    assert "“Twice” is pinned twice: it stands higher up already." in html
    assert "Falls away at " in html
    assert "The pin of “Past” ended at " in html


# Publication


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
