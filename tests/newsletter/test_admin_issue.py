"""Writing an issue in the newsroom."""

from datetime import timedelta
from email import message_from_bytes
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from articles.models import Article, Section
from newsletter.admin.issue.form import MOST_ITEMS
from newsletter.approval import approve
from newsletter.mime import IssueMessage
from newsletter.models import Delivery, Issue, Letterhead, MailingList
from newsletter.models.subscribers import EXAMPLE_KEY
from tests import make
from tests.newsletter.issues import issue, ready, subscriber
from tests.newsroom import person

pytestmark = pytest.mark.django_db

LIST = "/admin/newsletter/issue/"
ADD = f"{LIST}add/"


@pytest.fixture
def chief(client):
    client.force_login(person("Chief"))
    return client


def at(made: Issue, page: str = "change") -> str:
    return f"{LIST}{made.pk}/{page}/"


def typed(made: Issue, **changes: object) -> dict[str, object]:
    """What a browser would send of the form of this draft."""
    items = list(made.items.all())
    data: dict[str, object] = {
        "seen": made.modified_at.isoformat(),
        "subject": made.subject,
        "preheader": made.preheader,
        "opening": made.opening,
        "is_in_archive": "on",
        "items-TOTAL_FORMS": len(items),
        "items-INITIAL_FORMS": len(items),
    }
    for number, item in enumerate(items):
        for name in ("position", "heading", "headline", "summary"):
            data[f"items-{number}-{name}"] = getattr(item, name)
        data[f"items-{number}-article"] = item.article_id
    return {**data, **changes}


def text(page) -> str:
    return " ".join(unescape(page.content.decode()).split())


def test_add_issue_opens_a_draft_with_the_articles_of_the_week(chief):
    """One list: there is nothing to ask but whether."""
    make.article("Ports", section=Section.objects.get(slug="europe"))
    assert "Weekly round-up" in text(chief.get(ADD))
    page = chief.post(ADD, follow=True)
    made = Issue.objects.get()
    assert page.redirect_chain == [(at(made), 302)]
    assert "A draft with 1 article is begun." in text(page)
    assert [item.heading for item in made.items.all()] == ["Europe"]
    assert made.created_by.username == "chief"


def test_where_there_are_several_lists_it_asks_which(chief):
    other = MailingList.objects.create(name="Breaking", slug="breaking")
    page = chief.post(ADD)
    assert "Choose the list that it is for." in text(page)
    assert not Issue.objects.exists()
    chief.post(ADD, {"list": other.pk})
    assert Issue.objects.get().list == other


def test_without_a_list_it_says_where_to_make_one(chief):
    MailingList.objects.all().delete()
    assert "/admin/newsletter/mailinglist/add/" in chief.get(ADD).content.decode()
    assert chief.post(ADD).status_code == 200
    assert not Issue.objects.exists()


def test_what_is_typed_is_saved_with_the_articles_in_their_order(chief):
    """Moved, rewritten, under other headings, one taken out, one added."""
    first, second, third, new = (make.article(name) for name in ("One", "Two", "Three", "Four"))
    made = issue(first, second, third)
    data = typed(made, subject=" Another\tsubject ", opening="<p>Hello<script>x</script></p>")
    data |= {
        "items-0-position": 3,
        "items-0-heading": "Asia",
        "items-1-is_out": "on",
        "items-2-position": 1,
        "items-2-headline": "Sharper",
        "items-3-article": new.pk,
        "items-3-position": 2,
        "items-TOTAL_FORMS": 4,
    }
    page = chief.post(at(made), {**data, "_continue": ""})
    assert page.headers["Location"] == at(made)
    made.refresh_from_db()
    assert (made.subject, made.opening) == ("Another subject", "<p>Hello</p>")
    assert [(str(item), item.heading, item.position) for item in made.items.all()] == [
        ("Sharper", "Europe", 1),
        ("Four", "", 2),
        ("One", "Asia", 3),
    ]
    assert LogEntry.objects.filter(change_message__contains="Changed.").exists()


