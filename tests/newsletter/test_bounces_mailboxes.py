"""The mailbox of bounces, read by `manage.py process_bounces`: nothing is lost, nothing counts
twice."""

import io
import mailbox
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from newsletter.bounces import checks, mailboxes
from newsletter.models import Notice, Suppression
from tests.newsletter.bounced import complaint, delivery, dsn, marked, reader, recipient_group
from tests.newsletter.imap_server import imap_server

pytestmark = pytest.mark.django_db


def process(**options: object) -> str:
    output = io.StringIO()
    call_command("process_bounces", stdout=output, **options)
    return output.getvalue().strip()


@pytest.fixture
def messages() -> list[bytes]:
    """A bounce of Ada's, a complaint of Bo's, and a note of absence."""
    ada, bo = delivery(reader()), delivery(reader("bo@example.org"))
    return [
        dsn(recipient_group("ada@example.org"), to=marked(ada)),
        complaint(bo, to=marked(bo)),
        b"From: cy@example.org\nAuto-Submitted: auto-replied\nSubject: Away\n\nI am away\n",
    ]


NEWS = "New: 1 complaint, 1 hard, 1 other. Applied: 2."


def suppressed() -> list[str]:
    return sorted(Suppression.objects.values_list("reason", flat=True))


@pytest.fixture
def maildir(tmp_path: Path, messages, settings) -> mailbox.Maildir:
    path = tmp_path / "Mail dir"
    box = mailbox.Maildir(path)
    for message in messages:
        box.add(message)
    settings.NEWSLETTER_BOUNCE_MAILBOX = f"maildir:{path}"
    return box


def test_a_maildir_is_emptied_into_its_folder_of_processed_mail(maildir, messages):
    assert process() == NEWS
    assert suppressed() == ["bounced", "complained"]
    assert len(maildir) == 0
    processed = maildir.get_folder("Processed")
    assert {message.get_flags() for message in processed} == {"S"}
    assert sorted(file.as_bytes()[:20] for file in processed) == sorted(
        message[:20] for message in messages
    )
    assert process() == "New: nothing. Applied: 0."


def test_cut_off_after_it_was_stored_a_message_comes_again_and_counts_once(maildir, monkeypatch):
    def cut(self: object, key: str) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(mailboxes.MaildirFolder, "put_away", cut)
        with pytest.raises(CommandError, match="No space left"):
            process()
    assert Notice.objects.count() == 1
    assert len(maildir) == 3
    assert "1 known already" in process()
    assert Notice.objects.count() == 3
    assert suppressed() == ["bounced", "complained"]


def test_what_cannot_be_stored_stays_in_the_mailbox(maildir, monkeypatch):
    def refuse(*args: object, **fields: object) -> bool:
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(Notice.objects.__class__, "receive", refuse)
        with pytest.raises(DatabaseError):
            process()
    assert len(maildir) == 3
    assert process() == NEWS


def test_an_mbox_is_emptied_into_the_file_beside_it(tmp_path, messages, settings):
    path = tmp_path / "bounces"
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    settings.NEWSLETTER_BOUNCE_MAILBOX = f"mbox:{path}"
    assert process() == NEWS
    assert path.read_bytes() == b""
    assert (tmp_path / "bounces.processed").read_bytes().count(b"\nSubject: ") >= 3
    assert process() == "New: nothing. Applied: 0."
    assert not list(tmp_path.glob("*.lock"))


def test_a_locked_mbox_is_left_alone(tmp_path, messages, settings):
    path = tmp_path / "bounces"
    box = mailbox.mbox(path)
    box.add(messages[0])
    box.flush()
    box.lock()
    settings.NEWSLETTER_BOUNCE_MAILBOX = f"mbox:{path}"
    with pytest.raises(CommandError, match="lock"):
        process()
    box.unlock()
    box.close()
    assert not Notice.objects.exists()


def address(server, path: str = "/INBOX", password: str = "") -> str:
    password = quote(password or server.password, safe="")
    return f"imaps://{server.user}:{password}@localhost:{server.port}{path}"


@pytest.mark.parametrize("abilities", ["IMAP4rev1 MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def test_a_folder_on_a_server_is_emptied_into_another(
    tmp_path, messages, settings, monkeypatch, abilities
):
    with imap_server(tmp_path, *messages, abilities=abilities) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server)
        assert process() == NEWS
        assert suppressed() == ["bounced", "complained"]
        assert server.folders["INBOX"] == {}
        assert list(server.folders["Processed"].values()) == messages
        assert ("MOVE" in server.heard) == ("MOVE" in abilities)
        assert process() == "New: nothing. Applied: 0."


@pytest.mark.parametrize("command", ["LOGIN", "SEARCH", "FETCH", "MOVE"])
def test_a_connection_that_breaks_loses_nothing(tmp_path, messages, settings, monkeypatch, command):
    with imap_server(tmp_path, *messages, cut_at=command) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server)
        with pytest.raises(CommandError, match="The mailbox"):
            process()
        assert len(server.folders["INBOX"]) == 3
        server.cut_at = ""
        process()
        assert server.folders["INBOX"] == {}
    assert Notice.objects.count() == 3
    assert suppressed() == ["bounced", "complained"]


def test_what_the_server_refuses_is_said_without_the_password(
    tmp_path, messages, settings, monkeypatch
):
    with imap_server(tmp_path, *messages) as server:
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server)
        with pytest.raises(CommandError, match="certificate"):
            process()
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server, password="secret-word")
        with pytest.raises(CommandError) as refused:
            process()
        assert "wrong" in str(refused.value)
        assert "secret-word" not in str(refused.value)
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server, "/Nowhere")
        with pytest.raises(CommandError, match="Nowhere cannot be opened"):
            process()
    settings.NEWSLETTER_BOUNCE_MAILBOX = "imaps://a:b@127.0.0.1:1/INBOX"
    with pytest.raises(CommandError, match="refused"):
        process()


def test_one_message_comes_by_standard_input(messages, monkeypatch):
    for _ in range(2):
        pipe = io.TextIOWrapper(io.BytesIO(messages[0]))
        monkeypatch.setattr("sys.stdin", pipe)
        said = process(stdin=True)
    assert said == "New: 1 known already. Applied: 0."
    assert suppressed() == ["bounced"]


@pytest.mark.parametrize(
    "wrong",
    [
        "imap://a:b@host/INBOX",
        "imaps://host/INBOX",
        "imaps://a@host",
        "imaps://a:b@host:none/",
        "imaps://a:b@[::1/INBOX",
        "maildir:",
        "/var/mail",
        "pop3s://a:b@host",
    ],
)
def test_an_address_that_is_none_is_an_error_of_the_check(settings, wrong):
    settings.NEWSLETTER_BOUNCE_MAILBOX = wrong
    assert [error.id for error in checks.bounce_mailbox_is_an_address(None)] == ["newsletter.E014"]
    with pytest.raises(CommandError, match="is none of"):
        process()


def test_without_a_mailbox_the_command_says_what_to_set(settings, tmp_path):
    assert checks.bounce_mailbox_is_an_address(None) == []
    with pytest.raises(CommandError, match="NEWSLETTER_BOUNCE_MAILBOX is empty"):
        process()
    for kind, words in (("maildir", "no Maildir"), ("mbox", "no file")):
        settings.NEWSLETTER_BOUNCE_MAILBOX = f"{kind}:{tmp_path}/none"
        with pytest.raises(CommandError, match=words):
            process()
