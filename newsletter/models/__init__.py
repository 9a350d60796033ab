from .letterhead import Letterhead  # isort: skip  # the others turn addresses into digests with it
from .address_files import AddressFile, AddressFilePiece, AddressLine
from .deliveries import Delivery
from .issues import Issue, IssueItem
from .lists import MailingList
from .mail_events import MailEvent
from .relay import Relay
from .sign_ups import SignUp
from .subscribers import Consent, Subscriber, Subscription
from .suppressions import Suppression
from .transactional_mails import TransactionalMail

__all__ = [
    "AddressFile",
    "AddressFilePiece",
    "AddressLine",
    "Consent",
    "Delivery",
    "Issue",
    "IssueItem",
    "Letterhead",
    "MailEvent",
    "MailingList",
    "Relay",
    "SignUp",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TransactionalMail",
]
