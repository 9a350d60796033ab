"""Subscribers in the newsroom: found, read, erased, let in again, imported and exported."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter import importing
from newsletter.bounces.applying import apply_mail_events
from newsletter.models import (
    AddressFile,
    AddressFilePiece,
    Consent,
    Delivery,
    MailEvent,
    MailingList,
    Relay,
    Subscriber,
    Suppression,
)
from newsletter.personal_data import erase
from tests.newsletter.bounced import delivery, mailing_list, reader
from tests.newsroom import person

pytestmark = pytest.mark.django_db

LIST = "/admin/newsletter/subscriber/"
WORDING = "Signed the list at the spring conference."


@pytest.fixture
def keeper(client: Client) -> Client:
    """Somebody of the group Newsletter."""
    client.force_login(person("Newsletter"))
    return client


def found(client: Client, **query: str) -> list[str]:
    return [row.email for row in client.get(LIST, query).context["cl"].result_list]


# Finding


def test_an_address_is_found_by_its_beginning_or_in_any_spelling(keeper):
    for email in ("Ada.Quill@example.org", "adam@example.org", "bo@bücher.example"):
        reader(email)
    assert found(keeper, q="ada") == ["adam@example.org", "Ada.Quill@example.org"]
    assert found(keeper, q="ADA.QUILL@EXAMPLE.ORG ") == ["Ada.Quill@example.org"]
    assert found(keeper, q="bo@xn--bcher-kva.example") == ["bo@bücher.example"]
    assert found(keeper, q="quill") == []
    assert found(keeper, q="%") == found(keeper, q="_da") == []
    assert len(found(keeper)) == 3


def test_the_beginning_is_looked_up_by_the_index():
    plan = Subscriber.objects.found_by("ada").explain()
    assert connection.vendor == "postgresql" or "subscriber_by_beginning" in plan


def test_the_list_is_narrowed_to_a_state_and_to_a_list(keeper):
    reader("ada@example.org")
    reader("bo@example.org").subscriptions.get().leave()
    Subscriber.objects.create(email="cy@example.org").join(mailing_list("Daily"))
    dee = reader("dee@example.org")
    Suppression.objects.suppress(dee.digest, Suppression.Reason.BOUNCED)
    wanted = {"confirmed": "ada", "left": "bo", "unconfirmed": "cy", "suppressed": "dee"}
    for state, name in wanted.items():
        assert found(keeper, state=state) == [f"{name}@example.org"], state
        row = Subscriber.objects.with_status().get(email=f"{name}@example.org")
        assert row.status == state
    assert found(keeper, list="daily") == ["cy@example.org"]
    assert found(keeper, list="weekly") == ["dee@example.org", "ada@example.org"]
    assert found(keeper, list="weekly", state="suppressed") == ["dee@example.org"]
    assert found(keeper, state="nonsense") != []


def test_the_list_costs_the_same_for_any_number(keeper, django_assert_max_num_queries):
    for number in range(40):
        reader(f"{number}@example.org")
    keeper.get(LIST)
    with django_assert_max_num_queries(12):
        keeper.get(LIST, {"state": "confirmed", "list": "weekly"})


# One person


def test_the_page_of_a_person_says_all_that_is_known(keeper, django_assert_max_num_queries):
    ada = reader()
    ada.consents.create(action="imported", lists="Weekly", wording="Ticked a box", page="“a.csv”")
    sent = delivery(ada)
    MailEvent.objects.receive(
        "test", "1", kind=MailEvent.Kind.HARD, happened_at=None, delivery=sent, outcome="5.1.1 no"
    )
    apply_mail_events()
    address = reverse("admin:newsletter_subscriber_change", args=[ada.pk])
    with django_assert_max_num_queries(16):
        page = keeper.get(address).content.decode()
    for words in (
        "ada@example.org",
        "Weekly",
        "Was imported",
        "Ticked a box",
        sent.issue.subject,
        "The address does not work",
        "Suppressed. 5.1.1 no",
        "Lift the suppression",
        "Erase this person",
    ):
        assert words in page, words
    assert keeper.post(address, {"email": "x@example.org"}).status_code == 403
    assert (
        "None yet."
        in keeper.get(
            reverse("admin:newsletter_subscriber_change", args=[reader("bo@example.org").pk])
        ).content.decode()
    )


def test_a_person_is_erased_after_a_question_and_no_address_is_left(keeper):
    ada = reader()
    MailEvent.objects.receive(
        "test", "1", kind=MailEvent.Kind.SOFT, happened_at=None, delivery=delivery(ada), raw="x"
    )
    address = reverse("admin:newsletter_subscriber_erase", args=[ada.pk])
    assert "ada@example.org" in keeper.get(address).content.decode()
    assert Subscriber.objects.exists()
    assert keeper.post(address).headers["Location"] == LIST
    assert not Subscriber.objects.exists()
    assert not Consent.objects.exists()
    assert Suppression.objects.get().reason == "erased"
    assert Delivery.objects.get().address.startswith("erased-")
    assert MailEvent.objects.get().address == ""
    entry = LogEntry.objects.get()
    assert (entry.get_change_message(), entry.object_repr) == ("Erased.", f"Subscriber {ada.pk}")
    assert keeper.post(address).status_code == 404


def test_a_lifted_suppression_is_logged_and_what_led_to_it_counts_no_more(keeper):
    ada = reader()
    for week in range(6):
        MailEvent.objects.receive(
            "test",
            str(week),
            kind=MailEvent.Kind.SOFT,
            happened_at=timezone.now() - timezone.timedelta(days=50 - 7 * week),
            delivery=delivery(ada, days_ago=50 - 7 * week),
        )
    apply_mail_events()
    row = Suppression.objects.get()
    address = reverse("admin:newsletter_subscriber_lift", args=[row.digest])
    assert keeper.get(address).status_code == 405
    assert keeper.post(address).status_code == 302
    assert not Suppression.objects.exists()
    assert "Lifted the suppression" in LogEntry.objects.get().get_change_message()
    MailEvent.objects.receive(
        "test", "7", kind=MailEvent.Kind.SOFT, happened_at=None, delivery=delivery(ada)
    )
    apply_mail_events()
    assert not Suppression.objects.exists()


def test_who_is_suppressed_and_no_subscriber_is_found_by_the_whole_address(keeper):
    ada = reader()
    erase(ada)
    page = keeper.get(LIST, {"q": "ADA@example.org"}).content.decode()
    assert "is no subscriber, and gets nothing from us: asked to be erased" in page
    assert "gets nothing" not in keeper.get(LIST, {"q": "bo@example.org"}).content.decode()
    digest = Suppression.objects.get().digest
    keeper.post(reverse("admin:newsletter_subscriber_lift", args=[digest]))
    assert not Suppression.objects.exists()


# Files


def upload(client: Client, content: bytes | None, follow: bool = True, **fields: object):
    data = {"list": mailing_list().pk, "wording": WORDING, **fields}
    if content is not None:
        data["file"] = SimpleUploadedFile("people.csv", content, "text/csv")
    return client.post(f"{LIST}import/", data, follow=follow)


def worked_on(client: Client) -> str:
    """Let the worker do what waits; return the page of the file."""
    file = AddressFile.objects.get()
    importing.work_on(file.pk)
    address = reverse("admin:newsletter_subscriber_import_file", args=[file.pk])
    return client.get(address).content.decode()


def test_a_file_is_looked_through_then_imported_and_reported(keeper):
    """Each by the worker; the page says how far that is, also to who comes back to it."""
    page = upload(keeper, b"email\nada@example.org\nnobody\nbo@example.org\n").content.decode()
    assert "The file waits to be looked through" in page
    assert 'http-equiv="refresh"' in page
    assert "being looked through" in keeper.get(f"{LIST}import/").content.decode()
    page = worked_on(keeper)
    assert 'http-equiv="refresh"' not in page
    assert "Import 2 people" in page
    assert "Line 3" in page
    assert not Subscriber.objects.exists()
    file = AddressFile.objects.get()
    assert file.made_by.username == "newsletter"
    assert not AddressFilePiece.objects.exists()
    address = reverse("admin:newsletter_subscriber_import_file", args=[file.pk])
    page = keeper.post(address, follow=True).content.decode()
    assert "0 of 2 people are on “Weekly” so far." in page
    assert "being imported" in keeper.get(f"{LIST}import/").content.decode()
    assert not Subscriber.objects.exists()
    assert "Done: 2 people are on “Weekly” by this file." in worked_on(keeper)
    assert Consent.objects.first().page == "“people.csv”, line 2, imported by newsletter"
    for _ in range(2):
        keeper.post(address)
        worked_on(keeper)
    assert Consent.objects.count() == 2
    assert LogEntry.objects.count() == 1
    report = keeper.get(reverse("admin:newsletter_subscriber_import_report", args=[file.pk]))
    text = b"".join(report.streaming_content).decode()
    assert [row["result"] for row in csv.DictReader(io.StringIO(text[1:]))] == [
        "imported",
        "not an address",
        "imported",
    ]


def test_what_the_worker_cannot_read_is_said_on_the_page_and_nothing_is_kept(keeper):
    upload(keeper, b"name,town\nAda,London\n")
    page = worked_on(keeper)
    assert "No column holds addresses." in page
    assert "Nothing was imported." in page
    assert not AddressFilePiece.objects.exists()
    assert not AddressFile.objects.waiting().exists()
    assert "not read" in keeper.get(f"{LIST}import/").content.decode()


def test_without_a_worker_the_page_says_so(keeper):
    words = "start manage.py newsletter_worker"
    assert words in upload(keeper, b"email\nada@example.org\n").content.decode()
    Relay.objects.heartbeat()
    address = reverse(
        "admin:newsletter_subscriber_import_file", args=[AddressFile.objects.get().pk]
    )
    assert words not in keeper.get(address).content.decode()


@pytest.mark.parametrize(
    ("content", "fields", "words"),
    [
        (None, {}, "Choose a file"),
        (b"", {}, "It is empty"),
        (b"PK\x03\x04", {}, "It is a workbook"),
        (b"\0\1\2", {}, "It is no text"),
        (b"email\na@b.org\n", {"wording": ""}, "Say how they agreed"),
        (b"email\na@b.org\n", {"wording": "ok"}, "Say it in a sentence"),
        (b"email\na@b.org\n", {"list": "99999"}, "valid choice"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_beside_it(keeper, content, fields, words):
    answer = upload(keeper, content, **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Nothing was imported" in answer.content.decode()
    assert not AddressFile.objects.exists()


def test_a_file_with_nobody_to_import_says_so(keeper):
    upload(keeper, b"email\nnobody\n")
    assert "There is nobody in it to import" in worked_on(keeper)


def test_without_a_list_the_page_says_what_comes_first(keeper):
    MailingList.objects.all().delete()
    assert "There is no mailing list yet" in keeper.get(f"{LIST}import/").content.decode()


def test_subscribers_are_exported_and_that_is_logged(keeper):
    ada = reader()
    reader("bo@example.org").subscriptions.get().leave()
    page = keeper.get(f"{LIST}export/").content.decode()
    assert "That you took it away is logged" in page
    assert not LogEntry.objects.exists()
    answer = keeper.post(f"{LIST}export/", {"state": "confirmed", "list": "weekly"})
    assert "no-store" in answer.headers["Cache-Control"]
    assert 'attachment; filename="subscribers-' in answer.headers["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode()
    assert [row["email"] for row in csv.DictReader(io.StringIO(text[1:]))] == [ada.email]
    assert LogEntry.objects.get().get_change_message() == "Exported as CSV."
    assert keeper.post(f"{LIST}export/", {"state": "nonsense"}).status_code == 200


def test_only_the_newsletter_and_chiefs_get_at_addresses(client):
    ada = reader()
    client.force_login(person("Editor"))
    for address in (
        LIST,
        f"{LIST}import/",
        f"{LIST}export/",
        f"{LIST}{ada.pk}/change/",
        f"{LIST}{ada.pk}/erase/",
        "/admin/newsletter/mailevent/",
    ):
        assert client.get(address).status_code == client.post(address).status_code == 403, address


# Notices


def test_notices_are_read_and_never_changed(keeper):
    sent = delivery()
    MailEvent.objects.receive(
        "test", "1", kind=MailEvent.Kind.HARD, happened_at=None, delivery=sent, raw="<b>raw</b>"
    )
    event = MailEvent.objects.get()
    page = keeper.get("/admin/newsletter/mailevent/", {"q": "ADA@example.org"})
    assert [row.pk for row in page.context["cl"].result_list] == [event.pk]
    assert not keeper.get("/admin/newsletter/mailevent/", {"q": "ada"}).context["cl"].result_list
    address = reverse("admin:newsletter_mailevent_change", args=[event.pk])
    page = keeper.get(address).content.decode()
    assert "&lt;b&gt;raw&lt;/b&gt;" in page
    assert keeper.post(address, {"kind": "other"}).status_code == 403
