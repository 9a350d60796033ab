"""The mailbox of bounces, read by `manage.py process_bounces`: nothing is lost, nothing counts
twice."""

import io
import mailbox
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from newsletter import checks
from newsletter.models import MailEvent, Suppression
from tests.newsletter.bounced import complaint, delivery, dsn, marked, reader, recipient_group
from tests.newsletter.imap_server import imap_server, pop3_server

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


def test_cut_off_after_it_was_stored_a_message_comes_again_and_counts_once(maildir, tmp_path):
    in_the_way = tmp_path / "Mail dir" / ".Processed"
    in_the_way.touch()
    with pytest.raises(CommandError, match="Not a directory"):
        process()
    in_the_way.unlink()
    assert MailEvent.objects.count() == 1
    assert len(maildir) == 3
    assert "1 known already" in process()
    assert MailEvent.objects.count() == 3
    assert suppressed() == ["bounced", "complained"]


def test_what_cannot_be_stored_stays_in_the_mailbox(maildir, monkeypatch):
    def refuse(*args: object, **fields: object) -> bool:
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(MailEvent.objects.__class__, "receive", refuse)
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
    assert not MailEvent.objects.exists()


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


PASSWORDS = [
    "plain",
    "p@ss/w:rd %",
    "a#b?c&d=e",
    "mit Ümläuten und שלום",
    'quote " and \\',
    "[::1]",
    "@x/y@z",
    "100%",
]


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_of_any_letters_stands_in_the_setting_as_it_is(
    tmp_path, messages, settings, monkeypatch, password
):
    abilities = "IMAP4rev1 AUTH=PLAIN MOVE"
    with imap_server(tmp_path, *messages, abilities=abilities, password=password) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        raw = f"imaps://{server.user}:{password}@localhost:{server.port}/INBOX"
        settings.NEWSLETTER_BOUNCE_MAILBOX = raw
        assert process() == NEWS
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server)
        assert process() == "New: nothing. Applied: 0."
    with pop3_server(tmp_path, *messages, password=password) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        raw = f"pop3s://{server.user}:{password}@localhost:{server.port}"
        settings.NEWSLETTER_BOUNCE_MAILBOX = raw
        assert process() == "New: 3 known already. Applied: 0."
        assert server.messages == []


def test_a_folder_is_read_after_starttls_and_never_in_clear(
    tmp_path, messages, settings, monkeypatch
):
    with imap_server(tmp_path, *messages, abilities="IMAP4rev1 STARTTLS MOVE") as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server).replace("imaps:", "imap+starttls:")
        assert process() == NEWS
        assert server.heard.index("STARTTLS") < server.heard.index("LOGIN")
        assert list(server.folders["Processed"].values()) == messages
    with imap_server(tmp_path, abilities="IMAP4rev1 STARTTLS", cut_at="STARTTLS") as server:
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server).replace("imaps:", "imap+starttls:")
        with pytest.raises(CommandError, match="The mailbox"):
            process()
        assert "LOGIN" not in server.heard


@pytest.mark.parametrize("command", ["STAT", "RETR", "DELE", "QUIT"])
def test_a_pop3_server_keeps_what_it_was_not_told_to_delete(
    tmp_path, messages, settings, monkeypatch, command
):
    long_line = b"From: a@b\n\n" + b"x" * 10_000 + b"\n.\n..\n"
    with pop3_server(tmp_path, *messages, long_line, cut_at=command) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings.NEWSLETTER_BOUNCE_MAILBOX = address(server, "").replace("imaps:", "pop3s:")
        with pytest.raises(CommandError, match="The mailbox: localhost: "):
            process()
        assert len(server.messages) == 4
        server.cut_at = ""
        process()
        assert server.messages == []
    assert MailEvent.objects.count() == 4
    assert suppressed() == ["bounced", "complained"]


def test_a_wrong_password_of_pop3_is_one_line_without_it(tmp_path, settings, monkeypatch):
    with pop3_server(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        wrong = address(server, "", password="secret-word").replace("imaps:", "pop3s:")
        settings.NEWSLETTER_BOUNCE_MAILBOX = wrong
        with pytest.raises(CommandError) as refused:
            process()
    assert str(refused.value) == "The mailbox: localhost: -ERR wrong: …"


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
    assert MailEvent.objects.count() == 3
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
    for kind in ("imaps", "imap+starttls", "pop3s"):
        for place, words in (("127.0.0.1:1", "refused"), (f"{'x' * 70}.example", "too long")):
            settings.NEWSLETTER_BOUNCE_MAILBOX = f"{kind}://a:b@{place}/INBOX"
            with pytest.raises(CommandError, match=words) as refused:
                process()
            assert "\n" not in str(refused.value)


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
        "imaps://a:b@host:99999/INBOX",
        "imaps://a:b@host:0/INBOX",
        "imaps://a:b@/INBOX",
        "imaps:a:b@host",
        "imap+starttls://a@host",
        "pop3s://a@host",
        "maildir:",
        "/var/mail",
        "pop3://a:b@host",
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
