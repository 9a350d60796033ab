"""The SMTP dialogue: one mail goes out, one result comes back.

Nothing here touches the database, and nothing here raises for what a server does.
"""

import email
import smtplib
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from email import policy
from email.message import EmailMessage, Message
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import console, smtp
from django.utils.module_loading import import_string

from newsletter.mime import WireMail
from newsletter.refusals import Cause, cause_of

from .replies import CLOSING, LOCAL_ERROR, Outcome, SendResult, Stage, on_disconnect, on_reply

TOO_MANY = 429

# In the structure of a message, not for a provider's API.
OF_THE_STRUCTURE = {"from", "to", "subject", "mime-version", "content-type", "reply-to"}


class Gate:
    """What the threads of a worker know of the mail server: when it refuses us, those that were
    about to name a recipient do not."""

    def __init__(self) -> None:
        self.shut_at = 0.0

    def ask(
        self, question: Callable[[], tuple[int, bytes]], begun_at: float
    ) -> tuple[int, bytes] | None:
        if begun_at < self.shut_at:
            return None
        code, words = question()
        if not is_accepted(code) and cause_of(readable(words), code=code) is Cause.SENDER:
            self.shut_at = time.monotonic()
        return code, words


class SmtpTransport:
    """A connection to the mail server, kept open between mails."""

    def __init__(self, backend: smtp.EmailBackend, gate: Gate) -> None:
        self.backend = backend  # knows host, STARTTLS, SSL and login
        self.gate = gate

    def send(self, mail: WireMail) -> SendResult:
        stage, begun_at = Stage.GREETING, time.monotonic()
        try:
            connection, is_new = self.connected()
            stage = Stage.MAIL
            if mail.needs_utf8 and not connection.has_extn("smtputf8"):
                return SendResult(
                    Outcome.FAILED, None, "The mail server takes no such letters in an address."
                )
            code, words = self.begin(connection, mail, is_new=is_new)
            connection = self.open_connection  # it may be another
            if is_accepted(code):
                stage = Stage.RCPT
                reply = self.gate.ask(lambda: connection.rcpt(mail.recipient), begun_at)
                if reply is None:
                    self.reset(LOCAL_ERROR)
                    return SendResult(Outcome.REQUEUED)
                code, words = reply
            if stage is Stage.RCPT and is_accepted(code):
                stage = Stage.DATA
                code, words = connection.docmd("DATA")
                if code == 354:
                    # All but the dot: while this goes on nothing can be accepted.
                    connection.send(mail.content)
                    stage = Stage.END
                    code, words = self.end(connection)
        except OSError as error:  # smtplib's and ssl's faults are of this kind
            self.drop()
            is_early = stage in (Stage.GREETING, Stage.MAIL)
            if is_early and isinstance(error, smtplib.SMTPResponseException):
                return on_reply(Stage.GREETING, error.smtp_code, readable(error.smtp_error))
            return on_disconnect(stage, readable(str(error)) or type(error).__name__)
        if not (stage is Stage.END and is_accepted(code)):
            self.reset(code)
        return on_reply(stage, code, readable(words))

    @property
    def open_connection(self) -> smtplib.SMTP:
        if self.backend.connection is None:
            raise smtplib.SMTPServerDisconnected("There is no connection.")
        return self.backend.connection

    def connected(self) -> tuple[smtplib.SMTP, bool]:
        is_new = bool(self.backend.open())
        connection = self.open_connection
        if is_new:
            connection.ehlo_or_helo_if_needed()
            if connection.sock is not None:
                # The dot is a write of its own, which must not wait for the body's receipt.
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, is_new

    def begin(self, connection: smtplib.SMTP, mail: WireMail, *, is_new: bool) -> tuple[int, bytes]:
        """Send MAIL FROM. A server may have closed a connection that stood idle, or that carried
        its share of mails; that is no trouble, and nothing was sent: once more on a new one."""
        options = []
        if connection.has_extn("size"):
            options.append(f"SIZE={len(mail.content)}")
        if mail.needs_utf8:
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            code, words = connection.mail(mail.sender, options)
        except smtplib.SMTPServerDisconnected:
            if is_new:
                raise
            code, words = CLOSING, b""
        if code == CLOSING and not is_new:
            self.drop()
            connection, is_new = self.connected()
            return self.begin(connection, mail, is_new=is_new)
        return code, words

    def end(self, connection: smtplib.SMTP) -> tuple[int, bytes]:
        """Send the final dot and return the reply to it, which may take longest."""
        connection.send(".\r\n")
        sock = connection.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("The connection is gone.")
        sock.settimeout(settings.EMAIL_DATA_TIMEOUT)
        answer = connection.getreply()
        sock.settimeout(self.backend.timeout)
        return answer

    def reset(self, code: int) -> None:
        """Send RSET after a refusal; drop a connection that is spent or out of step."""
        is_refusal = 400 <= code < 600 and code != CLOSING
        with suppress(OSError):
            if is_refusal and is_accepted(self.open_connection.rset()[0]):
                return
        self.drop()

    def drop(self) -> None:
        """Close without QUIT, whose reply a broken connection would wait for."""
        for name in ("connection", "_partial_connection"):  # the latter did not get to its login
            connection = getattr(self.backend, name)
            setattr(self.backend, name, None)
            if connection is not None:
                connection.close()

    def close(self) -> None:
        try:
            self.backend.close()
        except OSError:
            self.drop()


