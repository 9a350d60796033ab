"""The newsletter's part of the newsroom."""

from . import issue, issue_panel, letterhead, mailing_list, notice, subscriber

__all__ = ["issue", "issue_panel", "letterhead", "mailing_list", "notice", "subscriber"]
