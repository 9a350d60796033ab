"""How many mails that come back are understood, server by server."""

from collections import defaultdict

import pytest

from newsletter.bounces.applying import apply_mail_events
from newsletter.management.commands.process_bounces import store
from newsletter.models import MailEvent, Suppression
from tests.benchmarks.conftest import Table
from tests.newsletter.bounce_forms import GONE, forms, judged
from tests.newsletter.bounced import delivery, reader

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]


def test_what_comes_back_is_judged_right_and_suppresses_nobody_by_mistake(table: Table):
    right: dict[str, list[bool]] = defaultdict(list)
    suppressed_by_mistake = 0
    for number, form in enumerate(forms(delivery())):
        sent = delivery(reader(f"reader-{number}@example.org"))
        (form,) = (one for count, one in enumerate(forms(sent)) if count == number)
        right[form.server].append(judged(form.content) == form.expected)
        store(form.content, defaultdict(int))
        apply_mail_events()
        is_suppressed = Suppression.objects.filter(
            digest=sent.subscription.subscriber.digest
        ).exists()
        suppressed_by_mistake += is_suppressed and form.expected != GONE
    total = sum(map(len, right.values()))
    for server, found in right.items():
        table.add(f"bounces of {server}, judged right", f"{sum(found)} of {len(found)}", "")
    share = 100 * sum(map(sum, right.values())) / total
    table.add(f"bounces judged right, of {total}, %", f"{share:.0f}", "≥ 95")
    table.add("readers suppressed by mistake", f"{suppressed_by_mistake}", "0")
    assert total >= 60
    assert MailEvent.objects.count() == total
    assert share >= 95
    assert suppressed_by_mistake == 0
