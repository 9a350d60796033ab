"""The newsroom is told of licences before they end."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command

from articles.models import Image
from tests import make
from tests.newsroom import person, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending(time_machine) -> Image:
    time_machine.move_to(datetime(2026, 5, 10, 12, tzinfo=UTC), tick=False)
    picture((640, 480), alt="Later", licence_expires=date(2026, 6, 10))
    picture((640, 481), alt="Ended", licence_expires=date(2026, 5, 9))
    return picture(credit="Ada Quill", licence="One month", licence_expires=date(2026, 6, 9))


def report(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    call_command("licence_report", *arguments)
    return str(capsys.readouterr().out)


def test_the_report_names_picture_credit_end_and_use(ending, capsys):
    """Thirty days ahead, and not what has ended already or ends later."""
    make.article("The <strait>", lead_image=ending)
    make.author("Ada Quill", portrait=ending)
    text = report(capsys)
    assert "9 June 2026: A teal surface" in text
    assert "Credit: Ada Quill" in text
    assert "Licence: One month" in text
    assert "article “The <strait>”, lead image" in text
    assert "author “Ada Quill”, portrait" in text
    assert f"http://localhost:8000/admin/articles/image/{ending.pk}/change/" in text
    assert "Later" not in text
    assert "Ended" not in text
    assert "Later" in report(capsys, "--days", "31")


def test_those_who_publish_are_told_by_mail_once_each(ending, capsys):
    """Editors and chiefs with an address; no writer, nobody whose account is closed."""
    for name in ("Writer", "Editor", "Chief"):
        made = person(name)
        made.email = f"{name.lower()}@example.org"
        made.save()
    gone = User.objects.create_superuser("gone", "gone@example.org")
    gone.is_active = False
    gone.save()
    User.objects.create_superuser("silent")
    assert "Sent to 2." in report(capsys, "--mail")
    assert [message.to for message in mail.outbox] == [
        ["editor@example.org"],
        ["chief@example.org"],
    ]
    assert mail.outbox[0].subject == "1 picture licence ends within 30 days"
    assert "A teal surface" in mail.outbox[0].body


def test_no_mail_is_sent_when_there_is_nothing_to_tell(db, capsys):
    """The command says so and ends."""
    made = person("Chief")
    made.email = "chief@example.org"
    made.save()
    assert report(capsys, "--mail").strip() == "No licence ends within 30 days."
    assert mail.outbox == []
