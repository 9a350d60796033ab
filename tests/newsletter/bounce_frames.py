# ruff: noqa: E501  # what a mail server says stands on one line
"""The frames in which mail servers put what they say, and what may have happened."""

from collections.abc import Callable

from newsletter.models import Delivery
from tests.newsletter.bounced import marked, message_id

GONE, SOFT, BLAMELESS, NOTHING = "gone", "soft", "blameless", "nothing"
LATE = "late"  # nothing came back, says a server


def head(sender: str, sent: Delivery, subject: str, *more: str) -> str:
    fields = [
        "Return-Path: <>",
        f"Delivered-To: {marked(sent)}",
        *more,
        f"From: {sender}",
        f"To: {marked(sent)}",
        f"Subject: {subject}",
        "Date: Sat, 28 Nov 2026 03:00:00 +0000",
        f"Message-ID: <{abs(hash((sender, subject, more, sent.pk)))}@relay.example>",
        "MIME-Version: 1.0",
    ]
    return "\n".join(fields) + "\n"


def copy(sent: Delivery) -> str:
    """What a server gives back of our mail; its words must not be taken for a reason."""
    return (
        f"Return-Path: <{marked(sent)}>\nMessage-ID: {message_id(sent)}\nTo: {sent.address}\n"
        "Subject: Spam, block lists and user unknown: the week\nList-Id: <weekly.magazine.example>"
        "\n\n550 5.1.1 user unknown, the mailbox is full, says a reader.\n"
    )


def report(words: str, status: str, returned: str, kind: str = "plain") -> str:
    """The three parts of RFC 3462."""
    return (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\n\n'
        f"--edge\nContent-Type: text/{kind}; charset=utf-8\n\n{words}\n\n"
        f"--edge\nContent-Type: message/delivery-status\n\n{status}\n\n"
        f"--edge\nContent-Type: message/rfc822\n\n{returned}\n--edge--\n"
    )


def group(address: str, status: str, diagnostic: str, action: str = "failed") -> str:
    lines = [
        "Reporting-MTA: dns; relay.example",
        "",
        f"Final-Recipient: rfc822; {address}",
        f"Action: {action}",
        f"Status: {status}",
        *([f"Diagnostic-Code: {diagnostic}"] if diagnostic else []),
    ]
    return "\n".join(lines)


def enhanced_of(words: str, default: str) -> str:
    return next(
        (one for one in words.split() if one[:2] in ("4.", "5.") and one[-1].isdigit()), default
    )


def action_of(what: str) -> tuple[str, str]:
    return ("delayed", "4.4.1") if what == LATE else ("failed", "5.0.0")


