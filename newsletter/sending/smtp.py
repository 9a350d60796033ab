"""The talk with the mail server: one mail goes out, one verdict comes back.

Nothing here touches the database, and nothing here raises for what a server does.
"""

import email
import smtplib
import socket
from email import policy
from email.message import EmailMessage, Message
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import console, smtp
from django.utils.module_loading import import_string

from newsletter.message import Mail

from .verdicts import CLOSING, Outcome, Stage, Verdict, of_reply, of_silence

# Seconds to wait for the answer to the final dot. RFC 5321, 4.5.3.2.6 asks for ten minutes: who
# gives up sooner is in doubt about mails that did arrive.
LAST_ANSWER = 600
TOO_MANY = 429

# In the structure of a message, not for a provider's API.
OF_THE_STRUCTURE = {"from", "to", "subject", "mime-version", "content-type", "reply-to"}


class Carrier(Protocol):
    def send(self, mail: Mail) -> Verdict: ...
    def close(self) -> None: ...


def new_carrier() -> Carrier:
    """By EMAIL_* of the settings: over SMTP, or by another backend of Django's. Raises ValueError
    for settings that contradict each other."""
    backend = import_string(settings.EMAIL_BACKEND)
    return SmtpCarrier(backend()) if issubclass(backend, smtp.EmailBackend) else BackendCarrier()


class SmtpCarrier:
    """One connection, kept open between mails."""

    def __init__(self, backend: smtp.EmailBackend) -> None:
        self.backend = backend  # knows host, STARTTLS, SSL and login

    def send(self, mail: Mail) -> Verdict:
        stage = Stage.GREETING
        try:
            connection, is_new = self.connected()
            stage = Stage.MAIL
            if mail.needs_utf8 and not connection.has_extn("smtputf8"):
                return Verdict(
                    Outcome.FAILED, None, "The mail server takes no such letters in an address."
                )
            code, words = self.begin(connection, mail, is_new=is_new)
            connection = self.open_connection  # it may be another
            if is_accepted(code):
                stage = Stage.RCPT
                code, words = connection.rcpt(mail.recipient)
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
                return of_reply(Stage.GREETING, error.smtp_code, readable(error.smtp_error))
            return of_silence(stage, readable(str(error)) or type(error).__name__)
        if not (stage is Stage.END and is_accepted(code)):
            self.reset(code)
        return of_reply(stage, code, readable(words))

    @property
    def open_connection(self) -> smtplib.SMTP:
        if self.backend.connection is None:
            raise smtplib.SMTPServerDisconnected("There is no connection.")
        return self.backend.connection

    def connected(self) -> tuple[smtplib.SMTP, bool]:
        """The connection, and whether it was made just now."""
        is_new = bool(self.backend.open())
        connection = self.open_connection
        if is_new:
            connection.ehlo_or_helo_if_needed()
            if connection.sock is not None:
                # The dot is a write of its own, which must not wait for the body's receipt.
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, is_new

    def begin(self, connection: smtplib.SMTP, mail: Mail, *, is_new: bool) -> tuple[int, bytes]:
        """MAIL FROM. A server may have closed a connection that stood idle, or that carried its
        share of mails; that is no trouble, and nothing was sent: once more on a new one."""
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
        """The final dot, and the answer to it, for which there is more patience."""
        connection.send(".\r\n")
        sock = connection.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("The connection is gone.")
        sock.settimeout(LAST_ANSWER)
        answer = connection.getreply()
        sock.settimeout(self.backend.timeout)
        return answer

    def reset(self, code: int) -> None:
        """After a refusal the next mail begins anew, on a new connection where this one is spent or
        out of step."""
        try:
            if (
                code != CLOSING
                and 400 <= code < 600
                and is_accepted(self.open_connection.rset()[0])
            ):
                return
        except OSError:
            pass
        self.drop()

    def drop(self) -> None:
        """Without a farewell, which a broken connection would wait for."""
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


class BackendCarrier:
    """By another backend of Django's: files, or a provider's API."""

    def __init__(self) -> None:
        self.backend: Any = None

    def send(self, mail: Mail) -> Verdict:
        try:
            self.backend = self.backend or get_connection(fail_silently=False)
            # A provider's session is kept; of files each mail gets its own.
            if not isinstance(self.backend, console.EmailBackend):
                self.backend.open()
        except Exception as error:
            self.backend = None
            return of_silence(Stage.GREETING, f"{error}" or type(error).__name__)
        try:
            self.backend.send_messages([Parcel(mail)])
        except Exception as error:
            self.close()
            return self.of_failure(error)
        if isinstance(self.backend, console.EmailBackend):
            self.backend = None
        return Verdict(Outcome.SENT)

    def of_failure(self, error: Exception) -> Verdict:
        """An API answers with a status (RFC 9110); where there is none, or the fault is the
        provider's, the mail may be on its way."""
        words = f"{type(error).__name__}: {error}"
        status = getattr(error, "status_code", None)
        if status is None or not 400 <= status < 500:
            return Verdict(Outcome.UNKNOWN, None, words, is_trouble=True)
        if status in (401, 403, TOO_MANY):
            return Verdict(Outcome.BACK, status, words, is_trouble=True)
        return Verdict(Outcome.FAILED, status, words)

    def close(self) -> None:
        backend, self.backend = self.backend, None
        try:
            if backend is not None:
                backend.close()
        except Exception:
            return


class Parcel(EmailMultiAlternatives):
    """A mail as backends want it: taken apart for those that ask for its parts, and as its own
    bytes for those that write them."""

    def __init__(self, mail: Mail) -> None:
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


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return str(found.get_content()) if found is not None else ""


def is_accepted(code: int) -> bool:
    return 200 <= code < 300


def readable(words: bytes | str) -> str:
    """What a server said, on one line; it may be in any encoding."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())
