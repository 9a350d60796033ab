"""A file of subscribers is believed about who left and who is blocked."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from newsletter import importing
from newsletter.models import (
    AddressFile,
    AddressLine,
    Consent,
    Letterhead,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.personal_data import erase
from tests.newsletter.bounced import mailing_list, reader

pytestmark = pytest.mark.django_db

CASE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "subscribers-with-status"
WORDING = "Signed the list at the spring conference, March 2026."


def command(path: Path, to: str = "weekly", **options: object) -> str:
    output = io.StringIO()
    call_command(
        "import_subscribers", path, stdout=output, **{"list": to, "consent": WORDING, **options}
    )
    return output.getvalue()


def receive(content: str) -> AddressFile:
    return importing.receive(
        io.BytesIO(content.encode()), name="a.csv", to=mailing_list(), wording=WORDING, by=None
    )


def take(content: str) -> AddressFile:
    file = receive(content)
    while not importing.take_some(file.pk, "chief"):
        pass
    return file


def outcome(header: str, *cells: str) -> str:
    """The outcome of one line whose further columns hold these cells."""
    row = ",".join(f'"{cell}"' for cell in ("ada@example.org", *cells))
    line = receive(f"email,{header}\n{row}\n").lines.get()
    return line.outcome


def getting_mail() -> set[str]:
    active = Subscription.objects.active()
    return set(active.values_list("subscriber__email", flat=True))


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not on this machine")
def test_the_files_of_the_case_import_nobody_who_left():
    mailing_list()
    for name, gone in (("a", {"left", "gone"}), ("b", {"blocked"}), ("c", {"unsub"})):
        said = command(CASE / f"{name}.csv", dry_run=True)
        assert said.count("as the file says, so left out: “") == len(gone), said
        command(CASE / f"{name}.csv")
        for person in gone:
            assert f"{person}@example.org: left or blocked, as the file says" in said
    assert getting_mail() == {"stays@example.org", "enabled@example.org"}


GONE = [
    ("status", "unsubscribed"),
    ("Status", "Unsubscribed"),
    ("Subscription Status", "cancelled"),
    ("Email Marketing Status", "Never subscribed"),
    ("Email Marketing", "Unsubscribed"),
    ("email marketing consent", "NEVER_SUBSCRIBED"),
    ("state", "complained"),
    ("Email permission status", "Unsubscribed"),
    ("global_status", "bounced"),
    ("status", "0"),
    ("status", "Soft bounced"),
    ("status", "U"),
    ("subscriber_type", "unsubscribed"),
    ("subscribed", "no"),
    ("subscribed", "Unsubscribed"),
    ("is_subscribed", "FALSE"),
    ("Accepts Email Marketing", "no"),
    ("accepts_marketing", "false"),
    ("Receive newsletter mails", "0"),
    ("newsletter", "off"),
    ("active", "0"),
    ("enabled", "f"),
    ("unsubscribed", "1"),
    ("unsubscribed_at", "2025-01-01T00:00:00Z"),
    ("unsubscribedAt", "1735689600"),
    ("Unsubscribe Date", "01/02/2025"),
    ("Date Unsubscribed", "Feb 1, 2025"),
    ("UNSUB_REASON", "NORMAL"),
    ("CLEAN_TIME", "2025-01-01 00:00:00"),
    ("deleted_at", "2025-01-01"),
    ("blacklisted", "1"),
    ("Email blacklisted", "true"),
    ("block-listed", "yes"),
    ("bounced_at", "2025-01-01"),
    ("Hard bounced", "x"),
    ("complained", "TRUE"),
    ("Marked as spam", "yes"),
    ("HasOptedOutOfEmail", "1"),
    ("Email Opt Out", "true"),
    ("Opted out of email: all", "true"),
    ("Unsubscribed from all email", "true"),
    ("email_disabled", "true"),
    ("do_not_email", "1"),
    ("On hold", "yes"),
    ("not subscribed", "yes"),
    ("undeliverability_date", "2025-01-01"),
    ("Invalid email address", "true"),
    ("IsExcludedFromCampaigns", "true"),
    ("nomail", "1"),
    ("DNC", "Yes"),
    ("Email preference", "No email"),
    ("Group status", "banned"),
    ("Opt-in status", "Opted out"),
    ("delivery", "disabled"),
    ("consent", "no"),
    ("GDPR consent", "false"),
    ("Marketing Permissions", "denied"),
    ("Contactable", "no"),
    ("canEmail", "false"),
    ("email_valid", "0"),
    ("Newsletter-Abo", "nein"),
]


@pytest.mark.parametrize(("name", "cell"), GONE)
def test_who_left_or_is_blocked_is_not_imported(name, cell):
    assert outcome(name, cell) == "gone"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("status", "unconfirmed"),
        ("status", "Pending"),
        ("state", "inactive, pending"),
        ("confirmed", "0"),
        ("confirmed", "false"),
        ("email_verified", "no"),
        ("unconfirmed", "1"),
        ("confirmed_at", "NULL"),
    ],
)
def test_who_never_confirmed_is_not_imported(name, cell):
    assert outcome(name, cell) in {"pending", "unclear"}
    assert not getting_mail()


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("status", "subscribed"),
        ("Status", "Active"),
        ("status", "enabled"),
        ("Email Marketing", "Subscribed"),
        ("subscribed", "true"),
        ("subscribed", "2024-05-06"),
        ("confirmed", "1"),
        ("confirmed", ""),
        ("unsubscribed_at", ""),
        ("unsubscribed_at", "NULL"),
        ("unsubscribed_at", "0000-00-00 00:00:00"),
        ("unsubscribed", "0"),
        ("deleted", "false"),
        ("bouncecount", "3"),
        ("Unsubscribe link", "https://example.org/u/1"),
        ("unsubscribe", "https://example.org/u/1"),
        ("OPTIN_IP", "192.0.2.1"),
        ("last active", "3 days ago"),
        ("active_subscription", "false"),
        ("complimentary_plan", "false"),
        ("sms_opted_in", "no"),
        ("marital status", "single"),
        ("type", "writer"),
        ("Email Suppressions", "[]"),
        ("consent", "Signed the list at the fair"),
        ("Email preference", "digest"),
        ("delivery", "Thursday"),
        ("undeliverability_date", ""),
        ("city,state", "Provo"),
    ],
)
def test_who_gets_mail_is_imported_and_other_columns_say_nothing(name, cell):
    cells = [cell] + ["UT"] * name.count(",")
    assert outcome(name, *cells) == "new"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("status", "3"),
        ("status", ""),
        ("status", "Mittwoch"),
        ("unsubscribed", "perhaps"),
        ("unsubscribed", "✗"),
        ("is_subscribed", ""),
        ("accepts_marketing", "?"),
        ("state", "UT"),
    ],
)
def test_what_is_not_understood_refuses_its_line_and_says_which_cell(name, cell):
    assert outcome(name, cell) == "unclear"
    assert name in AddressLine.objects.get().remark


def test_of_several_columns_each_can_speak_against_a_line():
    header = "status,subscribed,deleted_at,bounced"
    assert outcome(header, "active", "true", "", "") == "new"
    assert outcome(header, "active", "true", "", "yes") == "gone"
    assert outcome(header, "active", "false", "", "") == "gone"
    assert outcome(header, "nonsense", "true", "2025-01-01", "") == "gone"


def test_a_line_that_says_left_counts_more_than_one_that_does_not(monkeypatch):
    """In whatever order they stand, and in whichever part of a large file."""
    monkeypatch.setattr("newsletter.importing.storing.AT_ONCE", 2)
    rows = "ada@example.org,active\nbo@example.org,unsubscribed\ncy@example.org,active\n"
    take(f"email,status\n{rows}ADA@example.org,unsubscribed\nbo@example.org,active\n")
    assert getting_mail() == {"cy@example.org"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bounced_at", "bounced"),
        ("CLEAN_TIME", "bounced"),
        ("complained", "complained"),
        ("Marked as spam", "complained"),
    ],
)
def test_why_somebody_gets_no_mail_is_kept(name, reason):
    """Also beside a column that only says that they left."""
    take(f"email,status,{name}\na@example.org,active,yes\nb@example.org,unsubscribed,yes\n")
    assert [one.reason for one in Suppression.objects.all()] == [reason] * 2


def test_who_left_by_one_file_is_not_brought_back_by_another():
    take("email,status\nleft@example.org,unsubscribed\nspam@example.org,complained\n")
    assert Consent.objects.get().action == "left"
    assert Suppression.objects.get().reason == "complained"
    old = take("email\nleft@example.org\nspam@example.org\n")
    assert list(old.lines.values_list("outcome", flat=True)) == ["left", "suppressed"]
    assert not getting_mail()


def test_who_is_on_the_list_here_stays_and_who_waits_is_not_confirmed():
    """What people did here counts more than a file of elsewhere."""
    reader("ada@example.org")
    Subscriber.objects.create(email="bo@example.org").join(mailing_list())
    file = take("email,status\nada@example.org,bounced\nbo@example.org,left\n")
    assert file.lines.get(number=2).outcome == "known"
    assert getting_mail() == {"ada@example.org"}
    assert not Suppression.objects.exists()


# To a new server by our own export


@pytest.fixture
def exported(tmp_path) -> Path:
    weekly, daily = mailing_list(), mailing_list("Daily")
    reader("both@example.org").join(daily)
    one = reader("daily-only@example.org")
    one.join(daily)
    one.subscriptions.get(list=weekly).leave()
    never = Subscriber.objects.create(email="never@example.org", confirmed_at=weekly_day())
    never.join(daily)
    reader("left@example.org").subscriptions.get().leave()
    Subscriber.objects.create(email="waits@example.org").join(weekly)
    for reason in Suppression.Reason:
        Suppression.objects.suppress(reader(f"{reason}@example.org").digest, reason)
    erase(reader("forgotten@example.org"))
    path = tmp_path / "all.csv"
    call_command("export_subscribers", to=path)
    return path


def weekly_day():
    return reader("both@example.org").confirmed_at


def suppressions() -> set[tuple[str, str]]:
    return set(Suppression.objects.values_list("digest", "reason"))


def test_a_move_by_our_own_export_loses_no_suppression_and_revives_nobody(exported, tmp_path):
    """List by list; afterwards not even an old file brings anybody back."""
    everybody = [*Subscriber.objects.values_list("email", flat=True), "forgotten@example.org"]
    before, secret = suppressions(), Letterhead.objects.current().secret
    active = set(Subscription.objects.active().values_list("subscriber__email", "list__slug"))
    Subscriber.objects.all().delete()
    Suppression.objects.all().delete()
    Letterhead.objects.all().delete()
    assert Letterhead.objects.current().secret != secret
    for slug in ("weekly", "daily"):
        assert "not understood" not in command(exported, slug)
    assert suppressions() == before
    now = set(Subscription.objects.active().values_list("subscriber__email", "list__slug"))
    assert now == active
    old = tmp_path / "old.csv"
    old.write_text("email\n" + "".join(f"{email}\n" for email in everybody))
    assert "waits@example.org: new" in command(old, dry_run=True)
    command(old)
    assert getting_mail() - {"waits@example.org", "never@example.org"} == {
        email for email, _ in active
    } - {"never@example.org"}
    assert suppressions() == before


def test_an_installation_that_knows_somebody_keeps_its_secret_and_says_so(exported):
    Subscriber.objects.all().delete()
    Letterhead.objects.update(secret="0" * 64)
    said = command(exported, dry_run=True)
    assert "known by another secret" in said
    assert Letterhead.objects.current().secret == "0" * 64


def test_the_secret_is_in_no_export_of_the_newsroom_nor_of_one_list(exported, client):
    secret = Letterhead.objects.current().secret
    assert secret in exported.read_text()
    output = io.StringIO()
    call_command("export_subscribers", list="daily", stdout=output)
    assert secret not in output.getvalue()