def test_while_one_types_the_answer_is_what_stands_beside_the_form(chief):
    """Size, audience, checklist and the mark for the next save."""
    subscriber()
    made = issue(make.article("Ports"))
    page = chief.post(at(made), typed(made, subject="", _kept="1"))
    made.refresh_from_db()
    assert made.subject == ""
    assert f'data-mark="{made.modified_at.isoformat()}"' in page.content.decode()
    assert "<strong>1</strong> person on “Weekly round-up”" in text(page)
    assert "It has no subject." in text(page)
    assert "KB of 100" in text(page)
    assert "<form" not in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"subject": "s" * 151}, "at most 150 characters"),
        ({"items-0-headline": "h" * 241}, "at most 240 characters"),
        ({"items-0-position": "first"}, "whole number"),
        ({"joined_from": "2026-05-01T10:00:00", "joined_until": "2026-05-01T10:00:00"}, "Nobody"),
        ({"joined_from": "soon"}, "Enter a valid date/time"),
        ({"items-TOTAL_FORMS": "many"}, "ManagementForm data is missing"),
    ],
)
def test_what_cannot_be_stored_is_said_and_nothing_is_lost(chief, changes, complaint):
    """All that was typed stands in the form again; the draft is as it was."""
    made = issue(make.article("Ports"))
    data = typed(made, preheader="What I have just typed", **changes)
    page = chief.post(at(made), data)
    assert page.status_code == 422
    assert complaint in text(page)
    assert "What I have just typed" in text(page)
    made.refresh_from_db()
    assert made.preheader == "p" * 50


def test_an_article_stands_in_an_issue_once(chief):
    article = make.article("Ports")
    made = issue(article)
    again = {"items-TOTAL_FORMS": 2, "items-1-article": article.pk, "items-1-position": 2}
    page = chief.post(at(made), typed(made, **again))
    assert page.status_code == 422
    assert "An article stands in the issue twice." in text(page)


def test_the_most_that_an_issue_holds_is_saved_in_one_request(chief):
    """And one more is refused in words."""
    made = issue(*(make.article() for _ in range(MOST_ITEMS)))
    assert chief.post(at(made), typed(made)).status_code == 302
    made.refresh_from_db()
    more = {"items-TOTAL_FORMS": MOST_ITEMS + 1, f"items-{MOST_ITEMS}-article": make.article().pk}
    page = chief.post(at(made), typed(made, **more))
    assert page.status_code == 422
    assert f"at most {MOST_ITEMS} articles" in text(page)


def test_an_article_that_was_deleted_meanwhile_falls_out(chief):
    made = issue(make.article("Ports"), make.article("Grain"))
    data = typed(made)
    Article.objects.get(headline="Ports").delete()
    assert chief.post(at(made), data).status_code == 302
    assert [str(item) for item in made.items.all()] == ["Grain"]


def test_of_two_editors_the_later_is_shown_the_words_of_the_other(chief):
    """Nothing is stored; the own words stay in the form, and go in the other's place when saved
    once more."""
    made = issue(make.article("Ports"))
    mine = typed(made, subject="My subject", opening="<p>My opening</p>")
    theirs = typed(made, subject="Their subject", opening="<p>Their opening</p>")
    theirs["items-0-headline"] = "Their headline"
    assert chief.post(at(made), theirs).status_code == 302
    page = chief.post(at(made), mine)
    assert page.status_code == 409
    for words in ("Their subject", "Their opening", "Their headline", "My subject", "My opening"):
        assert words in text(page)
    made.refresh_from_db()
    assert made.subject == "Their subject"
    assert (
        chief.post(at(made), {**mine, "seen": page.context["form"]["seen"].value()}).status_code
        == 302
    )
    made.refresh_from_db()
    assert made.subject == "My subject"


