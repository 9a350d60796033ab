"""Every public address × every state of an article, counted."""

import pytest

from articles.models import Article
from tests.articles.test_leaks import ASKED, HIDDEN, SECRET, everything_sent, secret

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]

__all__ = ["secret"]  # the fixture


def test_surfaces_and_states(client, secret, table):
    """The states of the article itself; texts that wait are in tests/articles/test_leaks.py."""
    leaks = 0
    for state in HIDDEN.values():
        Article.objects.filter(pk=secret.pk).update(**state())
        for address in ASKED:
            _, sent = everything_sent(client, address.format(secret=secret.slug))
            leaks += SECRET.lower() in sent.lower().replace(secret.slug, "")
    table.add(f"leaks, {len(ASKED)} surfaces × {len(HIDDEN)} states", str(leaks), "0")
    assert leaks == 0
