"""Whether a reader who follows a link arrives anywhere.

`internal` knows it of the magazine's own addresses by asking the database; `external` asks other
websites, and only `manage.py check_links` does so: no page of the magazine waits for another.
"""

from .external import LinkChecker, LinkStatus
from .internal import StandingLink, faults, for_readers, hidden, links_of, own_path

__all__ = [
    "LinkChecker",
    "LinkStatus",
    "StandingLink",
    "faults",
    "for_readers",
    "hidden",
    "links_of",
    "own_path",
]
