"""What a provider tells us over HTTP: stored before it is acknowledged, once, in any order."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from types import ModuleType

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, reverse

from newsletter import checks
from newsletter.bounces import webhook
from newsletter.bounces.applying import apply_mail_events
from newsletter.models import Delivery, MailEvent, Subscription, Suppression
from tests.newsletter.bounced import delivery, message_id, reader

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
SECRET = "provider:a long secret"


@pytest.fixture
def provided(settings):
    """A site that is told by a provider: `provided("postmark")`."""

    def by(provider: str, **anymail: str) -> None:
        settings.ANYMAIL_PROVIDER = provider
        settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, **anymail}
        settings.ROOT_URLCONF = ModuleType("told_by_provider")
        settings.ROOT_URLCONF.urlpatterns = webhook.urls()
        clear_url_caches()

    yield by
    clear_url_caches()


def tell(data: object, *, secret: str = SECRET, **headers: str):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    client = Client(raise_request_exception=False)
    headers = {"Authorization": "Basic " + b64encode(secret.encode()).decode(), **headers}
    return client.post("/provider/", body, content_type="application/json", headers=headers)


def postmark(address: str = "ada@example.org", **fields: object) -> dict[str, object]:
    """A bounce as Postmark posts it."""
    return {
        "RecordType": "Bounce",
        "MessageStream": "broadcast",
        "ID": 901542550,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "2706ee8a-737c-4285-b032-ccd317af53ed",
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": address,
        "From": "round-up@magazine.example",
        "BouncedAt": "2026-11-20T18:20:06.0000000Z",
        "Subject": "The week",
        **fields,
    }


def test_a_bounce_is_stored_and_then_applied(provided):
    provided("postmark")
    sent = delivery()
    assert tell(postmark()).status_code == 200
    event = MailEvent.objects.get()
    assert (event.kind, event.delivery, event.applied_at) == ("hard", sent, None)
    assert event.source == "provider Postmark"
    assert '"ID": 901542550' in event.raw
    assert apply_mail_events() == 1
    assert Suppression.objects.get().reason == "bounced"


def test_told_twice_it_is_stored_once(provided):
    provided("postmark")
    delivery()
    for _ in range(3):
        assert tell(postmark()).status_code == 200
    assert MailEvent.objects.count() == 1
    assert tell(postmark(ID=2)).status_code == 200
    assert MailEvent.objects.count() == 2


def test_a_complaint_may_come_before_the_bounce_or_after(provided):
    provided("postmark")
    spam = postmark(RecordType="SpamComplaint", Type="SpamComplaint", ID=7)
    for number, order in enumerate(([spam, postmark()], [postmark(), spam])):
        address = f"{number}@example.org"
        delivery(reader(address))
        for event in order:
            assert (
                tell({**event, "Email": address, "ID": f"{event['ID']}{number}"}).status_code == 200
            )
            apply_mail_events()
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"complained"}
    assert Suppression.objects.count() == 2
    assert not Subscription.objects.filter(left_at__isnull=True).exists()


def test_nobody_tells_us_without_the_secret(provided):
    provided("postmark")
    delivery()
    assert tell(postmark(), secret="provider:guess").status_code == 400
    assert tell(postmark(), Authorization="").status_code == 400
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe"])
def test_what_is_broken_is_not_acknowledged(provided, body):
    provided("postmark")
    assert tell(body).status_code >= 400
    assert not MailEvent.objects.exists()


def test_what_cannot_be_stored_is_asked_for_again(provided, monkeypatch):
    provided("postmark")
    sent = delivery()

    def refuse(*args: object, **fields: object) -> bool:
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(MailEvent.objects.__class__, "receive", refuse)
        assert tell(postmark()).status_code == 500
    assert not MailEvent.objects.exists()
    assert tell(postmark()).status_code == 200
    assert MailEvent.objects.get().delivery == sent


def test_that_a_mail_arrived_or_was_opened_is_not_kept(provided):
    provided("postmark")
    delivery()
    for kind, moment in (("Delivery", "DeliveredAt"), ("Open", "ReceivedAt")):
        event = {
            "RecordType": kind,
            "MessageID": "1",
            "Recipient": "ada@example.org",
            moment: "2026-11-20T18:20:06Z",
        }
        assert tell(event).status_code == 200
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Type": "SoftBounce", "Details": "smtp;452 4.2.2 full"}, "soft"),
        ({"Type": "HardBounce", "Details": "smtp;550 no such user"}, "hard"),
        ({"Type": "HardBounce", "Details": "smtp;554 5.7.1 spam"}, "soft"),
        ({"Type": "Blocked", "Details": ""}, "soft"),
        ({"Type": "BadEmailAddress", "Details": ""}, "hard"),
        ({"Type": "Unsubscribe", "Details": ""}, "left"),
        ({"Type": "SpamNotification", "Details": ""}, "complaint"),
    ],
)
def test_what_the_provider_calls_it_is_understood(provided, fields, kind):
    provided("postmark")
    delivery()
    assert tell(postmark(**fields)).status_code == 200
    assert MailEvent.objects.get().kind == kind


@pytest.mark.parametrize(
    "details",
    [
        "smtp;554 5.7.1 Relay access denied",
        "smtp;550 5.1.1 blocked using zen.spamhaus.org",
        "smtp;550 5.2.1 this user gets mail at a rate that is too high",
    ],
)
def test_what_is_refused_because_of_us_suppresses_nobody(provided, details):
    """Whatever the provider calls it; and a mail that went out at the first attempt is found."""
    provided("postmark")
    sent = delivery()
    Delivery.objects.update(first_tried_at=None)
    assert tell(postmark(Details=details)).status_code == 200
    apply_mail_events()
    event = MailEvent.objects.get()
    assert (event.kind, event.delivery) == ("soft", sent)
    assert event.outcome.startswith("Held against nobody")
    assert not Suppression.objects.exists()


def test_an_address_to_which_nothing_went_is_not_acted_on(provided):
    provided("postmark")
    reader()
    for address in ("ada@example.org", "stranger@example.org", "no address", ""):
        assert tell(postmark(address, ID=address)).status_code == 200
    assert set(MailEvent.objects.values_list("kind", flat=True)) == {"other"}
    assert MailEvent.objects.count() == 4
    assert apply_mail_events() == 0


def mailgun(sent, **fields: object) -> dict[str, object]:
    """A failure as Mailgun posts it, signed, with the Message-ID of our own mail."""
    timestamp, token = "1763663000", "t" * 50
    signature = hmac.new(b"mg-key", f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": 1763663000.5,
            "recipient": sent.address,
            "delivery-status": {"code": 550, "message": "5.1.1 No such user", "description": ""},
            "message": {"headers": {"message-id": message_id(sent).strip("<>")}},
            **fields,
        },
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        *(None, [], "x", 1, [None]),
        {"RecordType": ["x"]},
        {"RecordType": "Bounce", "ID": [], "Email": {}, "BouncedAt": 5},
        {"RecordType": "SpamComplaint", "Email": None, "BouncedAt": None},
        postmark(Email={"a": []}, ID=10**400, Details=["\0"]),
    ],
    ids=lambda body: repr(body)[:40],
)
def test_what_has_the_wrong_types_is_refused_or_kept_and_no_failure_of_ours(provided, body):
    provided("postmark")
    assert tell(body).status_code in (200, 400)
    assert set(MailEvent.objects.values_list("kind", flat=True)) <= {"other"}


def test_our_own_name_of_the_mail_says_which_it_was(provided):
    """Not the newest that went there; and it must have gone to the same person."""
    provided("mailgun", MAILGUN_WEBHOOK_SIGNING_KEY="mg-key")
    person = reader()
    sent, newer = delivery(person, days_ago=9), delivery(person, days_ago=1)
    assert tell(mailgun(sent)).status_code == 200
    assert MailEvent.objects.get().delivery == sent != newer
    delivery(reader("bo@example.org"))
    assert tell(mailgun(sent, recipient="bo@example.org", id="2")).status_code == 200
    assert MailEvent.objects.latest("pk").kind == "other"


def test_a_signature_that_is_wrong_is_refused(provided):
    provided("mailgun", MAILGUN_WEBHOOK_SIGNING_KEY="another")
    assert tell(mailgun(delivery())).status_code == 400
    assert not MailEvent.objects.exists()


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
def test_several_events_in_one_request_are_all_told_again_if_one_cannot_be_stored(
    provided, monkeypatch
):
    """SendGrid posts lists; what of them was stored is known the second time."""
    provided("sendgrid")
    people = [delivery(reader(f"{number}@example.org")) for number in range(3)]
    events = [
        {
            "event": "bounce",
            "email": sent.address,
            "smtp-id": message_id(sent),
            "sg_event_id": "the same for all",
            "timestamp": 1763663000,
            "reason": "550 5.1.1 unknown",
            "status": "5.1.1",
            "type": "bounce",
        }
        for sent in people
    ]
    receive = MailEvent.objects.__class__.receive

    def refuse(rows: object, *args: object, **fields: object) -> bool:
        if fields["address"] == "1@example.org":
            raise DatabaseError("gone")
        return receive(rows, *args, **fields)

    with monkeypatch.context() as broken:
        broken.setattr(MailEvent.objects.__class__, "receive", refuse)
        assert tell(events).status_code == 500
    assert MailEvent.objects.count() < 3
    for _ in range(2):
        assert tell(events).status_code == 200
    assert {event.delivery for event in MailEvent.objects.all()} == set(people)
    assert MailEvent.objects.count() == 3
    assert set(MailEvent.objects.values_list("kind", flat=True)) == {"hard"}


@pytest.mark.parametrize(
    ("provider", "secret", "errors"),
    [
        ("", "", []),
        ("postmark", SECRET, []),
        ("postmark", "", ["newsletter.E013"]),
        ("postmark", "without a colon", ["newsletter.E013"]),
        ("postmrak", SECRET, ["newsletter.E012"]),
    ],
)
def test_a_provider_without_a_secret_is_an_error_of_the_check(settings, provider, secret, errors):
    settings.ANYMAIL_PROVIDER, settings.ANYMAIL = provider, {"WEBHOOK_SECRET": secret}
    assert [error.id for error in checks.provider_is_usable(None)] == errors
    assert bool(webhook.urls()) == (bool(provider) and not errors)


def test_without_a_provider_there_is_no_door():
    with pytest.raises(NoReverseMatch):
        reverse("provider")
    assert Client().post("/newsletter/provider/").status_code == 404


WITHOUT_ANYMAIL = """
import sys
class Absent:
    def find_spec(self, name, *rest):
        if name.partition(".")[0] == "anymail":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "anymail" else found(name, *rest)
sys.argv = ["manage.py", "check"]
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


@pytest.mark.parametrize(("provider", "code"), [("", 0), ("postmark", 1)])
def test_without_anymail_all_works_and_a_provider_is_said_to_need_it(provider, code):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ANYMAIL],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "magazine.settings",
            "ANYMAIL_PROVIDER": provider,
            "ANYMAIL_WEBHOOK_SECRET": SECRET,
        },
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    assert ("pip install django-anymail" in done.stderr) == bool(provider)
