"""The page on which articles go public."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Revision, Section
from tests import make
from tests.newsroom import change, person, picture

pytestmark = pytest.mark.django_db

SOON = "2199-05-03T18:00:00"
LATER = "2199-05-04T06:00:00"


def address(article: Article) -> str:
    return reverse("admin:articles_article_publish", args=[article.pk])


def send(client: Client, article: Article, **typed: str):
    """Open the page, choose, press the button."""
    seen = client.get(address(article)).context["seen"]
    return client.post(address(article), {"seen": seen, "when": "now", "act": "publish", **typed})


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def soon() -> str:
    """In an hour: nobody's session ends before."""
    return f"{timezone.now() + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"


def typed_by(user: User, article: Article, **changes: str) -> None:
    """A colleague opens the article, changes something and saves."""
    article = stored(article)
    newest = Revision.objects.newest(article)
    text = replace(newest.content, **changes)
    Revision.objects.save_revision(article, text, base=newest.pk, by=user)


def told(answer) -> str:
    return " ".join(" ".join(map(str, found)) for found in answer.context["form"].errors.values())


@pytest.fixture
def draft() -> Article:
    return make.article("Ports", slug="ports", minutes_ago=None)


@pytest.fixture
def live(db: None) -> Article:
    """A public article with a change that is not."""
    article = make.article("Ports", slug="ports")
    typed_by(User.objects.create_user("ana"), article, headline="Ports again")
    return article


def test_publish_now(editor, draft):
    answer = send(editor, draft, note="At last")
    assert answer.url == change(draft)
    article = stored(draft)
    assert article.is_public
    assert article.stage == "ready"
    newest = article.revisions.numbered()[0]
    assert (newest.kind, newest.note, newest.made_by.username) == ("published", "At last", "editor")
    assert LogEntry.objects.get().change_message == "Published."


def test_publish_at_a_time_in_the_magazines_zone(editor, draft, settings):
    """It is public by itself when its time has come."""
    settings.TIME_ZONE = "America/New_York"
    page = editor.get(address(draft)).content.decode()
    assert "Time zone: America/New_York (now E" in page
    send(editor, draft, when="at", at="2199-07-01T18:00:00")
    assert stored(draft).published_at == datetime(2199, 7, 1, 22, tzinfo=UTC)
    assert not stored(draft).is_public
    assert LogEntry.objects.get().change_message == "Scheduled for 1 July 2199, 18:00 (EDT)."


