"""Watching an issue go out: what the page and the command say, and what a person decides there."""

import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter.models import Delivery, Issue, MailEvent, Relay
from newsletter.progress import progress_of
from tests.newsletter.bounced import issue
from tests.newsroom import person

pytestmark = pytest.mark.django_db

State = Delivery.State


@pytest.fixture
def sender(client: Client, settings) -> Client:
    settings.NEWSLETTER_SENDING = True
    client.force_login(person("Newsletter"))
    return client


def action_url(issue: Issue, act: str) -> str:
    return reverse("admin:newsletter_issue_action", args=[issue.pk, act])


def page_url(of: Issue, page: str = "watch", *keys: int) -> str:
    return reverse(f"admin:newsletter_issue_{page}", args=[of.pk, *keys])


def rows(of: Issue, **states: int) -> None:
    """So many deliveries in each state."""
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            issue=of,
            address=f"{state}{number}@example.org",
            state=state,
            finished_at=now if state in ("sent", "failed", "unknown") else None,
            error="said no" if state in ("failed", "deferred") else "",
            code=550 if state == "failed" else None,
        )
        for state, count in states.items()
        for number in range(count)
    )


def alive(**fields: object) -> None:
    Relay.objects.update_or_create(pk=1, defaults={"worker_seen_at": timezone.now(), **fields})


def test_the_numbers_add_up_and_the_time_left_follows_the_last_minute():
    sending = issue(prepared_at=timezone.now())
    rows(sending, sent=30, pending=60, deferred=5, failed=3, unknown=2)
    Delivery.objects.filter(state="sent", pk__gt=Delivery.objects.first().pk + 19).update(
        finished_at=timezone.now() - timedelta(minutes=5)
    )
    seen = progress_of(sending)
    assert (seen.total, seen.done, seen.left, seen.percent) == (100, 35, 65, 35)
    assert seen.last_minute == 25
    assert seen.time_left == timedelta(minutes=60 / 25)
    assert seen.time_left_in_words == "2\xa0minutes"
    assert seen.summary == "Sending: 30 % done."
    assert len(seen.errors) == 5


def test_a_hundred_is_said_when_nobody_is_left():
    sending = issue()
    rows(sending, sent=999, pending=1)
    assert progress_of(sending).percent == 99
    assert progress_of(issue()).percent == 0


@pytest.mark.parametrize(
    ("fields", "relay", "words"),
    [
        ({}, {}, []),
        ({}, {"worker_seen_at": None}, ["No worker has been seen: start"]),
        (
            {},
            {"backs_off_until": timezone.now() + timedelta(hours=1), "trouble": "421 too many"},
            ["The mail server rests until"],
        ),
        ({"state": "paused", "pause_reason": "Too many failures."}, {}, ["Too many failures."]),
        (
            {"state": "approved", "send_at": timezone.now() - timedelta(hours=1)},
            {},
            ["should have begun"],
        ),
        ({"state": "approved", "send_at": timezone.now() + timedelta(hours=1)}, {}, []),
        ({"state": "sent"}, {"worker_seen_at": None}, []),
    ],
)
def test_what_needs_an_eye_is_said(settings, fields, relay, words):
    settings.NEWSLETTER_SENDING = True
    alive(**relay)
    said = progress_of(issue(**fields)).warnings
    assert len(said) == len(words)
    for line, part in zip(said, words, strict=True):
        assert part in line


def test_that_sending_is_off_is_said(settings):
    settings.NEWSLETTER_SENDING = False
    assert "NEWSLETTER_SENDING" in progress_of(issue()).warnings[0]


def test_limits_are_shown_with_what_was_used(settings):
    settings.NEWSLETTER_RATES = ["10/s", "5000/h"]
    now = timezone.now()
    alive(hour_began=now - timedelta(minutes=5), hour_used=1200, second_began=now, second_used=3)
    assert progress_of(issue()).rates == ["3 of 10 in this second", "1200 of 5000 in this hour"]
    alive(hour_began=now - timedelta(hours=2), hour_used=1200)
    assert progress_of(issue()).rates[1] == "0 of 5000 in this hour"


def test_sixty_thousand_rows_are_counted_by_an_index_in_a_few_questions(
    django_assert_num_queries,
):
    sending = issue()
    rows(sending, sent=2_000, pending=1_000)
    Relay.objects.current()
    with django_assert_num_queries(5):
        progress_of(sending)
    plan = sending.deliveries.order_by().values_list("state").explain()
    assert connection.vendor == "postgresql" or "COVERING INDEX delivery_by_state" in plan


# The page