class BackendTransport:
    """Another backend of Django's: files, or a provider's API."""

    def __init__(self) -> None:
        self.backend: Any = None

    def send(self, mail: WireMail) -> SendResult:
        try:
            self.backend = self.backend or get_connection(fail_silently=False)
            # A provider's session is kept; of files each mail gets its own.
            if not isinstance(self.backend, console.EmailBackend):
                self.backend.open()
        except Exception as error:
            self.backend = None
            return on_disconnect(Stage.GREETING, f"{error}" or type(error).__name__)
        try:
            self.backend.send_messages([PrebuiltEmail(mail)])
        except Exception as error:
            self.close()
            return self.on_error(error)
        if isinstance(self.backend, console.EmailBackend):
            self.backend = None
        return SendResult(Outcome.SENT)

    def on_error(self, error: Exception) -> SendResult:
        """Return the result that an API's error means. It carries a status (RFC 9110); without one,
        or if the fault is the provider's, the mail may be on its way."""
        words = f"{type(error).__name__}: {error}"
        status = getattr(error, "status_code", None)
        if status is None or not 400 <= status < 500:
            return SendResult(Outcome.UNKNOWN, None, words, is_trouble=True)
        if status in (401, 403, TOO_MANY):
            cause = None if status == TOO_MANY else Cause.SENDER
            return SendResult(Outcome.REQUEUED, status, words, cause, is_trouble=True)
        return SendResult(Outcome.FAILED, status, words)

    def close(self) -> None:
        backend, self.backend = self.backend, None
        with suppress(Exception):
            if backend is not None:
                backend.close()


class PrebuiltEmail(EmailMultiAlternatives):
    """A mail as Django's backends take it: in parts for those that ask for parts, and as the
    prebuilt bytes for those that write them."""

    def __init__(self, mail: WireMail) -> None:
        self.content = mail.content
        parsed = email.message_from_bytes(mail.content, policy=policy.default)
        super().__init__(
            subject=str(parsed["Subject"]),
            body=part(parsed, "plain"),
            from_email=str(parsed["From"]),
            to=[mail.recipient],
            reply_to=[str(parsed["Reply-To"])],
            headers={
                name: str(value)
                for name, value in parsed.items()
                if name.lower() not in OF_THE_STRUCTURE
            },
            alternatives=[(part(parsed, "html"), "text/html")],
        )
        self.envelope_sender = mail.sender  # anymail's name for it

    def message(self) -> Message:  # type: ignore[override]
        return email.message_from_bytes(self.content)


Transport = SmtpTransport | BackendTransport


def new_transport(gate: Gate | None = None) -> Transport:
    """Return the transport that EMAIL_* of the settings names: SMTP, or another backend of
    Django's. Raises ValueError for settings that contradict each other."""
    backend = import_string(settings.EMAIL_BACKEND)
    return (
        SmtpTransport(backend(), gate or Gate())
        if issubclass(backend, smtp.EmailBackend)
        else BackendTransport()
    )


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return str(found.get_content()) if found is not None else ""


def is_accepted(code: int) -> bool:
    return 200 <= code < 300


def readable(words: bytes | str) -> str:
    """Return a server's reply on one line, whatever its encoding."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())
