"""The meaning of a mail server's replies: for the mail, for its recipient, and for all others."""

from dataclasses import dataclass
from enum import Enum, auto

from newsletter.refusals import Cause, cause_of, is_of_mailbox

# RFC 5321, 4.2.3: without a closer word, these speak of the mailbox when it is named.
OF_THE_MAILBOX = {550, 551, 553}
# RFC 4954, 6: we have to log in, or to do it better.
OF_THE_LOGIN = {530, 534, 535, 538}
CLOSING = 421
LOCAL_ERROR = 451


class Stage(Enum):
    """The step of the SMTP dialogue to which a reply belongs."""

    GREETING = auto()  # connecting, EHLO, STARTTLS, login
    MAIL = auto()
    RCPT = auto()
    DATA = auto()  # from the command until all but the final dot is sent
    END = auto()  # the final dot is out


class Outcome(Enum):
    SENT = auto()
    DEFERRED = auto()
    FAILED = auto()
    UNKNOWN = auto()
    REQUEUED = auto()  # nothing happened to this mail


@dataclass(frozen=True)
class SendResult:
    outcome: Outcome
    code: int | None = None
    words: str = ""
    cause: Cause | None = None  # of a refusal, if it is to be remembered
    is_trouble: bool = False  # of the mail server: everybody stops for a while


def on_reply(stage: Stage, code: int, words: str) -> SendResult:
    """Return the result that this reply means for the mail.

    A reply to the final dot that is no code at all leaves the mail in doubt. Before that dot
    nothing can have been accepted.
    """
    if stage is Stage.END and 200 <= code < 300:
        return SendResult(Outcome.SENT, code)
    if not 400 <= code < 600:
        outcome = Outcome.UNKNOWN if stage is Stage.END else Outcome.REQUEUED
        return SendResult(outcome, None, f"An answer that is none: {words}", is_trouble=True)
    cause = cause_of(words, code=code)
    if stage in (Stage.GREETING, Stage.MAIL) or code in {CLOSING, *OF_THE_LOGIN}:
        is_of_us = code >= 500 and cause not in (Cause.BUSY, Cause.FULL, Cause.MESSAGE)
        cause = Cause.SENDER if is_of_us else cause
        return SendResult(Outcome.REQUEUED, code, words, cause, is_trouble=True)
    is_ours = cause is Cause.SENDER or (cause is Cause.BUSY and not is_of_mailbox(words))
    if code < 500:
        return SendResult(Outcome.DEFERRED, code, words, cause, is_trouble=is_ours)
    if cause is Cause.UNCLEAR and stage is Stage.END:
        cause = Cause.MESSAGE
    is_silent = cause is Cause.UNCLEAR and not (stage is Stage.RCPT and code in OF_THE_MAILBOX)
    return SendResult(Outcome.FAILED, code, words, None if is_silent else cause, is_ours)


def on_disconnect(stage: Stage, words: str) -> SendResult:
    """Return the result that a broken connection or a time-out means for the mail.

    A server that has not seen the final dot must drop the mail when the connection goes (RFC 5321,
    4.1.1.10: as if RSET had been received), and the transport sends that dot apart, last. So until
    then it is certain that nothing was accepted, and the mail is tried again. With the dot the
    server takes the mail over and may say so into a line that is dead (RFC 1047): nobody knows.
    """
    if stage is Stage.END:
        return SendResult(Outcome.UNKNOWN, None, words, is_trouble=True)
    if stage in (Stage.RCPT, Stage.DATA):
        return SendResult(Outcome.DEFERRED, None, words)
    return SendResult(Outcome.REQUEUED, None, words, is_trouble=True)