def test_a_time_that_the_clock_repeats_is_asked_about_and_nothing_is_lost(
    editor, draft, settings, time_machine
):
    """The page comes back with the question, what was typed, and no change."""
    settings.TIME_ZONE = "Europe/Berlin"
    time_machine.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    sent = {"when": "at", "at": "2026-10-25T02:30:00", "note": "At night"}
    answer = send(editor, draft, **sent)
    html = answer.content.decode()
    assert "The clock shows 02:30 twice on that day." in html
    assert 'name="at_which"' in html
    assert 'value="At night"' in html
    assert stored(draft).published_at is None
    assert send(editor, draft, **sent, at_which="2").status_code == 302
    assert stored(draft).published_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"when": "at"}, "Say when."),
        ({"when": "at", "at": "2020-01-01T10:00:00"}, "That is past: publish now, or choose"),
        ({"when": "at", "at": "tomorrow"}, "Enter a valid date/time."),
        ({"when": "never"}, "not one of the available choices"),
        ({"embargoed_until": SOON}, "as it is. It is under embargo until 3 May 2199, 18:00 (UTC)."),
        ({"note": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_words(editor, draft, typed, sentence):
    answer = send(editor, draft, **typed)
    assert sentence in told(answer)
    assert stored(draft).published_at is None
    assert stored(draft).embargoed_until is None
    assert not LogEntry.objects.exists()


def test_what_is_typed_beside_now_is_not_asked_for(editor, draft):
    """The box for a time may hold anything."""
    assert send(editor, draft, at="nonsense").status_code == 302
    assert stored(draft).is_public


def test_a_refusal_stands_in_the_checklist_beside_it_too(editor, draft):
    """With the embargo that was chosen, not with the one that is stored."""
    page = send(editor, draft, embargoed_until=SOON)
    assert page.context["blocking"] == 1
    assert "id_embargoed_until" in page.content.decode()
    assert send(editor, draft, embargoed_until="").status_code == 302


def test_nothing_that_is_to_come_is_said_twice(editor, draft):
    """One sentence names the moment: of an article, of an embargo, of a change."""
    live = make.article("Wheat")
    typed_by(User.objects.create_user("ana"), live, deck="Again")

    def said(article, **typed) -> str:
        send(editor, article, **typed)
        (message,) = editor.get(change(article)).context["messages"]
        return str(message)

    assert said(draft, when="at", at=SOON) == "“Ports”: Scheduled for 3 May 2199, 18:00 (UTC)."
    assert said(draft, when="at", at=SOON, embargoed_until=LATER) == (
        "“Ports”: Embargoed until 4 May 2199, 06:00 (UTC), which is later than the time that was "
        "chosen."
    )
    assert said(live, when="at", at=SOON) == (
        "“Wheat”: Change scheduled for 3 May 2199, 18:00 (UTC)."
    )
    assert said(draft, act="unschedule") == "“Ports”: No longer scheduled. Ready — not public."


def test_the_page_leads_to_what_is_different(editor, live):
    """From what readers see to the working copy."""
    html = editor.get(address(live)).content.decode()
    query = f"../compare/?a={stored(live).live_revision_id}&amp;b={stored(live).working_copy_id}"
    assert query in html
    answer = editor.get(f"{address(live)}{query.replace('&amp;', '&')}".replace("publish/../", ""))
    assert answer.status_code == 200


def test_an_embargo_holds_a_scheduled_article_back(editor, draft, time_machine):
    """The page says when it will be public: at the later of the two moments."""
    answer = send(editor, draft, when="at", at=SOON, embargoed_until=LATER)
    assert answer.status_code == 302
    said = editor.get(address(draft)).context["state"]
    assert said == "Embargoed until 4 May 2199, 06:00 (UTC)"
    time_machine.move_to(datetime(2199, 5, 3, 19, tzinfo=UTC))
    assert not Article.objects.published().exists()
    time_machine.move_to(datetime(2199, 5, 4, 7, tzinfo=UTC))
    assert Article.objects.published().exists()


def test_the_time_of_a_scheduled_article_is_changed_or_taken_back(editor, draft):
    """The page opens with the time that is set; “Do not publish it” leaves a draft."""
    send(editor, draft, when="at", at=SOON)
    assert f'value="{SOON}"' in editor.get(address(draft)).content.decode()
    send(editor, draft, when="at", at=LATER)
    assert stored(draft).published_at == datetime(2199, 5, 4, 6, tzinfo=UTC)
    send(editor, draft, act="unschedule")
    article = stored(draft)
    assert (article.published_at, article.withdrawn_at) == (None, None)
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Scheduled for 3 May 2199, 18:00 (UTC).",
        "Scheduled for 4 May 2199, 06:00 (UTC).",
        "No longer scheduled.",
    ]


def test_the_embargo_of_an_article_whose_time_is_past_can_be_moved(editor):
    """Its publication keeps the moment that it has, to the microsecond."""
    article = make.article(embargoed_until=timezone.now() + timedelta(hours=1))
    at = stored(article).published_at
    sent = {"when": "at", "at": f"{at:%Y-%m-%dT%H:%M:%S}", "embargoed_until": SOON}
    assert send(editor, article, **sent).status_code == 302
    assert stored(article).published_at == at
    assert stored(article).embargoed_until == datetime(2199, 5, 3, 18, tzinfo=UTC)


def test_changes_of_a_public_article_go_out_now(editor, live):
    """“Updated” moves only if the editor says that the change is substantive."""
    page = editor.get(address(live))
    assert page.context["changed"] == ["Headline"]
    assert "embargoed_until" not in page.content.decode()
    send(editor, live)
    article = stored(live)
    assert (article.headline, article.updated_at) == ("Ports again", None)
    typed_by(User.objects.get(username="ana"), live, headline="Ports, again")
    send(editor, live, substantive="on")
    assert stored(live).updated_at
    assert {entry.change_message for entry in LogEntry.objects.all()} == {"Change published."}


def test_a_change_is_scheduled_and_dropped(editor, live):
    """The public text stays; the page says what will happen, and takes it back."""
    send(editor, live, when="at", at=SOON, substantive="on")
    article = stored(live)
    assert (article.headline, article.scheduled_is_substantive) == ("Ports", True)
    assert article.scheduled_at == datetime(2199, 5, 3, 18, tzinfo=UTC)
    html = editor.get(address(live)).content.decode()
    assert "on <strong>3 May 2199, 18:00 (UTC)</strong>" in html
    send(editor, live, act="drop")
    assert stored(live).scheduled_at is None
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Change scheduled for 3 May 2199, 18:00 (UTC).",
        "Scheduled change dropped.",
    ]


