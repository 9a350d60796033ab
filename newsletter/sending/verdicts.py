"""What an answer of a mail server means: for the mail, for its recipient, and for all others."""

import re
from dataclasses import dataclass
from enum import Enum, auto

# RFC 3463: such an address does not exist, or takes no mail any more.
DEAD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# Of the mailbox and of the way to it; the others speak of us, of the content or of a policy.
DOUBTFUL = ("5.2.", "5.4.")
# RFC 5321, 4.2.3: without a closer word, these speak of the mailbox when it is named.
OF_THE_MAILBOX = {550, 551, 553}
# RFC 4954, 6: we have to log in, or to do it better.
OF_THE_LOGIN = {530, 534, 535, 538}
CLOSING = 421

ENHANCED = re.compile(r"^\s*(?P<code>[245]\.\d{1,3}\.\d{1,3})\b")


class Stage(Enum):
    """How far a mail had come when the answer came."""

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
    BACK = auto()  # nothing happened to this mail


class Blame(Enum):
    NOBODY = auto()
    DOUBT = auto()  # one more sign that the address does not work
    ADDRESS = auto()  # it does not work


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    code: int | None = None
    words: str = ""
    blame: Blame = Blame.NOBODY
    is_trouble: bool = False  # of the mail server: everybody stops for a while


def of_reply(stage: Stage, code: int, words: str) -> Verdict:
    """What this reply says of the mail.

    A reply to the final dot that is no code at all leaves the mail in doubt. Before that dot
    nothing can have been accepted.
    """
    if stage is Stage.END and 200 <= code < 300:
        return Verdict(Outcome.SENT, code)
    if not 400 <= code < 600:
        outcome = Outcome.UNKNOWN if stage is Stage.END else Outcome.BACK
        return Verdict(outcome, None, f"An answer that is none: {words}", is_trouble=True)
    of_the_relay = stage in (Stage.GREETING, Stage.MAIL) or code in {CLOSING, *OF_THE_LOGIN}
    if of_the_relay:
        return Verdict(Outcome.BACK, code, words, is_trouble=True)
    if code < 500:
        return Verdict(Outcome.DEFERRED, code, words)
    return Verdict(Outcome.FAILED, code, words, blame=blame(stage, code, words))


def blame(stage: Stage, code: int, words: str) -> Blame:
    """Whom a refusal for good speaks of: the enhanced code (RFC 3463), where there is one, knows
    better than the plain one."""
    if found := ENHANCED.match(words):
        enhanced = found["code"]
        if enhanced in DEAD:
            return Blame.ADDRESS
        return Blame.DOUBT if enhanced.startswith(DOUBTFUL) else Blame.NOBODY
    return Blame.DOUBT if stage is Stage.RCPT and code in OF_THE_MAILBOX else Blame.NOBODY


def of_silence(stage: Stage, words: str) -> Verdict:
    """What a broken connection or a time-out says of the mail.

    A server that has not seen the final dot must drop the mail when the connection goes (RFC 5321,
    4.1.1.10: as if RSET had been received), and the transport sends that dot apart, last. So until
    then it is certain that nothing was accepted, and the mail is tried again. With the dot the
    server takes the mail over and may say so into a line that is dead (RFC 1047): nobody knows.
    """
    if stage is Stage.END:
        return Verdict(Outcome.UNKNOWN, None, words, is_trouble=True)
    if stage in (Stage.RCPT, Stage.DATA):
        return Verdict(Outcome.DEFERRED, None, words)
    return Verdict(Outcome.BACK, None, words, is_trouble=True)
