"""Two versions of an article, field by field."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import comparing
from articles.models import Article, Format, Section, Series, Snapshot
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def field(comparison: comparing.VersionComparison, name: str) -> comparing.ComparedField:
    return next(field for field in comparison.fields if field.name == name)


def test_every_field_is_compared():
    """A new field of a snapshot has its label, and so its line."""
    compared = {field.name for field in comparing.compare(Snapshot(), Snapshot()).fields}
    assert compared | {"body"} == set(Snapshot.labels()) == set(Snapshot().data)
    assert len(compared) >= 12


def test_words_are_marked_in_plain_fields_and_escaped():
    before = Snapshot(headline="Ports <b>and</b> pilots", deck="Same")
    comparison = comparing.compare(before, replace(before, headline="Ports <b>or</b> pilots"))
    words = field(comparison, "headline").words
    assert "<b>" not in words
    assert "and</" not in words.replace('and<span class="visually-hidden">', "")
    assert words.startswith("Ports &lt;b&gt;<del>")
    assert [one.label for one in comparison.changed] == ["Headline"]
    assert [one.label for one in comparison.unchanged] == ["Deck"]


def test_rows_are_named_and_those_that_are_gone_are_said_to_be():
    """Keys tell an editor nothing."""
    africa = Section.objects.get(slug="africa")
    image = picture()
    comparison = comparing.compare(
        Snapshot(section=africa.pk), Snapshot(section=999, lead_image=image.pk)
    )
    section = field(comparison, "section")
    assert (section.was, section.now) == (africa, "Section 999, which is gone")
    assert field(comparison, "lead_image").now == image
    assert field(comparison, "lead_image").was is None
    assert field(comparison, "lead_image").is_image


def test_lists_tell_who_came_and_who_went():
    """In a byline the order counts, in tags it does not."""
    ada, bea = make.author("Ada"), make.author("Bea")
    before = Snapshot(authors=(ada.pk, bea.pk), tags=("ports", "seas"))
    after = Snapshot(authors=(bea.pk, ada.pk), tags=("pilots", "ports"))
    comparison = comparing.compare(before, after)
    assert sorted(field(comparison, "authors").items) in (
        [("Ada", ""), ("Bea", "del"), ("Bea", "ins")],
        [("Ada", "del"), ("Ada", "ins"), ("Bea", "")],
    )
    assert field(comparison, "tags").items == [("pilots", "ins"), ("ports", ""), ("seas", "del")]


def test_the_same_text_has_no_difference():
    snapshot = Snapshot.of(make.article(authors=[make.author()], tags=["ports"]))
    comparison = comparing.compare(snapshot, snapshot)
    assert comparison.is_same
    assert comparison.changed == []
    assert not comparing.compare(snapshot, replace(snapshot, body="<p>New</p>")).is_same


def test_a_comparison_asks_once_for_each_kind_of_row():
    """However many authors, sections and pictures the two name."""
    authors = tuple(make.author().pk for _ in range(5))
    sections = tuple(Section.objects.values_list("pk", flat=True)[:4])
    image = picture()
    body = f'<figure data-image="{image.pk}"></figure><p>words</p>' * 3
    before = Snapshot(
        body=body,
        authors=authors,
        also_in=sections,
        section=sections[0],
        format=Format.objects.create(name="Letter", slug="letter").pk,
        series=Series.objects.create(name="Long", slug="long").pk,
    )
    after = replace(before, authors=authors[::-1], lead_image=image.pk, body=body + "<p>a</p>")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        comparing.compare(before, after)
    assert len(queries) == 5


def test_what_changed_is_told_in_a_line_without_a_query(django_assert_num_queries):
    before = Snapshot.of(make.article("Ports"))
    after = replace(before, headline="Seas", body=before.body + "<p>One</p><p>Two</p>")
    with django_assert_num_queries(0):
        assert comparing.changes(before, after) == ["Headline", "Body (2 paragraphs)"]
        assert comparing.changes(before, before) == []


def test_a_text_is_fitted_to_what_can_be_stored():
    """Of an autosave or an old version: no headline, a taken address, people who are gone."""
    make.article(slug="taken")
    article = make.article("Kept", slug="kept")
    old = Snapshot(
        headline="",
        slug="taken",
        deck="d" * 900,
        body="<p>Old</p>",
        section=999,
        authors=(888,),
        tags=("x" * 200, "ports"),
    )
    fitted = old.valid_for(article, instead=Snapshot.of(article))
    assert fitted == Snapshot(headline="Kept", slug="kept", body="<p>Old</p>", tags=("ports",))
    fitted.save_to(article)
    assert Article.objects.get(pk=article.pk).body == "<p>Old</p>"