def test_a_public_article_without_unpublished_changes_has_nothing_to_publish(editor):
    article = make.article()
    page = editor.get(address(article)).content.decode()
    assert "Nothing waits to be published." in page
    assert 'value="publish"' not in page
    assert "nothing waits" in told(send(editor, article))


def test_what_blocks_is_refused_by_the_server_and_listed_with_its_remedy(editor, live):
    """Whatever button was pressed, for a draft as for a change of a public article."""
    about = make.article(minutes_ago=None)
    typed_by(User.objects.get(username="ana"), live, slug="about")
    assert "It cannot be published" in told(send(editor, live))
    html = send(editor, live).content.decode()
    assert "Another page has the address “about” already." in html
    assert "Choose another slug." in html
    assert f"{change(live)}#id_slug" in html
    Article.objects.filter(pk=about.pk).update(slug="admin")
    assert "It cannot be published" in told(send(editor, about))
    assert "It cannot be published" in told(send(editor, about, when="at", at=SOON))
    assert stored(live).slug == "ports"
    assert stored(about).published_at is None


def test_advice_does_not_keep_from_publishing(editor, draft):
    """No deck, no section: said, and no more than that."""
    assert "piece" in editor.get(address(draft)).context["summary"]
    assert Section.objects.exists()
    assert send(editor, draft).status_code == 302


def test_an_article_that_a_colleague_changed_meanwhile_is_shown_again(editor, draft):
    """Nothing that nobody has read goes out; the second click is about what is shown now."""
    seen = editor.get(address(draft)).context["seen"]
    typed_by(User.objects.create_user("ana"), draft, headline="Harbours")
    sent = {"seen": seen, "when": "at", "at": SOON}
    answer = editor.post(address(draft), sent)
    assert answer.status_code == 409
    assert "ana has changed it meanwhile" in answer.context["refusal"]
    html = answer.content.decode()
    assert "Harbours" in html
    assert f'value="{SOON}"' in html
    assert stored(draft).published_at is None
    again = editor.post(address(draft), {**sent, "seen": answer.context["seen"]})
    assert again.status_code == 302
    assert stored(draft).headline == "Harbours"