def test_who_types_on_after_the_approval_is_told(chief):
    """The approved mail stays; the words are not thrown away in silence."""
    made = ready()
    mine = typed(made, subject="Too late")
    approve(made, User.objects.get(username="chief"))
    page = chief.post(at(made), mine)
    assert page.status_code == 409
    assert "no longer a draft" in text(page)
    assert "Too late" in text(page)
    made.refresh_from_db()
    assert made.subject == "The week in straits"


@pytest.mark.parametrize("mark", ["", "yesterday", "2026-13-45", "2020-01-01T00:00:00+00:00"])
def test_a_mark_that_no_form_of_ours_wrote_saves_nothing(chief, mark):
    made = issue(make.article())
    assert chief.post(at(made), typed(made, subject="Other", seen=mark)).status_code == 409
    made.refresh_from_db()
    assert made.subject == "The week in straits"


def test_articles_are_searched_and_added_without_script_too(chief):
    """Public ones alone; each once, at the end, under its section."""
    made = issue(make.article("Ports"))
    new = make.article("Grain at dawn", section=Section.objects.get(slug="africa"))
    make.article("Grain at night", minutes_ago=None)
    found = chief.get(at(made, "pick"), {"q": "GRAIN"})
    assert "Grain at dawn" in text(found)
    assert "Grain at night" not in text(found)
    assert "Grain at dawn" in text(chief.get(at(made), {"q": "dawn"}))
    assert "No public article" in text(chief.get(at(made, "pick"), {"q": "nothing\0"}))
    for _ in range(2):
        chief.post(at(made, "pick"), {"article": new.pk})
    assert [(str(item), item.heading) for item in made.items.all()] == [
        ("Ports", "Europe"),
        ("Grain at dawn", "Africa"),
    ]
    assert chief.post(at(made, "pick"), {"article": "x"}).status_code == 404


def test_the_preview_is_the_mail_under_a_policy_of_its_own(chief):
    """Nothing runs in it and nothing foreign is loaded; it stands in frames of our pages alone."""
    made = issue(make.article("Ports at night"))
    page = chief.get(at(made, "preview"), {"scheme": "dark"})
    assert "Ports at night" in text(page)
    assert "@media all" in page.content.decode()
    policy = page.headers["Content-Security-Policy"]
    assert sorted(part.split()[0] for part in policy.split("; ")) == [
        "default-src",
        "frame-ancestors",
        "img-src",
        "sandbox",
        "style-src",
    ]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-scripts" not in policy
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in page.headers["Cache-Control"]
    as_text = chief.get(at(made, "preview"), {"as": "text"})
    assert "Ports at night" in text(as_text)
    assert "'unsafe-inline'" not in chief.get(at(made)).headers["Content-Security-Policy"]


def test_a_test_goes_to_oneself_and_its_links_do_nothing(chief, settings):
    """Whatever the subject; to no subscriber."""
    subscriber()
    Letterhead.objects.current()
    Letterhead.objects.update(sender_name="The “Magazine” ﷽", reply_to="desk@example.org")
    User.objects.filter(username="chief").update(email="chief@example.org")
    made = issue(make.article("Ports"), subject="Ports 🚢 & مرحبا")
    page = chief.post(at(made, "test"), follow=True)
    assert "A test is on its way to chief@example.org." in text(page)
    (message,) = mail.outbox
    assert message.to == ["chief@example.org"]
    assert message.subject == "[Test] Ports 🚢 & مرحبا"
    assert message.reply_to == ["desk@example.org"]
    parsed = message.message()
    assert str(parsed["From"]).endswith(f"<{settings.NEWSLETTER_FROM}>")
    (html,) = message.alternatives
    assert made.marker not in html.content + message.body
    assert f"/newsletter/leave/{EXAMPLE_KEY}/" in html.content
    assert f"/newsletter/leave/{EXAMPLE_KEY}/" in message.body


