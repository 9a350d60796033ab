"""What the demo gives the newsletter."""

import pytest

from magazine.demo import letterhead
from newsletter.models import Letterhead

pytestmark = pytest.mark.django_db


def test_the_letterhead_has_an_address_of_no_real_place():
    """So that a newcomer can approve an issue; the secret stays what it was."""
    before = Letterhead.objects.current().secret
    letterhead.fill_in()
    row = Letterhead.objects.get()
    assert row.postal_address == "3 Signal Quay\nPort Merrow"
    assert row.secret == before


def test_an_address_that_somebody_wrote_is_left_alone():
    Letterhead.objects.current()
    Letterhead.objects.update(postal_address="1 Real Road")
    letterhead.fill_in()
    assert Letterhead.objects.get().postal_address == "1 Real Road"
