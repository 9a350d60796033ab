from .letterhead import Letterhead  # isort: skip  # the others turn addresses into digests with it
from .address_files import AddressFile, AddressLine
from .consents import Consent
from .deliveries import Delivery
from .issues import Issue, IssueItem
from .lists import MailingList
from .mail_links import MailLink
from .notices import Notice
from .relay import Relay
from .sign_ups import SignUp
from .subscribers import Subscriber, Subscription
from .suppressions import Suppression

__all__ = [
    "AddressFile",
    "AddressLine",
    "Consent",
    "Delivery",
    "Issue",
    "IssueItem",
    "Letterhead",
    "MailLink",
    "MailingList",
    "Notice",
    "Relay",
    "SignUp",
    "Subscriber",
    "Subscription",
    "Suppression",
]
