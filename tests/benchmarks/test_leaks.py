"""Every public address × every state of an article and of a text that waits, counted."""

import pytest
from django.db import transaction
from django.utils import timezone

from articles.models import Article
from tests.articles.test_leaks import (
    ASKED,
    HIDDEN,
    SECRET,
    WAITING,
    everything_sent,
    let_wait,
    secret,
)
from tests.articles.test_leaks_by_name import GROUPINGS, OLD, TEXTS, alone, told_by_name

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]

__all__ = ["alone", "secret"]  # the fixtures


def test_surfaces_and_states(client, secret, table):
    def leaks() -> int:
        pages = [everything_sent(client, one.format(secret=secret.slug))[1] for one in ASKED]
        return sum(SECRET.lower() in page.lower().replace(secret.slug, "") for page in pages)

    found = 0
    for state in HIDDEN.values():
        Article.objects.filter(pk=secret.pk).update(**state())
        found += leaks()
    public = {"withdrawn_at": None, "embargoed_until": None, "published_at": timezone.now()}
    Article.objects.filter(pk=secret.pk).update(**public)
    assert leaks() >= 10, "published, it is found at each of its places"
    for waits in WAITING:
        with transaction.atomic():
            let_wait(secret, waits)
            found += leaks()
            transaction.set_rollback(True)
    states = len(HIDDEN) + len(WAITING)
    table.add(f"leaks, {len(ASKED)} surfaces × {states} states", str(found), "0")
    assert found == 0


def test_names_and_states(client, alone, table):
    cases = {*GROUPINGS, *OLD, *TEXTS, "the mail"}
    assert cases <= set(told_by_name(client, alone)), "published, each of them tells of it"
    found = 0
    for state in HIDDEN.values():
        Article.objects.filter(pk=alone.pk).update(**state())
        alone.refresh_from_db()
        found += len(told_by_name(client, alone))
    table.add(f"leaks by name, {len(cases)} cases × {len(HIDDEN)} states", str(found), "0")
    assert found == 0
