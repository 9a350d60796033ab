"""The newsletter's part of the newsroom."""

from . import issue, letterhead, mailing_list, notice, subscriber

__all__ = ["issue", "letterhead", "mailing_list", "notice", "subscriber"]
