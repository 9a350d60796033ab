"""The newsletter's part of the newsroom."""

from . import letterhead, mailing_list, subscriber

__all__ = ["letterhead", "mailing_list", "subscriber"]
