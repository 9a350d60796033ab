"""The mailbox to which mail comes back: a Maildir, an mbox file, a folder on an IMAP server, or a
POP3 server. What goes over the network is encrypted.

Each yields its messages, cut to LONGEST bytes, and puts a message away only when it is asked for
the next one: by then what it says has been stored. Whatever happens in between, it comes again.
"""

import imaplib
import mailbox
import poplib
import re
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from .reading import LONGEST

PROCESSED = "Processed"
SECONDS = 60
KINDS = (
    "maildir:/path, mbox:/path, imaps://user:password@host/INBOX, "
    "imap+starttls://user:password@host/INBOX or pop3s://user:password@host"
)
# The library refuses lines of more than 2,048 bytes, and no mail server does.
vars(poplib)["_MAXLINE"] = LONGEST
PORTS = {"imaps": 993, "imap+starttls": 143, "pop3s": 995}
# Any letter may stand in a password: it ends at the last @ that a host follows.
SERVER = re.compile(
    r"(?P<scheme>[a-z0-9+]+)://(?P<user>[^:]+):(?P<password>.+)@"
    r"(?P<host>[^\s@:/?#\[\]]+|\[[0-9a-fA-F:.]+\])(?::(?P<port>\d{1,5}))?(?:/(?P<folder>[^@]*))?"
)


class MailboxTrouble(Exception):
    """A fault of the mailbox, in words for the operator; never with the password."""


class Server(NamedTuple):
    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def parsed(address: str) -> Path | Server:
    """Return what NEWSLETTER_BOUNCE_MAILBOX names: a folder or file, or a server. Raises
    MailboxTrouble."""
    if not address:
        raise MailboxTrouble(
            f"NEWSLETTER_BOUNCE_MAILBOX is empty. Set it to {KINDS}, or use --stdin."
        )
    scheme, _, rest = address.partition(":")
    if scheme in ("maildir", "mbox") and rest:
        return Path(unquote(rest))
    if scheme not in PORTS:
        raise MailboxTrouble(f"NEWSLETTER_BOUNCE_MAILBOX is none of {KINDS}.")
    found = SERVER.fullmatch(address)
    port = int(found["port"] or PORTS[scheme]) if found else 0
    if found is None or not 0 < port < 2**16:
        raise MailboxTrouble(
            f"NEWSLETTER_BOUNCE_MAILBOX is none of {KINDS}: a server needs a user, a "
            "password and a host, and a port is a number from 1 to 65535."
        )
    user, password, folder = (unquote(found[name] or "") for name in ("user", "password", "folder"))
    return Server(scheme, found["host"].strip("[]"), port, user, password, folder.strip("/"))


def messages(address: str) -> Generator[bytes, None, None]:
    place = parsed(address)
    readers: dict[str, Callable[[Any], Iterator[bytes]]] = {
        "maildir": in_maildir,
        "mbox": in_mbox,
        "pop3s": on_pop3_server,
    }
    try:
        yield from readers.get(address.partition(":")[0], in_imap_folder)(place)
    except (OSError, ValueError, EOFError, mailbox.Error, imaplib.IMAP4.error) as trouble:
        raise MailboxTrouble(in_words(trouble, place)) from None
    except poplib.error_proto as trouble:
        raise MailboxTrouble(in_words(trouble, place)) from None


def in_words(trouble: Exception, place: Path | Server) -> str:
    """Return one line without the password, for a fault that may have bytes or several lines."""
    given = trouble.args[0] if len(trouble.args) == 1 else str(trouble)
    text = given.decode(errors="replace") if isinstance(given, bytes) else str(given)
    words = " ".join(text.split()) or type(trouble).__name__
    if isinstance(place, Path):
        return words
    return f"{place.host}: {words.replace(place.password, '…')}"


def in_maildir(path: Path) -> Iterator[bytes]:
    """Processed messages stand in the subfolder .Processed (Maildir++)."""
    if not path.is_dir():
        raise MailboxTrouble(f"{path} is no Maildir.")
    box = mailbox.Maildir(path, factory=None)
    for key in sorted(box.keys()):
        # A mail program may have moved it meanwhile.
        with suppress(KeyError, FileNotFoundError):
            with box.get_file(key) as file:
                content = file.read(LONGEST)
            yield content
            message = box.get_message(key)
            message.set_subdir("cur")
            message.add_flag("S")
            box.add_folder(PROCESSED).add(message)
            box.remove(key)