def postfix(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    subject = (
        "Delayed Mail (still being retried)"
        if what == LATE
        else "Undelivered Mail Returned to Sender"
    )
    text = (
        "This is the mail system at host relay.example.\n\nI'm sorry to have to inform you that "
        "your message could not\nbe delivered to one or more recipients. It's attached below.\n\n"
        f"<{sent.address}>: host mx.example.org[192.0.2.7] said: {words} (in reply to RCPT TO command)"
    )
    fields = group(sent.address, enhanced_of(words, status), f"smtp; {words}", action)
    return head(
        "MAILER-DAEMON@relay.example (Mail Delivery System)",
        sent,
        subject,
        "Auto-Submitted: auto-replied",
    ) + report(text, fields, copy(sent))


def exim(sent: Delivery, what: str, words: str) -> str:
    late = what == LATE
    subject = (
        "Warning: message 1rA delayed 24 hours"
        if late
        else "Mail delivery failed: returning message to sender"
    )
    text = (
        "This message was created automatically by mail delivery software.\n\n"
        + (
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.relay.example.\n\nThe address to which the message has not yet been delivered is:\n\n"
            if late
            else "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        )
        + f"  {sent.address}\n    host mx.example.org [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<{sent.address}>:\n    {words}\n\n"
        + (
            "No action is required on your part. Delivery attempts will continue for\nsome time.\n"
            if late
            else "------ This is a copy of the message, including all the headers. ------\n\n"
            + copy(sent)
        )
    )
    more = (
        ("Auto-Submitted: auto-replied",)
        if late
        else (f"X-Failed-Recipients: {sent.address}", "Auto-Submitted: auto-replied")
    )
    return (
        head("Mail Delivery System <Mailer-Daemon@mx.relay.example>", sent, subject, *more)
        + "\n"
        + text
    )


def sendmail(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    subject = (
        "Warning: could not send message for past 4 hours"
        if what == LATE
        else "Returned mail: see transcript for details"
    )
    text = (
        "The original message was received at Sat, 28 Nov 2026 03:00:00 GMT\nfrom localhost [127.0.0.1]\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{sent.address}>\n    (reason: {words})\n\n"
        f"   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> DATA\n<<< {words}\n"
    )
    fields = group(sent.address, enhanced_of(words, status), f"SMTP; {words}", action)
    return head(
        "Mail Delivery Subsystem <MAILER-DAEMON@relay.example>",
        sent,
        subject,
        "Auto-Submitted: auto-generated (failure)",
    ) + report(text, fields, copy(sent))


def qmail(sent: Delivery, what: str, words: str) -> str:
    return head("MAILER-DAEMON@relay.example", sent, "failure notice") + (
        "\nHi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{sent.address}>:\n{words}\n\n--- Below this line is a copy of the message.\n\n{copy(sent)}"
    )


def exchange(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    subject = "Delivery delayed: The week" if what == LATE else "Undeliverable: The week"
    text = (
        f"<html><body><p><b>Your message to {sent.address} couldn't be delivered.</b></p><p>Remote Server returned "
        f"'{words}'</p><p>Contact your email admin if the problem is not solved.</p></body></html>"
    )
    fields = group(sent.address, enhanced_of(words, status), f"smtp;{words}", action)
    return head(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>",
        sent,
        subject,
        "Auto-Submitted: auto-replied",
    ) + report(text, fields, copy(sent), "html")


def gmail(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    subject = (
        "Delivery Status Notification (Delay)"
        if what == LATE
        else "Delivery Status Notification (Failure)"
    )
    code = enhanced_of(words, status)
    folded = words.replace("; ", f"\n {words[:3]}-{code} ")
    text = f"** Address not found **\n\nYour message wasn't delivered to {sent.address} because the remote server did not take it.\n\nThe response was:\n\n{words}\n"
    return head(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        sent,
        subject,
        f"X-Failed-Recipients: {sent.address}",
        "Auto-Submitted: auto-replied",
    ) + report(text, group(sent.address, code, f"smtp; {folded}", action), copy(sent))


def yahoo(sent: Delivery, what: str, words: str) -> str:
    return head("MAILER-DAEMON@yahoo.example", sent, "Failure Notice") + (
        f"\nSorry, we were unable to deliver your message to the following address.\n\n<{sent.address}>:\n{words}\n\n"
        f"--- Below this line is a copy of the message.\n\n{copy(sent)}"
    )


def ses(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    text = f"An error occurred while trying to deliver the mail to the following recipients:\n{sent.address}"
    fields = group(sent.address, enhanced_of(words, status), f"smtp; {words}", action)
    return head(
        "MAILER-DAEMON@eu-west-1.amazonses.example", sent, "Delivery Status Notification (Failure)"
    ) + report(text, fields, copy(sent))


def courier(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    subject = "NOTICE: mail delivery status."
    text = (
        "This is a delivery status notification from relay.example,\nrunning the Courier mail server.\n\n"
        f"                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<{sent.address}>:\n"
        f"    mx.example.org [192.0.2.7]:\n    >>> RCPT TO:<{sent.address}>\n    <<< {words}\n"
    )
    return head(
        '"Courier mail server at relay.example" <postmaster@relay.example>', sent, subject
    ) + report(text, group(sent.address, status, f"smtp; {words}", action), copy(sent))


def domino(sent: Delivery, what: str, words: str) -> str:
    action, status = action_of(what)
    subject = "DELIVERY DELAY: The week" if what == LATE else "DELIVERY FAILURE: The week"
    text = f"Your message\n\n  Subject: The week\n\nwas not delivered to:\n\n  {sent.address}\n\nbecause:\n\n  {words}\n"
    return head(
        "Postmaster@domino.example", sent, subject, "Auto-Submitted: auto-generated"
    ) + report(
        text,
        group(
            sent.address,
            enhanced_of(words, "5.1.1" if what == GONE else status),
            f"X-Notes; {words}",
            action,
        ),
        copy(sent),
    )


def plain(sender: str, subject: str, text: str, *more: str) -> Callable[[Delivery], str]:
    """A frame of a kind of its own."""
    return lambda sent: (
        head(sender, sent, subject, *more)
        + "\n"
        + text.format(reader=sent.address, copy=copy(sent))
    )
