"""The forms of the commonest mail servers, judged one by one."""

import pytest

from tests.newsletter.bounce_forms import forms, judged
from tests.newsletter.bounced import delivery

pytestmark = pytest.mark.django_db


def test_each_form_is_judged_right():
    found = list(forms(delivery()))
    assert len(found) >= 120
    assert len({one.server for one in found}) >= 60
    wrong = [
        f"{one}\n… judged {got}\n{one.content.decode()}"
        for one in found
        if (got := judged(one.content)) != one.expected
    ]
    assert not wrong, "\n\n".join(wrong)
