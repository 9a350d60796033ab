"""Mail that went out and came back, for the tests of what is made of it."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count

from django.utils import timezone

from newsletter.mime import mark
from newsletter.models import Delivery, Issue, Letterhead, MailingList, Subscriber

numbers = count(1)


def mailing_list(name: str = "Weekly") -> MailingList:
    return MailingList.objects.get_or_create(name=name, defaults={"slug": name.lower()})[0]


def reader(email: str = "ada@example.org", *, days_ago: float = 400) -> Subscriber:
    """Somebody who confirmed long ago, and is on the list."""
    moment = timezone.now() - timedelta(days=days_ago)
    found = Subscriber.objects.of_address(email)
    if found is None:
        found = Subscriber.objects.create(email=email, confirmed_at=moment)
        Subscriber.objects.filter(pk=found.pk).update(created_at=moment)
        found.join(mailing_list())
    return found


def issue(**fields: object) -> Issue:
    number = next(numbers)
    now = timezone.now()
    return Issue.objects.create(
        **{
            "list": mailing_list(),
            "subject": f"Issue {number}",
            "html": "<p>Text</p>",
            "text": "Text",
            "approved_at": now,
            "started_at": now,
            "slug": f"issue-{number}",
            "state": Issue.State.SENDING,
            **fields,
        }
    )


def delivery(
    person: Subscriber | None = None, of: Issue | None = None, *, days_ago: float = 1
) -> Delivery:
    """A mail of a new issue that was sent to somebody."""
    person = person or reader()
    moment = timezone.now() - timedelta(days=days_ago)
    return Delivery.objects.create(
        issue=of or issue(),
        subscription=person.subscriptions.get(list=mailing_list()),
        address=person.email,
        state=Delivery.State.SENT,
        first_tried_at=moment,
        finished_at=moment,
    )


def marked(sent: Delivery) -> str:
    return (
        f"bounces+{sent.pk}-{mark(sent.pk, Letterhead.objects.current().secret)}@magazine.example"
    )


def message_id(sent: Delivery) -> str:
    return f"<{sent.issue.number.hex}.{sent.pk}@magazine.example>"


def recipient_group(address: str, status: str = "5.1.1", action: str = "failed") -> str:
    return (
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} no\n"
    )


def dsn(
    *groups: str,
    to: str = "bounces@magazine.example",
    returned: str = "",
    at: datetime | None = None,
    name: str = "",
) -> bytes:
    """A delivery status notification (RFC 3464) about these recipients, sent to our bounce address,
    with the header of the mail that it is about."""
    status = "\n".join(["Reporting-MTA: dns; mx.example.org\n", *groups])
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: {to}\n"
        f"Date: {format_datetime(at or timezone.now())}\n"
        f"Message-ID: <{name or next(numbers)}@mx.example.org>\n"
        "Subject: Undelivered Mail\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=edge\n\n"
        "--edge\nContent-Type: text/plain\n\nI could not deliver it.\n\n"
        f"--edge\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--edge\nContent-Type: text/rfc822-headers\n\n{returned}Subject: The week\n\n--edge--\n"
    ).encode()


def complaint(sent: Delivery, *, kind: str = "abuse", to: str = "") -> bytes:
    """A feedback report (RFC 5965) of a reader who pressed “spam”."""
    return (
        f"From: fbl@provider.example\nTo: {to or 'bounces@magazine.example'}\n"
        f"Date: {format_datetime(timezone.now())}\nMessage-ID: <{next(numbers)}@provider.example>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=edge\n\n"
        "--edge\nContent-Type: text/plain\n\nThis is an abuse report.\n\n"
        f"--edge\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\n"
        f"User-Agent: X/1\nVersion: 1\nOriginal-Rcpt-To: <{sent.address}>\n\n"
        f"--edge\nContent-Type: message/rfc822\n\nMessage-ID: {message_id(sent)}\n"
        f"To: {sent.address}\nSubject: The week\n\nText\n\n--edge--\n"
    ).encode()
