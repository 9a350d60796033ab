"""The newsletter in the newsroom: people, lists, issues and what comes back."""

from articles.admin.site import MENU

from . import mail_event, mailing_list
from .issue import admin as issue
from .issue import dashboard
from .subscriber import admin as subscriber

__all__ = ["dashboard", "issue", "mail_event", "mailing_list", "subscriber"]

# Before "People", which stays last.
MENU.insert(-1, ("Newsletter", ["Issue", "Subscriber", "MailingList", "Letterhead", "MailEvent"]))
