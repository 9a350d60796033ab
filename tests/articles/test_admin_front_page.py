"""The front page desk: who may come near it, gestures, and the preview."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from articles.models import FrontPage, Slot
from tests import make
from tests.articles.front_page_desk import DESK, arranged, gesture, place_of, said, save, taken
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


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


def test_a_nul_in_a_search_is_left_out(chief):
    """PostgreSQL refuses it, wherever it is typed."""
    make.article("Ports at night")
    picture(alt="A harbour")
    make.author("Ada Lovelace")
    found = chief.get(f"{DESK}find/", {"term": "po\0rts"}).json()["results"]
    assert [row["text"][:14] for row in found] == ["Ports at night"]
    assert "Ports at night —" in chief.get(f"{DESK}?q=night%00").content.decode()
    assert chief.get("/admin/articles/image/pick/", {"q": "har\0bour"}).json()["pictures"]
    source = {"app_label": "articles", "model_name": "article", "field_name": "authors"}
    page = chief.get("/admin/autocomplete/", {**source, "term": "Love\0lace"})
    assert [row["text"] for row in page.json()["results"]] == ["Ada Lovelace"]


def test_a_place_is_let_go_and_its_words_are_kept_aside(chief):
    """It fills itself again; what was typed for the card can be brought back."""
    slot = Slot(article=make.article("Plain"), headline="Typed with care" + "!" * 225)
    make.front_page({"lead.1": slot})
    assert gesture(chief, clear=taken(chief, "lead.1")) == ["Lead fills itself again."]
    assert arranged() == {}
    aside = FrontPage.objects.get(stage=FrontPage.Stage.SET_ASIDE)
    assert aside.slots.get().headline.startswith("Typed with care!")
    aside.full_clean()


def test_what_is_pushed_out_is_named_and_can_be_brought_back(chief):
    """By a gesture and by the form of a place; what was typed for its card is kept with it."""
    pins = {f"seconds.{n}": make.article(f"Second {n}", minutes_ago=n) for n in range(1, 4)}
    last = Slot(article=make.article("Last"), headline="Sharper")
    lead = make.article("Lead", minutes_ago=90)
    make.front_page({**pins, "seconds.4": last, "lead.1": lead})
    (sentence,) = gesture(chief, move=taken(chief, "lead.1"), to="seconds.2")
    assert sentence.startswith("Seconds 2 is “Lead” now. “Sharper” was pushed out")
    assert arranged() == {
        "seconds.1": "Second 1",
        "seconds.2": "Lead",
        "seconds.3": "Second 2",
        "seconds.4": "Second 3",
    }
    aside = FrontPage.objects.get(stage=FrontPage.Stage.SET_ASIDE)
    assert str(aside) == "Before “Sharper” was pushed out"
    chief.post(f"{DESK}{aside.pk}/bring-back/")
    assert arranged()["seconds.4"] == "Last"
    assert arranged()["lead.1"] == "Lead"
    page = save(chief, place_of(chief, "lead.1"), "lead.1", place="seconds.1")
    assert "“Sharper” was pushed out" in said(page)[0]
    assert arranged()["seconds.1"] == "Lead"


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