def test_a_test_has_the_headers_of_the_mail_itself(chief):
    """All of them, in their order, from the same sender; each test is a mail of its own."""
    User.objects.filter(username="chief").update(email="chief@example.org")
    made = ready()
    for _ in range(2):
        chief.post(at(made, "test"))
    first, second = (message.message() for message in mail.outbox)
    approve(made, person("Editor"))
    wire = IssueMessage(made, Letterhead.objects.current()).mail(
        1, "a@b.example", "k" * 32, timezone.now()
    )
    real = message_from_bytes(wire.content)
    assert first.keys() == real.keys()
    assert first["Message-ID"] != second["Message-ID"]
    assert first["List-Unsubscribe"] == real["List-Unsubscribe"].replace("k" * 32, EXAMPLE_KEY)
    differ = {name for name in first if first[name] != real[name]}
    assert differ - {"Date"} == {"To", "Message-ID", "Subject", "List-Unsubscribe"}


def test_who_has_no_address_is_told_so(chief):
    made = issue(make.article("Ports"))
    assert "no mail address" in text(chief.post(at(made, "test"), follow=True))
    assert mail.outbox == []


def test_a_relay_that_refuses_is_said(chief, settings):
    """Nothing listens on that port."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    User.objects.filter(username="chief").update(email="chief@example.org")
    page = chief.post(at(issue(make.article()), "test"), follow=True)
    assert "The test could not be sent" in text(page)


def test_the_list_shows_states_and_counts_in_few_queries(chief, django_assert_max_num_queries):
    """The same number for one issue and for twenty; long texts are not read."""
    by = User.objects.get(username="chief")

    def rows(number: int) -> None:
        for _ in range(number):
            made = ready(make.article())
            approve(made, by)
            made.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
            for place, state in enumerate(("sent", "sent", "failed")):
                Delivery.objects.create(issue=made, address=f"{made.pk}-{place}@e.org", state=state)

    rows(1)
    issue(subject="<b>Draft</b>")
    page = chief.get(LIST)
    assert "2 of 3" in text(page)
    assert "Draft — nobody gets it yet" in text(page)
    assert "&lt;b&gt;Draft" in page.content.decode()
    rows(19)
    with django_assert_max_num_queries(12):
        chief.get(LIST)
    assert text(chief.get(LIST, {"state": "draft"})).count("2 of 3") == 0


def test_the_form_costs_the_same_for_any_number_of_articles(chief, django_assert_max_num_queries):
    """Reading and saving."""
    made = issue(*(make.article(section=Section.objects.get(slug="europe")) for _ in range(40)))
    with django_assert_max_num_queries(40):
        chief.get(at(made))
    with django_assert_max_num_queries(40):
        chief.post(at(made), typed(made, _kept="1"))


def test_only_a_draft_is_deleted(chief):
    made = ready()
    approve(made, User.objects.get(username="chief"))
    assert chief.post(at(made, "delete"), {"post": "yes"}).status_code == 403
    draft = issue(make.article())
    assert chief.post(at(draft, "delete"), {"post": "yes"}).status_code == 302
    assert list(Issue.objects.all()) == [made]


@pytest.mark.parametrize("key", ["0", "x", "9" * 30])
def test_an_issue_that_is_none_is_not_found(chief, key):
    assert chief.get(f"{LIST}{key}/change/").status_code == 404


def test_the_first_page_names_drafts_and_what_goes_out_next(chief, client):
    """To those who may send; an editor is not bothered."""
    draft, coming = issue(subject="A draft"), ready(subject="Going out")
    approve(coming, User.objects.get(username="chief"), timezone.now() + timedelta(hours=2))
    page = text(chief.get("/admin/"))
    assert page.index("Going out") < page.index("A draft")
    assert at(draft) in chief.get("/admin/").content.decode()
    client.force_login(person("Editor"))
    assert "Going out" not in text(client.get("/admin/"))
