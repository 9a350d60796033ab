"""The demo magazine's letterhead: with it an issue can be approved at once."""

from newsletter.models import Letterhead

# Of a town that does not exist, so that nobody gets its letters.
POSTAL_ADDRESS = "3 Signal Quay\nPort Merrow"


def fill_in() -> None:
    """Give the letterhead a postal address if nobody has written one."""
    Letterhead.objects.current()
    Letterhead.objects.filter(postal_address="").update(postal_address=POSTAL_ADDRESS)
