"""Every way into the database passes the same door, on the real models."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import Value
from django.utils import timezone

from articles import prose
from articles.admin.fields import ProseFormField
from articles.models import Article, Page

pytestmark = pytest.mark.django_db

TYPED = "<p onclick=x>a\x00</p><script>alert(1)</script><p>b</p><p>c</p>"
STORED = "<p>a</p><p>b</p><p>c</p>"


def body_of(slug: str) -> str:
    return Article.objects.values_list("body", flat=True).get(slug=slug)


def test_save_sanitizes_and_keeps_the_teaser():
    """The object in hand equals the row."""
    article = Article(headline="H", slug="a", body=TYPED)
    article.save()
    assert body_of("a") == article.body == STORED
    article.refresh_from_db()
    assert (article.teaser, article.has_rest, article.word_count) == ("<p>a</p><p>b</p>", True, 3)
    assert article.prose_policy == prose.POLICY_VERSION


def test_create_sanitizes():
    """The shell's usual way."""
    Article.objects.create(headline="H", slug="a", body=TYPED)
    assert body_of("a") == STORED


def test_get_or_create_and_update_or_create_sanitize():
    """The importers' ways."""
    Article.objects.get_or_create(slug="a", defaults={"headline": "H", "body": TYPED})
    Article.objects.update_or_create(slug="b", create_defaults={"headline": "H", "body": TYPED})
    Article.objects.update_or_create(slug="b", defaults={"body": TYPED + "<p>d"})
    assert (body_of("a"), body_of("b")) == (STORED, STORED + "<p>d</p>")


def test_bulk_create_sanitizes():
    """Rows in bulk do not pass save(), but they pass the field."""
    rows = [Article(headline="H", slug=slug, body=TYPED, teaser=TYPED) for slug in "ab"]
    Article.objects.bulk_create(rows)
    assert body_of("a") == body_of("b") == rows[0].body == STORED
    assert Article.objects.get(slug="a").teaser == STORED


def test_update_and_bulk_update_sanitize():
    """Changes in bulk do not pass save() either."""
    article = Article.objects.create(headline="H", slug="a")
    Article.objects.update(body=TYPED, teaser=TYPED)
    article.refresh_from_db()
    assert article.body == article.teaser == STORED
    article.body = TYPED + "<p>d"
    Article.objects.bulk_update([article], ["body"])
    assert body_of("a") == STORED + "<p>d</p>"


def test_a_fixture_sanitizes(tmp_path: Path):
    """loaddata writes raw rows, without save()."""
    fields = {"headline": "H", "slug": "a", "body": TYPED, "teaser": TYPED,
              "created_at": str(timezone.now()), "modified_at": str(timezone.now())}  # fmt: skip
    fixture = tmp_path / "rows.json"
    fixture.write_text(json.dumps([{"model": "articles.article", "pk": 1, "fields": fields}]))
    call_command("loaddata", fixture, verbosity=0)
    assert (body_of("a"), Article.objects.get(slug="a").teaser) == (STORED, STORED)


def test_static_pages_pass_the_same_door():
    """Page has its own save()."""
    page = Page.objects.create(title="T", slug="a-page", body=TYPED)
    assert page.body == STORED
    assert Page.objects.get(pk=page.pk).body == STORED
    assert page.prose_policy == prose.POLICY_VERSION


def test_what_only_the_database_computes_is_safe_on_the_page(client):
    """An expression cannot be sanitized on its way in; it is on its way out."""
    Article.objects.create(headline="H", slug="past-the-door", published_at=timezone.now())
    Article.objects.update(
        body=Value("<p>x<script>alert(1)</script></p><img src=x onerror=alert(1)>")
    )
    page = client.get("/past-the-door/").content.decode()
    assert '<p dir="auto">x</p>' in page
    assert "alert(1)" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("<p>" + "x " * 40_000 + "</p><p>" + "x&amp;" * 40_000, ""),
        ("<p>" + "x&amp;" * 50_001, "A line of this text has more than 100,000 letters"),
        ("<p>one<br>" + "<b>x</b>y" * 50_001, "A line of this text has more than 100,000 letters"),
        ("<p>é</p>" * 112_000, "This text is longer than 1 MB"),
    ],
)
def test_a_text_that_no_book_has_is_refused_in_plain_words(typed, sentence):
    """By the form, and by the model wherever else it comes from; below that nothing is."""
    page = Page(title="T", slug="t", body=typed)
    for judge in (lambda: ProseFormField(required=False).clean(typed), page.full_clean):
        with pytest.raises(ValidationError, match=sentence) if sentence else nullcontext():
            judge()
