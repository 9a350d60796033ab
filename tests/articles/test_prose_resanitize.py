from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles import prose
from articles.models import Article, Page
from tests import make

pytestmark = pytest.mark.django_db


def test_prose_of_an_older_policy_is_saved_again(capsys):
    """Body, teaser and count are made anew; what is of the present policy is not touched."""
    old, new = make.article(), make.article()
    long_ago = timezone.now() - timedelta(days=9)
    Article.objects.update(modified_at=long_ago)
    Article.objects.filter(pk=old.pk).update(prose_policy=0, teaser="<p>stale</p>", word_count=1)
    Article.objects.filter(pk=new.pk).update(word_count=1)
    page = Page.objects.create(title="T", slug="a-page", body="<p>x</p>")
    Page.objects.filter(pk=page.pk).update(prose_policy=0)
    call_command("resanitize")
    assert "articles: 1 saved again" in capsys.readouterr().out
    old.refresh_from_db()
    assert old.teaser == prose.split_teaser(make.FIVE_PARAGRAPHS)[0]
    assert (old.word_count, old.prose_policy) == (40, prose.POLICY_VERSION)
    assert old.modified_at == long_ago
    new.refresh_from_db()
    assert new.word_count == 1
    page.refresh_from_db()
    assert page.prose_policy == prose.POLICY_VERSION


def test_run_again_it_changes_nothing(capsys):
    """It can be part of every deployment."""
    Article.objects.filter(pk=make.article().pk).update(prose_policy=0)
    call_command("resanitize")
    capsys.readouterr()
    call_command("resanitize")
    assert "articles: 0 saved again" in capsys.readouterr().out