def test_the_page_shows_states_errors_and_who_is_in_doubt(sender, django_assert_max_num_queries):
    sending = issue(prepared_at=timezone.now())
    rows(sending, sent=8, pending=4, failed=2, unknown=1, deferred=1)
    alive()
    for name in ("watch", "watch_now"):
        with django_assert_max_num_queries(15):
            page = sender.get(page_url(sending, name))
        text = page.content.decode()
        for words in ("11 of 16 done", "unknown0@example.org", "550 said no", "seen just now"):
            assert words in text, (name, words)
        assert "no-store" in page.headers["Cache-Control"]
    assert "<html" not in text
    assert sender.post(page_url(sending)).status_code == 405


def test_the_page_of_an_issue_in_every_state_opens(sender):
    for state in Issue.State.values:
        page = sender.get(page_url(issue(state=state, send_at=timezone.now())))
        assert page.status_code == 200
        running = "data-running" in page.content.decode()
        assert running == (state in ("approved", "sending")), state


def test_long_lists_are_cut_and_say_so(sender):
    sending = issue()
    rows(sending, unknown=60, failed=60)
    page = sender.get(page_url(sending)).content.decode()
    assert page.count("Send again to unknown") == page.count("Send again to failed") == 50
    assert page.count("These are the first 50 of 60.") == 2


def test_it_is_paused_and_resumed_with_one_button_and_cancelled_after_a_question(sender):
    """And one comes back to this page, which says how it stands."""
    sending = issue()
    page = sender.get(page_url(sending)).content.decode()
    pause, cancel = action_url(sending, "pause"), action_url(sending, "cancel")
    assert f'formaction="{pause}"' in page
    assert f'href="{cancel}"' in page
    assert f'formaction="{cancel}"' not in page
    for act, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        assert sender.post(action_url(sending, act)).headers["location"] == page_url(sending)
        sending.refresh_from_db()
        assert sending.state == state
    page = sender.post(action_url(sending, "resume"), follow=True).content.decode()
    assert "nothing was done" in page
    assert LogEntry.objects.count() == 3


def test_who_is_in_doubt_is_sent_it_again_or_left(sender):
    sending = issue()
    rows(sending, unknown=2, sent=1)
    again, left = Delivery.objects.filter(state="unknown")
    sender.post(page_url(sending, "watch_delivery", again.pk), {"act": "again"})
    sender.post(page_url(sending, "watch_delivery", left.pk), {"act": "leave"})
    again.refresh_from_db()
    left.refresh_from_db()
    assert (again.state, left.state) == ("pending", "skipped")
    sent = Delivery.objects.get(state="sent")
    for act in ("again", "leave"):
        where = page_url(sending, "watch_delivery", sent.pk)
        page = sender.post(where, {"act": act}, follow=True)
        assert "Nothing was done" in page.content.decode()
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert LogEntry.objects.count() == 2
    assert "example.org" not in str(LogEntry.objects.values_list("change_message", flat=True))
    other = issue()
    assert sender.post(page_url(other, "watch_delivery", sent.pk), {}).status_code == 404


def test_the_doubtful_are_sent_again_or_left_all_at_once_as_far_as_a_filter_leaves_them(sender):
    """Asked first, with their number; of another issue none."""
    sending, other = issue(state="sent"), issue()
    rows(sending, unknown=12, failed=3, sent=2)
    rows(other, unknown=2)
    page = sender.get(page_url(sending), {"q": "UNKNOWN1"}).content.decode()
    assert "3 of 12 have “<bdi>UNKNOWN1</bdi>”" in page
    assert page.count("Send again to unknown") == 3
    where = page_url(sending, "watch_deliveries")
    chosen = {"act": "leave", "state": "unknown", "q": "unknown1"}
    assert "3 mails that may or may not have arrived" in sender.get(where, chosen).content.decode()
    assert sending.deliveries.filter(state="unknown").count() == 12
    sender.post(where, chosen)
    assert sending.deliveries.filter(state="skipped").count() == 3
    sending.refresh_from_db()
    assert sending.state == "sent"
    sender.post(where, {"act": "again", "state": "unknown"})
    sending.refresh_from_db()
    assert (sending.state, sending.deliveries.filter(state="pending").count()) == ("sending", 9)
    sender.post(where, {"act": "again", "state": "failed", "q": "said no"})
    assert sending.deliveries.filter(state="pending").count() == 12
    assert other.deliveries.filter(state="unknown").count() == 2
    assert LogEntry.objects.count() == 3
    for wrong in (
        {},
        {"act": "again", "state": "sent"},
        {"act": "leave", "state": "failed"},
        {**chosen, "q": "a\0b"},
    ):
        assert sender.post(where, wrong).status_code == 400
    assert sender.get(page_url(sending), {"q": "a\0b"}).status_code == 200


