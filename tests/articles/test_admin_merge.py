"""Two editors of one article: what is merged, and what is asked."""

import pytest
from django.urls import reverse

from articles.models import Revision
from tests import make
from tests.newsroom import change, person, stored, typed

pytestmark = pytest.mark.django_db


def test_two_editors_of_different_things_are_merged_and_told(editor, second):
    article = make.article("Ports", minutes_ago=None)
    mine, theirs = editor.get(change(article)), second.get(change(article))
    second.post(change(article), typed(theirs, deck="Who pays?"))
    page = editor.post(change(article), typed(mine, headline="Harbours"), follow=True)
    assert (stored(article).headline, stored(article).deck) == ("Harbours", "Who pays?")
    assert "theirs is: Deck" in page.content.decode()


def test_two_editors_of_the_same_choose(editor, second):
    """Both texts stand side by side; whichever loses is a version still."""
    article = make.article("Ports", body="<p>One.</p><p>Two.</p>", minutes_ago=None)
    mine, theirs = editor.get(change(article)), second.get(change(article))
    second.post(change(article), typed(theirs, headline="Docks", body="<p>Uno.</p><p>Two.</p>"))
    page = editor.post(
        change(article),
        typed(mine, headline="Quays", body="<p>Eins.</p><p>Two.</p>", author_note="Mine"),
        follow=True,
    )
    html = page.content.decode()
    assert [place["key"] for place in page.context["places"]] == ["headline", "body-at-1"]
    assert all(text in html for text in ("Docks", "Quays", "Ports", "Eins.", "Uno.", "One."))
    address = page.redirect_chain[-1][0]
    seen = page.context["newest"].pk

    assert editor.post(address, {"seen": seen, "headline": "own"}).status_code == 409
    assert stored(article).headline == "Docks"
    done = editor.post(address, {"seen": seen, "headline": "own", "body-at-1": "both"})
    assert done.status_code == 302
    now = stored(article)
    assert (now.headline, now.author_note) == ("Quays", "Mine")
    assert now.body == "<p>Eins.</p><p>Uno.</p><p>Two.</p>"
    headlines = {version.content.headline for version in article.revisions.numbered()}
    assert headlines == {"Ports", "Docks", "Quays"}


def test_a_merge_is_asked_again_where_a_third_save_came_between(editor, second):
    article = make.article("Ports", minutes_ago=None)
    mine, theirs = editor.get(change(article)), second.get(change(article))
    second.post(change(article), typed(theirs, headline="Docks"))
    page = editor.post(change(article), typed(mine, headline="Quays"), follow=True)
    second.post(change(article), typed(second.get(change(article)), headline="Wharves"))
    again = editor.post(
        page.redirect_chain[-1][0], {"seen": page.context["newest"].pk, "headline": "own"}
    )
    assert again.status_code == 409
    assert "Wharves" in again.content.decode()
    assert "saved again" in again.content.decode()
    assert stored(article).headline == "Wharves"


def test_nobody_merges_what_they_may_not_change(client):
    """Nor a version of another article, nor what is only autosaved."""
    writer = person("Writer")
    client.force_login(writer)
    other, own = make.article("Other"), make.article(minutes_ago=None, created_by=writer)
    version = Revision.objects.newest(other)
    elsewhere = reverse("admin:articles_article_merge", args=[own.pk, version.pk])
    assert client.get(elsewhere).status_code == 404
    assert client.post(elsewhere, {"seen": version.pk}).status_code == 404
    forbidden = reverse("admin:articles_article_merge", args=[other.pk, version.pk])
    assert client.get(forbidden).status_code == 403
