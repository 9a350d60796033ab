"""Whether a reader who follows a link arrives anywhere.

`within` knows it of the magazine's own addresses by asking the database; `outside` asks other
websites, and only `manage.py check_links` does so: no page of the magazine waits for another.
"""

from .outside import Answer, Asker
from .within import StandingLink, faults, links_of, own_path

__all__ = ["Answer", "Asker", "StandingLink", "faults", "links_of", "own_path"]