def test_all_that_was_refused_because_of_us_is_sent_again_at_once(sender):
    """Also what came back later; but nobody because of whose mailbox it was refused."""
    done, other = issue(state="sent"), issue(state="sent")
    rows(done, failed=4, sent=3)
    rows(other, failed=1)
    causes = {"failed0": "sender", "failed1": "message", "failed2": "full", "sent0": "busy"}
    for sent in Delivery.objects.filter(issue__in=[done, other]):
        cause = causes.get(sent.address.partition("@")[0])
        if cause:
            MailEvent.objects.receive(
                "test", str(sent.pk), kind="soft", cause=cause, happened_at=None, delivery=sent
            )
    page = sender.get(page_url(done)).content.decode()
    assert "3 mails were refused, at once or later" in page
    where, chosen = page_url(done, "watch_deliveries"), {"act": "again", "state": "ours"}
    assert "3 mails that were refused because of us" in sender.get(where, chosen).content.decode()
    assert sender.post(where, {**chosen, "act": "leave"}).status_code == 400
    sender.post(where, chosen)
    again = done.deliveries.filter(state="pending").values_list("address", flat=True)
    assert sorted(one.partition("@")[0] for one in again) == ["failed0", "failed1", "sent0"]
    assert other.deliveries.get().state == "failed"
    Delivery.objects.filter(state="pending").update(state="sent", finished_at=timezone.now())
    assert "refused because of us" not in sender.get(page_url(done)).content.decode().lower()


def test_doubts_that_somebody_has_seen_warn_no_more(sender, settings):
    """But later ones do; the seen can still be decided about."""
    alive()
    done = issue(state="sent")
    rows(done, unknown=2)
    assert status()[1] == 1
    sender.get(page_url(done))
    assert status()[1] == 1
    sender.post(page_url(done, "doubts_seen"))
    assert status() == ("No issue is in hand.\n", 0)
    assert status(done.pk)[1] == 0
    page = sender.get(page_url(done)).content.decode()
    assert "Send again to unknown1@" in page
    assert "I have seen them" not in page
    Delivery.objects.filter(address__startswith="unknown1").update(finished_at=timezone.now())
    said, code = status()
    assert code == 1
    assert "! 1 may or may not have got it" in said


def test_an_editor_neither_watches_nor_decides(client):
    sending = issue()
    rows(sending, unknown=1)
    client.force_login(person("Editor"))
    row = Delivery.objects.get()
    for name, keys in (
        ("watch", []),
        ("watch_now", []),
        ("watch_delivery", [row.pk]),
        ("watch_deliveries", []),
        ("doubts_seen", []),
    ):
        where = page_url(sending, name, *keys)
        assert client.get(where).status_code in (403, 405)
        assert client.post(where, {"act": "cancel"}).status_code in (403, 405)
    sending.refresh_from_db()
    assert sending.state == "sending"


def test_who_may_only_look_decides_nothing(client):
    sending = issue()
    rows(sending, unknown=1)
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="view_issue"))
    client.force_login(guest)
    page = client.get(page_url(sending)).content.decode()
    assert "unknown0@example.org" in page
    assert "Pause" not in page
    assert "Send again" not in page
    for where in (
        action_url(sending, "cancel"),
        page_url(sending, "watch_delivery", Delivery.objects.get().pk),
        page_url(sending, "watch_deliveries"),
        page_url(sending, "doubts_seen"),
    ):
        assert client.post(where, {"act": "cancel"}).status_code == 403
    assert Delivery.objects.get().state == "unknown"


# The command


def status(*arguments: object) -> tuple[str, int]:
    output = io.StringIO()
    try:
        call_command("newsletter_status", *arguments, stdout=output)
    except SystemExit as end:
        return output.getvalue(), int(end.code or 0)
    return output.getvalue(), 0


def test_the_command_ends_with_one_where_somebody_should_look(settings):
    settings.NEWSLETTER_SENDING = True
    alive()
    assert status() == ("No issue is in hand.\n", 0)
    sending = issue(subject="The week", prepared_at=timezone.now())
    rows(sending, sent=3, pending=1, failed=1)
    issue(state="sent", subject="Long ago")
    said, code = status()
    assert code == 0
    assert "The week  (Weekly)" in said
    assert "4 of 5 done (80 %)" in said
    assert "error: failed0@example.org: said no" in said
    assert "Long ago" not in said
    Delivery.objects.filter(state="failed").update(state="unknown")
    said, code = status(sending.pk)
    assert code == 1
    assert "! 1 may or may not have got it: decide about them." in said
    sending.move(Issue.State.SENDING, to=Issue.State.SENT)
    assert status()[1] == 1
    with pytest.raises(CommandError) as none:
        status(99_999)
    assert none.value.returncode == 2


def test_what_came_back_is_counted():
    sending = issue()
    rows(sending, sent=3)
    for number, row in enumerate(Delivery.objects.all()):
        MailEvent.objects.receive(
            "test", str(number), kind=MailEvent.Kind.HARD, happened_at=None, delivery=row
        )
    assert progress_of(sending).reported == {"hard": 3}
    assert "came back: 3 hard" in status()[0]
