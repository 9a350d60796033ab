# ruff: noqa: E501  # what a mail server says stands on one line
"""Mails that come back in the forms of the commonest mail servers, made up for the tests.

Each server has its own frame and its own words for each thing that may have happened: the mailbox
is gone, is full or busy, we or our message are refused (then nobody is blamed), or nothing came
back at all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.bounces.reading import read
from newsletter.models import Delivery, MailEvent
from newsletter.refusals import BLAMELESS as NOBODYS_FAULT
from tests.newsletter.bounce_frames import (
    BLAMELESS,
    GONE,
    LATE,
    NOTHING,
    SOFT,
    courier,
    domino,
    exchange,
    exim,
    gmail,
    plain,
    postfix,
    qmail,
    sendmail,
    ses,
    yahoo,
)
from tests.newsletter.bounce_notices import NOTICES


@dataclass(frozen=True)
class Form:
    server: str
    expected: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.server}: {self.expected}"


WORDS: dict[Callable[[Delivery, str, str], str], list[tuple[str, str]]] = {
    postfix: [
        (GONE, "550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in virtual mailbox table"),
        (SOFT, "452 4.2.2 <x@example.org>: Mailbox is over its quota"),
        (BLAMELESS, "554 5.7.1 <x@example.org>: Relay access denied"),
        (BLAMELESS, "553 5.1.8 <news@magazine.example>: Sender address rejected: Domain not found"),
        (BLAMELESS, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
        (BLAMELESS, "450 4.7.1 Error: too much mail from 192.0.2.1"),
        (BLAMELESS, "552 5.3.4 Message size exceeds fixed limit"),
        (SOFT, "450 4.2.0 <x@example.org>: Recipient address rejected: Greylisted"),
        (LATE, "connect to mx.example.org[192.0.2.7]:25: Connection timed out"),
    ],
    exim: [
        (GONE, "550 5.1.1 No such user here"),
        (GONE, "550 Unknown user"),
        (SOFT, "552 mailbox full"),
        (BLAMELESS, "550 relay not permitted"),
        (BLAMELESS, "550-Verification failed for <news@magazine.example>\n    550-550 5.1.1 unknown user\n    550 Sender verify failed"),
        (BLAMELESS, "554 This message is classified as spam"),
        (SOFT, "retry timeout exceeded"),
        (LATE, "connection refused"),
    ],
    sendmail: [
        (GONE, "550 5.1.1 <x@example.org>... User unknown"),
        (SOFT, "552 5.2.2 <x@example.org>... Mailbox full"),
        (BLAMELESS, "550 5.7.1 <x@example.org>... Relaying denied. Proper authentication required."),
        (BLAMELESS, "550 5.7.1 Mail from 192.0.2.1 refused, see http://www.spamcop.net/"),
        (BLAMELESS, "554 5.6.0 Message contains a virus"),
        (LATE, "Deferred: Connection timed out with mx.example.org."),
    ],
    qmail: [
        (GONE, "Sorry, no mailbox here by that name. (#5.1.1)"),
        (GONE, "192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 user unknown\nGiving up on 192.0.2.7."),
        (SOFT, "user is over quota (#5.2.2)"),
        (SOFT, "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long."),
        (BLAMELESS, "192.0.2.7 failed after I sent the message.\nRemote host said: 554 5.7.1 rejected as spam"),
        (BLAMELESS, "Sorry, that domain isn't in my list of allowed rcpthosts; relaying denied (#5.7.1)"),
    ],
    exchange: [
        (GONE, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        (GONE, "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found"),
        (SOFT, "554 5.2.2 mailbox full; STOREDRV.Deliver; the storage quota is used up"),
        (SOFT, "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
        (BLAMELESS, "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus"),
        (BLAMELESS, "550 5.7.606 Access denied, banned sending IP [192.0.2.1]"),
        (BLAMELESS, "554 5.2.252 SendAsDenied; the sender is not allowed"),
        (LATE, "441 4.4.1 Error communicating with target host: connection timed out"),
    ],
    gmail: [
        (GONE, "550 5.1.1 The email account that you tried to reach does not exist.; Please look for typos. NoSuchUser gsmtp"),
        (GONE, "550 5.2.1 The email account that you tried to reach is inactive. DisabledUser gsmtp"),
        (SOFT, "552 5.2.2 The recipient's inbox is out of storage space. OverQuotaPerm gsmtp"),
        (BLAMELESS, "550 5.2.1 The user you are trying to contact is receiving mail at a rate; that prevents additional messages from being delivered. gsmtp"),
        (BLAMELESS, "550 5.7.26 This mail is unauthenticated, which poses a risk; SPF and DKIM did not pass. gsmtp"),
        (BLAMELESS, "550 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail; it has been blocked. gsmtp"),
        (LATE, "The recipient server did not accept our requests to connect."),
    ],
    yahoo: [
        (GONE, "554: delivery error: dd This user doesn't have a yahoo.example account (x@yahoo.example) [0]"),
        (GONE, "554: 554.30: delivery error: This mailbox is disabled (554.30)."),
        (SOFT, "552: 1 Requested mail action aborted, mailbox is over quota"),
        (BLAMELESS, "553: 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list"),
        (BLAMELESS, "554: 5.7.9 Message not accepted for policy reasons."),
    ],
    ses: [
        (GONE, "550 5.1.1 user unknown"),
        (SOFT, "552 5.2.2 The email account that you tried to reach is over quota"),
        (SOFT, "550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.1 Failed to establish connection>"),
        (BLAMELESS, "554 5.7.1 Message rejected because of the poor reputation of the sending IP"),
        (BLAMELESS, "554 5.4.5 Daily message quota exceeded"),
    ],
    courier: [
        (GONE, "550 User unknown."),
        (SOFT, "550 Mailbox quota exceeded."),
        (BLAMELESS, "511 Relaying denied."),
        (BLAMELESS, "517 Sender not allowed: unverified sender."),
        (LATE, "451 Connection timed out"),
    ],
    domino: [
        (GONE, "User Ada Quirk (ada@domino.example) not listed in Domino Directory"),
        (SOFT, "554 5.2.2 mail file of the user is over its quota"),
        (BLAMELESS, "554 5.7.1 Relay rejected for policy reasons."),
        (BLAMELESS, "554 5.7.1 Your host is blocked by the administrator"),
        (LATE, "No route found to domain example.org; will be retried"),
    ],
}  # fmt: skip

OTHERS: list[tuple[str, str, Callable[[Delivery], str]]] = [
    ("a nameless server", GONE, plain("MAILER-DAEMON <>", "Mail delivery failed", "There was an error delivering your mail to <{reader}>.\n\nmx.example.org [192.0.2.7] did not like our RCPT TO:\n550 5.1.1 No such user\n\nMessage headers follow.\n{copy}")),
    ("another name", GONE, plain("Mail System <mail-system@relay.example>", "Undeliverable message", "The following mail could not be delivered:\n\n  {reader}: 550 No such user\n")),
    ("MDaemon", GONE, plain("MDaemon at relay.example <MDaemon@relay.example>", "Permanent Delivery Failure", "The attached message had PERMANENT fatal delivery errors!\n\n--> RCPT To:<{reader}>\n<-- 550 5.1.1 Recipient unknown\n")),
    ("HTML alone", GONE, plain("Mail Administrator <postmaster@relay.example>", "Mail System Error - Returned Mail", "<p>This Message was undeliverable due to the following reason:</p><p>550 5.1.1 &lt;{reader}&gt; user unknown</p>", "Content-Type: text/html; charset=utf-8")),
    ("German words", GONE, plain("Mail-Server <bounce@relay.example>", "Unzustellbar: The week", "Ihre Nachricht an {reader} konnte nicht zugestellt werden:\n550 5.1.1 Empfänger unbekannt\n", "Content-Type: text/plain; charset=utf-8", "Auto-Submitted: auto-replied")),
    ("a human's absence", NOTHING, plain("Ada <ada@example.org>", "Out of office: The week", "I am away; 550 5.1.1 is a nice number.\n", "Auto-Submitted: auto-replied")),
    ("a note without its header", NOTHING, plain("{reader}", "Re: The week", "I am on vacation until Monday. For what cannot wait: desk@example.org, room 550.\n")),
    ("Exchange's absence", NOTHING, plain("Ada <ada.q@elsewhere.example>", "Automatic reply: The week", "I have left the company; mail to this address is not delivered any more.\n", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All")),
    ("vacation(1)", NOTHING, plain("Ada <ada@example.org>", "away from my mail", "I will not be reading my mail for a while.\n", "Auto-Submitted: auto-replied (vacation)", "Precedence: bulk")),
    ("German absence", NOTHING, plain("Ada <ada@example.org>", "Abwesenheitsnotiz: The week", "Ich bin nicht da; Ihre Nachricht wird nicht weitergeleitet.\n", "Auto-Submitted: auto-replied")),
    ("a ticket robot", NOTHING, plain("Support <support@example.org>", "[#55012] We have received your message", "Your request has been received; we answer within 500 hours.\n", "Auto-Submitted: auto-replied")),
    ("a challenge", NOTHING, plain("Ada <ada@example.org>", "Please confirm your message", "Your message has not been delivered yet. Press the link to confirm that you are no robot.\n", "Auto-Submitted: auto-replied")),
    ("a receipt", NOTHING, plain("Ada <ada@example.org>", "Not read: The week", "--edge\nContent-Type: text/plain\n\nYour message was deleted without being read.\n\n--edge\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{reader}\nDisposition: automatic-action; deleted\n\n--edge--\n", 'Content-Type: multipart/report; report-type=disposition-notification; boundary="edge"')),
    ("HTML with entities", GONE, plain("Mail Administrator <postmaster@relay.example>", "Mail System Error - Returned Mail", "<td>{reader}</td><td>550&nbsp;5.1.1</td><td>user&nbsp;unknown</td>", "Content-Type: text/html; charset=utf-8")),
    ("a subject of ours that speaks of absence", GONE, plain("Microsoft Outlook <postmaster@reader.example>", "Undeliverable: A minister on leave", "Your message to {reader} was not delivered: 550 5.1.1 User unknown\n", "Auto-Submitted: auto-replied")),
    ("Outlook.com", GONE, plain("postmaster@outlook.example", "Undeliverable: The week", "{reader} wasn't reached.\n550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)\n")),
    ("parental leave", NOTHING, plain("Ada <ada.q@elsewhere.example>", "Until May", "My mail is not delivered to me; write to desk@example.org, room 550.\n", "Auto-Submitted: auto-replied")),
    ("somebody who has left the house", NOTHING, plain("Ada <ada.q@elsewhere.example>", "Nicht mehr im Haus", "Ihre Nachricht wurde nicht zugestellt. Schreiben Sie an desk@example.org, Zimmer 550.\n", "Content-Type: text/plain; charset=utf-8")),
    ("Ukrainian leave", NOTHING, plain("Ada <ada.q@elsewhere.example>", "Re: The week", "Я у відпустці. Лист не доставлено. desk@example.org\n", "Content-Type: text/plain; charset=utf-8", "Auto-Submitted: auto-generated")),
    ("a robot that asks for approval", NOTHING, plain("Guard <notice@guard.example>", "Ada: Re: The week (Action Required)", "Your message to {reader} will not be delivered until you are approved.\n", "Auto-Submitted: auto-replied")),
    ("a server's receipt", NOTHING, plain("postmaster@example.org", "Not read: The week", "--edge\nContent-Type: text/plain\n\nIt failed to be read.\n\n--edge\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{reader}\nDisposition: automatic-action; deleted\n\n--edge--\n", 'Content-Type: multipart/report; report-type=disposition-notification; boundary="edge"')),
    ("a postmaster who is away", NOTHING, plain("<postmaster@example.org>", "Out of office", "I am away; 550 5.1.1 is a nice number.\n", "Auto-Submitted: auto-replied")),
]  # fmt: skip


def forms(sent: Delivery) -> Iterator[Form]:
    """Every form, about this mail."""
    for frame, words in WORDS.items():
        for what, said in words:
            expected = NOTHING if what == LATE else what
            yield Form(frame.__name__, expected, frame(sent, what, said).encode())
    for name, expected, write in [*OTHERS, *NOTICES]:
        yield Form(name, expected, write(sent).encode())


def judged(content: bytes) -> str:
    (told,) = read(content)
    if told.kind == MailEvent.Kind.OTHER:
        return NOTHING
    assert told.delivery is not None
    if told.kind == MailEvent.Kind.HARD:
        return GONE
    return BLAMELESS if told.cause in NOBODYS_FAULT else SOFT
