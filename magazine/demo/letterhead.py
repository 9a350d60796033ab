"""The demo magazine's letterhead: with it an issue can be approved at once."""

from .models import Letterhead

# Of a town that does not exist, so that nobody gets its letters.
ADDRESS = "3 Signal Quay\nPort Merrow"


def furnish() -> None:
    """Give the letterhead a postal address where nobody has written one."""
    Letterhead.objects.current()
    Letterhead.objects.filter(postal_address="").update(postal_address=ADDRESS)