def in_mbox(path: Path) -> Iterator[bytes]:
    """Processed messages stand in a file beside it, whose name ends in .processed. Both are locked
    against whatever delivers into them."""
    if not path.is_file():
        raise MailboxTrouble(f"{path} is no file.")
    box: Any = mailbox.mbox(path, create=False)  # its keys are numbers
    processed = mailbox.mbox(path.with_name(f"{path.name}.processed"))
    try:
        box.lock()
        processed.lock()
        for key in box.keys():  # noqa: SIM118  # iterating gives messages
            with box.get_file(key) as file:
                content = file.read(LONGEST)
            yield content
            processed.add(box.get_message(key))
            box.remove(key)
    finally:
        # The copy is written first. The mbox is written anew, and only here.
        processed.close()
        box.close()


def in_imap_folder(place: Server) -> Iterator[bytes]:
    """Processed messages are moved to the folder Processed (RFC 6851), or copied there and
    deleted."""
    folder, context = place.folder or "INBOX", ssl.create_default_context()
    connection: imaplib.IMAP4
    if place.scheme == "imaps":
        connection = imaplib.IMAP4_SSL(place.host, place.port, ssl_context=context, timeout=SECONDS)
    else:
        connection = imaplib.IMAP4(place.host, place.port, timeout=SECONDS)
    try:
        if place.scheme != "imaps":
            connection.starttls(context)
        log_in(connection, place)
        connection.create(PROCESSED)  # answers NO where it is there already
        status, answer = connection.select('"' + re.sub(r'([\\"])', r"\\\1", folder) + '"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"{folder} cannot be opened: {answer}")
        found = ask(connection, "SEARCH", "ALL")
        for key in b" ".join(one for one in found if isinstance(one, bytes)).decode().split():
            for part in ask(connection, "FETCH", key, f"(BODY.PEEK[]<0.{LONGEST}>)"):
                if isinstance(part, tuple):
                    yield part[1]
                    put_away(connection, key)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()
        with suppress(OSError):
            connection.shutdown()  # where the server has no ears for a farewell


def log_in(connection: imaplib.IMAP4, place: Server) -> None:
    """Log in by SASL PLAIN (RFC 4616), which takes any letter; LOGIN takes ASCII alone."""
    if "AUTH=PLAIN" in connection.capabilities:
        secret = f"\0{place.user}\0{place.password}".encode()
        connection.authenticate("PLAIN", lambda challenge: secret)
    elif f"{place.user}{place.password}".isascii():
        connection.login(place.user, place.password)
    else:
        raise imaplib.IMAP4.error("This server takes no letters beyond ASCII in a password.")


def on_pop3_server(place: Server) -> Iterator[bytes]:
    """Processed messages are deleted: the protocol has no folders. They are gone when the server
    hears QUIT; if the connection breaks before, they come again."""
    context = ssl.create_default_context()
    connection = poplib.POP3_SSL(place.host, place.port, timeout=SECONDS, context=context)
    try:
        connection.user(place.user)
        connection.pass_(place.password)
        for number in range(1, connection.stat()[0] + 1):
            yield b"\r\n".join(connection.retr(number)[1])[:LONGEST]
            connection.dele(number)
        connection.quit()
    finally:
        connection.close()


def put_away(connection: imaplib.IMAP4, key: str) -> None:
    if "MOVE" in connection.capabilities:
        ask(connection, "MOVE", key, PROCESSED)
        return
    ask(connection, "COPY", key, PROCESSED)
    ask(connection, "STORE", key, "+FLAGS.SILENT", r"(\Seen \Deleted)")
    if "UIDPLUS" in connection.capabilities:
        ask(connection, "EXPUNGE", key)
    else:
        connection.expunge()


def ask(
    connection: imaplib.IMAP4, command: str, *arguments: str
) -> list[bytes | tuple[bytes, bytes]]:
    status, answer = connection.uid(command, *arguments)
    if status != "OK":
        raise imaplib.IMAP4.error(f"{command}: {answer}")
    return answer
