"""Subscribers from a CSV file: looked through, taken in, and nobody against their will."""

import io
import threading
import tracemalloc
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from newsletter import importing, spreadsheets
from newsletter.importing import reading, storing
from newsletter.importing.reading import Line, UnreadableFile, lines_of, moment_of
from newsletter.models import (
    AddressFile,
    AddressLine,
    Consent,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.personal_data import erase
from tests.newsletter.bounced import mailing_list, reader

pytestmark = pytest.mark.django_db

WORDING = "Signed the list at the spring conference, March 2026."


def receive(content: str | bytes, **fields: object) -> AddressFile:
    data = content.encode() if isinstance(content, str) else content
    given = {"name": "people.csv", "to": mailing_list(), "wording": WORDING, "by": None}
    return importing.receive(io.BytesIO(data), **{**given, **fields})


def take(file: AddressFile) -> None:
    while not importing.take_some(file.pk, "chief"):
        pass


def outcomes(file: AddressFile) -> list[tuple[int, str]]:
    return list(file.lines.values_list("number", "outcome"))


# Reading

TABLE = "name{d}E-Mail{d}date\nÅse{d}ase@example.org{d}2026-01-02\nBo{d}bo@example.org{d}\n"
ROWS = [("ase@example.org", "2026-01-02"), ("bo@example.org", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_spelling_of_a_table_is_read(encoding, delimiter, ending):
    text = TABLE.format(d=delimiter).replace("\n", ending)
    if encoding == "utf-16-le-bom":
        content = b"\xff\xfe" + text.encode("utf-16-le")
    else:
        content = text.encode(encoding)
    found = [(line.typed, line.date) for line in lines_of(io.BytesIO(content))]
    assert found == ROWS


@pytest.mark.parametrize(
    "name", ["email", "E-Mail", "Email Address", "e_mail", " MAIL ", "Address", "email_address"]
)
def test_the_column_has_one_of_the_usual_names(name):
    (line,) = lines_of(io.BytesIO(f"Name,{name}\nAda,ada@example.org\n".encode()))
    assert line == Line(2, "ada@example.org")


def test_of_two_names_the_clearer_counts_and_without_one_the_first_address_does():
    (line,) = lines_of(io.BytesIO(b"Address,E-mail\nHigh Street 1,ada@example.org\n"))
    assert line.typed == "ada@example.org"
    found = lines_of(io.BytesIO(b"Ada,ada@example.org\n\n,,\nBo,bo@example.org\n"))
    assert [(line.number, line.typed) for line in found] == [
        (1, "ada@example.org"),
        (4, "bo@example.org"),
    ]


def test_what_a_spreadsheet_adds_is_taken_off():
    """Excel's own first line, our apostrophes, and line breaks within a cell."""
    content = b'sep=;\r\nemail;consent\r\n\'+ada@example.org;"said\nyes"\r\nbo@example.org;x\r\n'
    found = list(lines_of(io.BytesIO(content)))
    assert [line.typed for line in found] == ["+ada@example.org", "bo@example.org"]
    assert found[0].wording == "said\nyes"
    assert found[1].number == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \r\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"PK\x03\x04 workbook", "workbook"),
        (b"%PDF-1.4\n\0\0\0", "no text"),
        (bytes(range(256)) * 40, "no text"),
        (b"name,town\nAda,London\n", "name “email”"),
        (b"email\n" + b"a" * 200_000, "Line 2 cannot be read"),
        (b"email\nada@example.org\n\x81\x8d", "letters that cannot be read"),
        ("email\nada@example.org\n".encode("utf-16")[:-1], "cut off"),
        ("email\nadå@x.org".encode()[:-9], None),
        (b'email\nada@example.org\n"never closed\n' + b"x\n" * 100_000, "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_in_plain_words_and_nothing_is_stored(content, words):
    if words is None:
        assert list(lines_of(io.BytesIO(content))) is not None
        return
    with pytest.raises(UnreadableFile, match=words):
        receive(content)
    assert not AddressFile.objects.exists()
    assert not AddressLine.objects.exists()


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 2 * 1024 * 1024)
    with pytest.raises(UnreadableFile, match="larger than 2 MB"):
        receive(b"email\n" + b"x" * 3 * 1024 * 1024)
    monkeypatch.setattr(storing, "MOST_LINES", 2)
    with pytest.raises(UnreadableFile, match="more than 2 lines"):
        receive("email\na@x.org\nb@x.org\nc@x.org\n")
    assert not AddressFile.objects.exists()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01 10:30:00", "2026-03-01"),
        ("2026-03-01T10:30:00+02:00", "2026-03-01"),
        ("2026-03-01 10:30 UTC", "2026-03-01"),
        ("1.3.2026", "2026-03-01"),
        ("03/04/2026", None),
        ("2099-01-01", None),
        ("1066-10-14", None),
        ("2026-02-30", None),
        ("31.2.2026", None),
        ("yesterday", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01", None),
    ],
)
def test_a_date_counts_where_it_can_mean_one_day_only(typed, day):
    if day:
        assert f"{moment_of(typed):%Y-%m-%d}" == day
    else:
        with pytest.raises(reading.UnclearDate):
            moment_of(typed)


# Verdicts


@pytest.fixture
def mixed() -> AddressFile:
    reader("known@example.org")
    reader("left@example.org").subscriptions.get().leave()
    erase(reader("erased@example.org"))
    elsewhere = Subscriber.objects.create(email="else@example.org", confirmed_at=timezone.now())
    elsewhere.join(mailing_list("Daily"))
    Subscriber.objects.create(email="waits@example.org").join(mailing_list())
    return receive(
        "email,confirmed,consent\n"
        "new@example.org,2025-05-06,Ticked the box in the shop.\n"
        "KNOWN@Example.ORG,,\n"
        "left@example.org,,\n"
        "Erased@example.org,,\n"
        "else@example.org,,\n"
        "waits@example.org,,\n"
        "nobody,,\n"
        "NEW@example.org,,\n"
        "when@example.org,03/04/2026,\n"
        "when@example.org,2026-04-03,\n"
    )


def test_each_line_has_its_verdict_and_nobody_is_on_the_list_yet(mixed):
    assert outcomes(mixed) == [
        (2, "new"),
        (3, "known"),
        (4, "left"),
        (5, "suppressed"),
        (6, "joins"),
        (7, "joins"),
        (8, "refused"),
        (9, "duplicate"),
        (10, "unclear"),
        (11, "new"),
    ]
    assert mixed.lines.get(number=9).remark == "Line 2."
    assert not Subscriber.objects.of_address("new@example.org")
    assert not Consent.objects.exists()


def test_taken_in_they_are_confirmed_by_what_was_said_of_them(mixed):
    take(mixed)
    new = Subscriber.objects.of_address("new@example.org")
    assert f"{new.confirmed_at:%Y-%m-%d}" == "2025-05-06"
    (subscription,) = new.subscriptions.all()
    assert (subscription.list, subscription.joined_at) == (mailing_list(), new.confirmed_at)
    (consent,) = new.consents.all()
    assert (consent.action, consent.lists) == ("imported", "Weekly")
    assert consent.wording == "Ticked the box in the shop. (2025-05-06)"
    assert consent.page == "“people.csv”, line 2, imported by chief"
    other = Subscriber.objects.of_address("else@example.org")
    assert other.subscriptions.count() == 2
    assert other.consents.get().wording == WORDING
    waited = Subscriber.objects.of_address("waits@example.org")
    assert waited.is_confirmed
    assert len(waited.subscriptions.get().key) == 32


def test_nobody_is_brought_back_who_left_or_was_erased_or_is_suppressed(mixed):
    take(mixed)
    assert Subscriber.objects.of_address("left@example.org").subscriptions.get().left_at
    assert not Subscriber.objects.of_address("erased@example.org")
    assert Suppression.objects.get().reason == "erased"
    assert Consent.objects.count() == 4


def test_what_changes_between_looking_and_taking_counts(mixed):
    reader("when@example.org").subscriptions.get().leave()
    Suppression.objects.suppress(mixed.lines.get(number=2).digest, Suppression.Reason.COMPLAINED)
    take(mixed)
    assert mixed.lines.get(number=2).outcome == "suppressed"
    assert mixed.lines.get(number=11).outcome == "left"
    assert not Subscriber.objects.of_address("new@example.org")
    assert not Subscription.objects.active().filter(subscriber__email="when@example.org").exists()


def test_the_report_names_every_line(mixed):
    take(mixed)
    rows = list(storing.report(mixed))
    assert rows[0] == ["line", "address", "result", "remark"]
    assert [row[2] for row in rows[1:4]] == ["imported", "already on this list", rows[3][2]]
    assert len(rows) == 11
    text = "".join(spreadsheets.lines(rows))
    assert text.startswith("\ufeffline,address")


def many(number: int) -> str:
    return "email\n" + "".join(f"reader{one}@example{one % 97}.org\n" for one in range(number))


def test_cut_off_in_the_middle_it_goes_on_where_it_stood(monkeypatch):
    monkeypatch.setattr(storing, "AT_ONCE", 10)
    file = receive(many(35))
    assert not importing.take_some(file.pk, "chief")
    with monkeypatch.context() as broken:
        broken.setattr(storing, "consent_of", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            importing.take_some(file.pk, "chief")
    assert Subscriber.objects.count() == Consent.objects.count() == 10
    take(file)
    take(file)
    assert Subscriber.objects.count() == Consent.objects.count() == 35
    file.refresh_from_db()
    assert file.finished_at


def test_duplicates_are_found_however_far_apart(monkeypatch):
    monkeypatch.setattr(storing, "AT_ONCE", 10)
    file = receive(many(35) + "Reader0@Example0.org\n")
    assert file.lines.get(number=37).remark == "Line 2."


@pytest.mark.django_db(transaction=True)
def test_two_who_import_at_once_import_each_person_once(monkeypatch):
    monkeypatch.setattr(storing, "AT_ONCE", 20)
    files = [receive(many(200)), receive(many(200))]

    def work(file: AddressFile) -> None:
        try:
            take(file)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=[file]) for file in (*files, files[0])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert Subscriber.objects.count() == Subscription.objects.count() == 200
    assert not AddressFile.objects.filter(finished_at__isnull=True).exists()


def test_the_memory_does_not_grow_with_the_file():
    def peak(number: int) -> int:
        content = many(number).encode()
        tracemalloc.start()
        received = receive(content)
        take(received)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert Subscriber.objects.count() == number
        return highest - len(content)

    peak(100)  # what is loaded once
    few, lots = peak(2_000), peak(8_000)
    # With the file it would be four times as much.
    assert lots < 2.5 * few + 1_000_000


def test_the_questions_asked_do_not_grow_with_the_lines(django_assert_max_num_queries):
    file = receive(many(500))
    with django_assert_max_num_queries(24):
        importing.take_some(file.pk, "chief")
    assert Subscriber.objects.count() == 500


def test_files_are_forgotten_after_a_week(time_machine):
    file = receive("email\nada@example.org\n")
    time_machine.move_to(timezone.now() + timezone.timedelta(days=6))
    receive("email\nbo@example.org\n")
    assert AddressFile.objects.filter(pk=file.pk).exists()
    time_machine.move_to(timezone.now() + timezone.timedelta(days=2))
    receive("email\ncy@example.org\n")
    assert not AddressFile.objects.filter(pk=file.pk).exists()
    assert AddressLine.objects.count() == 2


def test_who_is_erased_is_gone_from_the_files_too():
    person = reader()
    receive("email\nADA@example.org\n")
    erase(person)
    assert not AddressLine.objects.exists()


# The command


def command(file: Path, *arguments: str, **options: object) -> str:
    output = io.StringIO()
    given = {"list": "weekly", "consent": WORDING, **options}
    call_command("import_subscribers", file, *arguments, stdout=output, **given)
    return output.getvalue()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    mailing_list()
    path = tmp_path / "people.csv"
    path.write_text("email\nada@example.org\nnobody\nbo@example.org\n")
    return path


def test_the_command_shows_what_it_would_do_and_does_it(people):
    said = command(people, dry_run=True)
    assert "2: ada@example.org: new" in said
    assert "3: nobody: not an address" in said
    assert "2 would be imported, 1 not an address" in said
    assert not Subscriber.objects.exists()
    said = command(people)
    assert "ada@example.org" not in said
    assert "2 imported, 1 not an address" in said
    assert Consent.objects.first().page == "“people.csv”, line 2, imported by manage.py"
    assert "0 imported, 2 already on this list, 1 not an address" in command(people)
    assert not AddressFile.objects.exists()


def test_the_command_says_what_is_wrong(people, tmp_path):
    with pytest.raises(CommandError, match="There is no list “daily”"):
        command(people, list="daily")
    with pytest.raises(CommandError, match="Say how they agreed"):
        command(people, consent=" ")
    with pytest.raises(CommandError, match="No such file"):
        command(tmp_path / "none.csv")
    people.write_bytes(b"PK\x03\x04")
    with pytest.raises(CommandError, match="Nothing was imported"):
        command(people)
    assert not Subscriber.objects.exists()