def test_an_article_that_a_colleague_published_meanwhile_is_not_published_twice(editor, draft):
    """In plain words, with who it was; the same for a time or a change that was set meanwhile."""
    other = Client()
    other.force_login(person("Chief"))
    seen = editor.get(address(draft)).context["seen"]
    send(other, draft)
    at = stored(draft).published_at
    answer = editor.post(address(draft), {"seen": seen, "when": "now"})
    assert "chief has published it meanwhile" in answer.context["refusal"]
    assert stored(draft).published_at == at
    typed_by(User.objects.create_user("ana"), draft, headline="Harbours")
    seen = editor.get(address(draft)).context["seen"]
    send(other, draft, when="at", at=SOON)
    answer = editor.post(address(draft), {"seen": seen, "when": "at", "at": LATER})
    assert answer.status_code == 409
    assert stored(draft).scheduled_at == datetime(2199, 5, 3, 18, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_press_the_button_at_once_one_publishes():
    """The others are told, and the article has one version that went public."""
    article = make.article(minutes_ago=None)
    user = person("Editor")
    page = Client()
    page.force_login(user)
    sent = {"seen": page.get(address(article)).context["seen"], "when": "now"}
    statuses = []

    def press() -> None:
        one = Client()
        one.cookies = page.cookies
        try:
            statuses.append(one.post(address(article), sent).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302, *[409] * 5]
    assert article.revisions.filter(kind="published").count() == 1


def test_what_became_public_meanwhile_is_not_unscheduled(editor, draft, time_machine):
    send(editor, draft, when="at", at=soon())
    seen = editor.get(address(draft)).context["seen"]
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    answer = editor.post(address(draft), {"seen": seen, "act": "unschedule"})
    assert "It is public by now." in told(answer)
    assert stored(draft).is_public


def test_a_change_that_is_due_is_public_before_anything_else_happens(editor, live, time_machine):
    """Nobody can drop it after its moment, though no reader has asked for a page since."""
    send(editor, live, when="at", at=soon())
    seen = editor.get(address(live)).context["seen"]
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    answer = editor.post(address(live), {"seen": seen, "act": "drop"})
    assert answer.status_code == 409
    assert stored(live).headline == "Ports again"


@pytest.mark.parametrize("act", ["publish", "drop", "unschedule"])
def test_only_those_who_may_publish_get_at_the_page(writer, act):
    """Not a writer, for an own draft neither; a GET changes nothing."""
    mine = make.article(minutes_ago=None, created_by=User.objects.get(username="writer"))
    scheduled = make.article(minutes_ago=-60)
    before = list(Article.objects.order_by("pk").values())
    for article in (mine, scheduled):
        assert writer.get(address(article)).status_code == 403
        assert writer.post(address(article), {"act": act, "when": "now"}).status_code == 403
    assert Client().post(address(mine)).status_code == 302
    assert list(Article.objects.order_by("pk").values()) == before


def test_looking_writes_nothing(editor, live, django_assert_max_num_queries):
    """And takes the same few queries whatever the article is."""
    rows = Revision.objects.count()
    with django_assert_max_num_queries(25):
        editor.get(address(live))
    assert Revision.objects.count() == rows
    assert editor.get(address(Article(pk=999999))).status_code == 404


# The checklist beside the form


def lines(client: Client, article: Article | None, session: str = ""):
    name = "admin:articles_article_checks"
    where = reverse(name, args=[article.pk] if article else [])
    return client.get(where, {"session": session})


def test_the_checklist_stands_beside_the_form(editor, draft):
    """With a link to each field, and to the page of publishing."""
    html = editor.get(change(draft)).content.decode()
    assert 'href="#id_deck"' in html
    assert address(draft) in html
    assert "Before publishing" in editor.get("/admin/articles/article/add/").content.decode()


def test_the_checklist_follows_what_a_person_has_typed(editor, draft):
    """Their own autosave of that form; else the working copy."""
    me = User.objects.get(username="editor")
    text = replace(Revision.objects.newest(draft).content, slug="admin")
    make.autosave(draft, text, by=me)
    make.autosave(None, text, session="new", by=me)
    assert "one of the magazine" in lines(editor, draft, "one").content.decode()
    assert "one of the magazine" in lines(editor, None, "new").content.decode()
    for article, session in ((draft, ""), (draft, "two"), (draft, "new"), (draft, "\0")):
        assert "one of the magazine" not in lines(editor, article, session).content.decode()
    assert "It has no headline." in lines(editor, None).content.decode()


def test_nobody_reads_what_somebody_else_has_typed(editor, draft):
    """Nor the checklist of an article that is not theirs to change."""
    ana = User.objects.create_user("ana")
    text = replace(Revision.objects.newest(draft).content, slug="admin")
    make.autosave(draft, text, by=ana)
    assert "one of the magazine" not in lines(editor, draft, "one").content.decode()
    writer = Client()
    writer.force_login(person("Writer"))
    assert lines(writer, draft).status_code == 403
    assert lines(writer, None).status_code == 200
    assert editor.post(reverse("admin:articles_article_checks")).status_code == 405


def test_one_rule_says_on_every_page_who_publishes_an_article(client, draft):
    """Who may publish but not change an article moves nothing of it, from the list and the calendar
    no more than from its own page."""
    user = User.objects.create_user("reader", is_staff=True)
    names = ["view_article", "publish_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    planned = make.article(minutes_ago=-60)
    before = planned.published_at
    assert client.get(address(draft)).status_code == 403
    move = reverse("admin:articles_article_move", args=[planned.pk, "scheduled"])
    assert client.post(move, {"day": "2199-05-03", "was": before.isoformat()}).status_code == 403
    for name in ("publish", "withdraw"):
        rows = {"action": name, "_selected_action": [draft.pk, planned.pk], "apply": "yes"}
        page = client.post("/admin/articles/article/", rows, follow=True)
        assert "You may not" in page.content.decode()
    assert stored(draft).published_at is None
    assert stored(planned).published_at == before


def test_what_cannot_be_published_is_refused_for_the_same_reason_on_every_page(editor):
    """The page and the list ask one rule."""
    lead = picture(credit="")
    article = make.article(minutes_ago=None, lead_image=lead)
    rows = {"action": "publish", "_selected_action": [article.pk], "apply": "yes"}
    for page in (send(editor, article), editor.post("/admin/articles/article/", rows, follow=True)):
        assert "The lead picture has no credit." in page.content.decode()
    assert stored(article).published_at is None
