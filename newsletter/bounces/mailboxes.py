"""The mailbox to which mail comes back: a Maildir, an mbox file, or a folder on an IMAP server.

Each gives its messages one after another, and puts a message away only when it is told that what it
says has been stored: whatever happens in between, it is given again.
"""

import imaplib
import mailbox
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from .reading import LONGEST

PROCESSED = "Processed"
SECONDS = 60
KINDS = "maildir:/path, mbox:/path or imaps://user:password@host/INBOX"


class MailboxTrouble(Exception):
    """The words say what is wrong, for the operator; never with the password."""


class Kept(NamedTuple):
    """A message as it lies there, cut to LONGEST bytes."""

    key: str
    content: bytes


class Mailbox(Protocol):
    def messages(self) -> Iterator[Kept]: ...

    def put_away(self, key: str) -> None: ...


def parsed(address: str) -> SplitResult | None:
    """The parts of NEWSLETTER_BOUNCE_MAILBOX; None where it is empty. Raises MailboxTrouble."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
        is_complete = (
            bool(parts.hostname and parts.username and parts.password) and parts.port != 0
            if parts.scheme == "imaps"
            else parts.scheme in ("maildir", "mbox") and bool(parts.path)
        )
    except ValueError:  # a port that is no number, a bracket that stays open
        is_complete = False
    if not is_complete:
        raise MailboxTrouble(f"NEWSLETTER_BOUNCE_MAILBOX is none of {KINDS}.")
    return parts


@contextmanager
def opened(parts: SplitResult) -> Iterator[Mailbox]:
    """The mailbox at this address, until the block ends. Raises MailboxTrouble."""
    try:
        if parts.scheme == "imaps":
            with imap_folder(parts) as folder:
                yield folder
        elif parts.scheme == "maildir":
            yield MaildirFolder(Path(unquote(parts.path)))
        else:
            with locked_mbox(Path(unquote(parts.path))) as file:
                yield file
    except (OSError, mailbox.Error, imaplib.IMAP4.error) as trouble:
        words = " ".join(str(trouble).split()) or type(trouble).__name__
        password = unquote(parts.password or "") or "\0"
        raise MailboxTrouble(words.replace(password, "…")) from None


class MaildirFolder:
    """What is put away stands in the subfolder .Processed (Maildir++)."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise MailboxTrouble(f"{path} is no Maildir.")
        self.box = mailbox.Maildir(path, create=True, factory=None)

    def messages(self) -> Iterator[Kept]:
        for key in sorted(self.box.keys()):
            # A mail program may have moved it meanwhile.
            with suppress(KeyError, FileNotFoundError), self.box.get_file(key) as file:
                yield Kept(key, file.read(LONGEST))

    def put_away(self, key: str) -> None:
        with suppress(KeyError, FileNotFoundError):
            message = self.box.get_message(key)
            message.set_subdir("cur")
            message.add_flag("S")
            self.box.add_folder(PROCESSED).add(message)
            self.box.remove(key)


class MboxFile:
    """What is put away stands in a file beside it, whose name ends in .processed."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MailboxTrouble(f"{path} is no file.")
        self.box: Any = mailbox.mbox(path, create=False)  # its keys are numbers
        self.processed = mailbox.mbox(path.with_name(f"{path.name}.processed"))

    def messages(self) -> Iterator[Kept]:
        for key in self.box.keys():  # noqa: SIM118  # iterating gives messages
            with self.box.get_file(key) as file:
                yield Kept(str(key), file.read(LONGEST))

    def put_away(self, key: str) -> None:
        self.processed.add(self.box.get_message(int(key)))
        self.box.remove(int(key))

    def close(self) -> None:
        """Write both, the copy first. The file is written anew, and only here."""
        self.processed.flush()
        self.processed.close()
        self.box.flush()
        self.box.close()


@contextmanager
def locked_mbox(path: Path) -> Iterator[MboxFile]:
    """The file, locked against whatever delivers into it."""
    file = MboxFile(path)
    try:
        file.box.lock()
        file.processed.lock()
        yield file
    finally:
        file.close()


class ImapFolder:
    """What is put away is moved to the folder Processed (RFC 6851), or copied there and deleted."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def messages(self) -> Iterator[Kept]:
        found = self.ask("SEARCH", "ALL")
        for key in b" ".join(one for one in found if isinstance(one, bytes)).split():
            number = key.decode()
            answer = self.ask("FETCH", number, f"(BODY.PEEK[]<0.{LONGEST}>)")
            for part in answer:
                if isinstance(part, tuple):
                    yield Kept(number, part[1])

    def put_away(self, key: str) -> None:
        if "MOVE" in self.connection.capabilities:
            self.ask("MOVE", key, PROCESSED)
            return
        self.ask("COPY", key, PROCESSED)
        self.ask("STORE", key, "+FLAGS.SILENT", r"(\Seen \Deleted)")
        if "UIDPLUS" in self.connection.capabilities:
            self.ask("EXPUNGE", key)
        else:
            self.connection.expunge()

    def ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
        status, answer = self.connection.uid(command, *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {answer}")
        return answer


@contextmanager
def imap_folder(parts: SplitResult) -> Iterator[ImapFolder]:
    host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    port = parts.port or 993
    context = ssl.create_default_context()
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=SECONDS)
    try:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        connection.create(PROCESSED)  # answers NO where it is there already
        status, answer = connection.select(quoted(folder))
        if status != "OK":
            raise imaplib.IMAP4.error(f"{folder} cannot be opened: {answer}")
        yield ImapFolder(connection)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()
        with suppress(OSError):
            connection.shutdown()  # where the server has no ears for a farewell


def quoted(folder: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", folder) + '"'
