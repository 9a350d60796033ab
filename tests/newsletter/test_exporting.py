"""Subscribers as CSV: complete, streamed, and harmless in a spreadsheet."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter import exporting, importing, spreadsheets
from newsletter.models import Consent, Subscriber, Suppression
from tests.newsletter.bounced import mailing_list, reader

pytestmark = pytest.mark.django_db


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def exported(*arguments: str, **options: object) -> str:
    output = io.StringIO()
    call_command("export_subscribers", *arguments, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def people() -> None:
    ada = reader("ada@example.org")
    ada.join(mailing_list("Daily"))
    ada.consents.create(action=Consent.Action.CONFIRMED, lists="Weekly", wording="Yes, please")
    reader("bo@example.org").subscriptions.get().leave()
    Subscriber.objects.create(email="cy@example.org").join(mailing_list())
    dee = reader("dee@example.org")
    Suppression.objects.suppress(dee.digest, Suppression.Reason.BOUNCED)


def test_everybody_is_there_with_state_lists_and_consent(people):
    rows = table(exported())
    assert [(row["email"], row["state"]) for row in rows] == [
        ("ada@example.org", "confirmed"),
        ("bo@example.org", "left"),
        ("cy@example.org", "unconfirmed"),
        ("dee@example.org", "suppressed: the address does not work"),
    ]
    assert rows[0]["lists"] == "Weekly, Daily"
    assert (rows[1]["lists"], rows[1]["left lists"]) == ("", "Weekly")
    assert "confirmed the address" in rows[0]["consent"]
    assert "Yes, please" in rows[0]["consent"]
    assert timezone.datetime.fromisoformat(rows[0]["confirmed"]) < timezone.now()
    assert rows[2]["confirmed"] == ""


@pytest.mark.parametrize("cell", ["=1+1", "+a", "-a", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell):
    assert spreadsheets.safe(cell) == f"'{cell}"
    assert spreadsheets.safe("a" + cell) == "a" + cell


def test_an_address_that_begins_like_a_formula_comes_back_as_it_was():
    reader("+ada@example.org")
    text = exported()
    assert "'+ada@example.org" in text
    (line,) = importing.reading.lines_of(io.BytesIO(text.encode()))
    assert line.typed == "+ada@example.org"
    assert importing.reading.moment_of(line.date)


def test_the_questions_asked_grow_with_thousands_not_with_people(django_assert_num_queries, people):
    with django_assert_num_queries(3):
        assert len(list(exporting.table(Subscriber.objects.all()))) == 5


def test_a_large_list_is_fetched_piece_by_piece(people, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    assert len(table(exported())) == 4


def test_the_command_writes_a_file_and_none_over_another(people, tmp_path):
    path = tmp_path / "people.csv"
    exported(to=path)
    assert len(table(path.read_text())) == 4
    with pytest.raises(CommandError, match="exists"):
        exported(to=path)
    assert [row["email"] for row in table(exported(list="daily"))] == ["ada@example.org"]
    with pytest.raises(CommandError, match="no list"):
        exported(list="none")
