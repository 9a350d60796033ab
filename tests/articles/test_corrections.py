"""Corrections: what was wrong is told to readers, and stays told."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Correction, Section, Series
from articles.models.corrections import AppendOnly
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(article: Article, text: str = "It was a Wednesday.", **fields) -> Correction:
    return Correction.objects.create(article=article, text=text, **fields)


def page_for(article: Article) -> str:
    return reverse("admin:articles_article_corrections", args=[article.pk])


def test_a_record_never_changes_and_never_goes():
    """Not by its row, not by its rows together, and not by SQL."""
    made = record(make.article())
    made.text = "It was a Friday."
    for attempt in (
        made.save,
        made.delete,
        Correction.objects.all().delete,
        lambda: Correction.objects.update(text="x"),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    for column, value in (("text", "x"), ("kind", "note"), ("made_at", NOON), ("article_id", 1)):
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE articles_correction SET {column} = %s", [value])
    assert Correction.objects.get().text == "It was a Wednesday."


def test_a_record_goes_with_its_article_and_outlives_its_author():
    chief = User.objects.create_user("chief")
    article = make.article(minutes_ago=None)
    record(article, made_by=chief)
    chief.delete()
    assert Correction.objects.get().made_by is None
    article.delete()
    assert not Correction.objects.exists()


def test_the_article_shows_its_records_with_kind_and_date_newest_last(client):
    """Words are words: nothing in them is markup. The opened rest of a teaser shows them too."""
    article = make.article(slug="one")
    record(article, "First <b>bold</b>", made_at=NOON)
    record(article, "Then & now", kind="note", made_at=NOON + timedelta(days=1))
    for address in ("/one/", "/one/rest/"):
        html = client.get(address).content.decode().split("<main")[-1]
        assert "First &lt;b&gt;bold&lt;/b&gt;" in html
        assert html.index("1 March 2026, 12:00 UTC") < html.index("2 March 2026, 12:00 UTC")
        assert html.index("First &lt;") < html.index("Editor’s note") < html.index("Then &amp;")
    facts = re.search(r"ld\+json\">(.*?)</script>", client.get("/one/").content.decode(), re.S)
    assert json.loads(facts[1])["correction"][1] == {
        "@type": "CorrectionComment",
        "name": "Editor’s note",
        "text": "Then & now",
        "datePublished": "2026-03-02T12:00:00+00:00",
    }


def test_an_article_without_records_says_nothing_of_corrections(client):
    make.article(slug="one")
    html = client.get("/one/").content.decode()
    assert 'class="correction' not in html
    assert '"correction"' not in html


def test_the_page_of_corrections_lists_those_of_public_articles_newest_first(client):
    """Each leads to its place on its article; a page of an archive leads to the older ones."""
    public = make.article("Ports", slug="ports")
    for number in range(12):
        record(public, f"Record {number:02}", made_at=NOON + timedelta(hours=number))
    record(make.article("Hidden matter", minutes_ago=None), "Undisclosed")
    page = client.get("/corrections/")
    html = page.content.decode()
    assert [row.text for row in page.context["page"].rows] == [
        f"Record {number:02}" for number in range(11, 1, -1)
    ]
    newest = Correction.objects.get(text="Record 11")
    assert f'href="/ports/#correction-{newest.pk}"' in html
    assert f'id="correction-{newest.pk}"' in client.get("/ports/").content.decode()
    assert "Undisclosed" not in html
    older = client.get("/corrections/" + page.context["page"].older)
    assert [row.text for row in older.context["page"].rows] == ["Record 01", "Record 00"]
    assert "Undisclosed" not in older.content.decode()


def test_the_page_of_corrections_is_there_before_the_first(client):
    """And every page leads to it."""
    assert "Nothing has been corrected yet." in client.get("/corrections/").content.decode()
    assert 'href="/corrections/"' in client.get("/").content.decode()


def test_the_page_of_corrections_asks_as_much_for_any_number(client, django_assert_num_queries):
    for count in (1, 10):
        for number in range(count):
            record(make.article(f"Article {count} {number}"))
        with django_assert_num_queries(6):
            client.get("/corrections/")


def test_the_article_asks_for_its_records_and_no_more_often(client, django_assert_max_num_queries):
    """With all that an article can have; what pages share was made for another one."""
    author = make.author()
    image = picture()
    article = make.article(
        slug="one",
        authors=[author, make.author()],
        tags=["ports"],
        section=Section.objects.get(slug="europe"),
        series=Series.objects.create(name="Straits", slug="straits"),
        lead_image=image,
        body=make.FIVE_PARAGRAPHS + f'<figure data-image="{image.pk}"></figure>',
    )
    for _ in range(3):
        make.article(authors=[author], tags=["ports"])
        record(article)
    version = make.content_version()
    client.get("/about/", **version)
    with django_assert_max_num_queries(11):
        html = client.get("/one/", **version).content.decode()
    assert html.count('id="correction-') == 3
    assert f">{author.name}</bdi>" in html


# The newsroom


def test_a_chief_adds_a_record_that_is_public_at_once(chief, client):
    """“Updated” moves only where the chief says so."""
    article = make.article(slug="one")
    assert (
        page_for(article)
        in chief.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()
    )
    assert "at once" in chief.get(page_for(article)).content.decode()
    sent = {"kind": "clarification", "text": "Two\r\n\r\nparagraphs"}
    assert chief.post(page_for(article), sent).status_code == 302
    html = client.get("/one/").content.decode()
    assert "Clarification" in html
    assert "<p>Two</p>\n\n<p>paragraphs</p>" in html
    assert Correction.objects.get().made_by.username == "chief"
    article.refresh_from_db()
    assert article.updated_at is None
    chief.post(page_for(article), {**sent, "substantive": "on"})
    article.refresh_from_db()
    assert article.updated_at == Correction.objects.newest_first().first().made_at


def test_what_is_wrong_with_a_record_is_said_and_nothing_is_lost(chief):
    article = make.article()
    page = chief.post(page_for(article), {"kind": "gossip", "text": "Kept words"})
    assert page.status_code == 200
    assert "Kept words" in page.content.decode()
    assert chief.post(page_for(article), {"kind": "note", "text": "  "}).status_code == 200
    assert not Correction.objects.exists()


def test_a_record_that_nobody_could_take_back_is_no_longer_than_a_record_is(chief):
    """A whole text that was pasted by mistake would stay on the page for ever."""
    article = make.article()
    page = chief.post(page_for(article), {"kind": "correction", "text": "x" * 4_001})
    assert "at most 4000 characters" in page.content.decode()
    assert not Correction.objects.exists()
    chief.post(page_for(article), {"kind": "correction", "text": "x" * 4_000})
    assert Correction.objects.exists()


@pytest.mark.parametrize("person", ["writer", "editor"])
def test_only_a_chief_corrects(request, person):
    somebody = request.getfixturevalue(person)
    article = make.article()
    assert somebody.get(page_for(article)).status_code == 403
    assert somebody.post(page_for(article), {"kind": "note", "text": "x"}).status_code == 403


def test_only_what_readers_have_seen_is_corrected(chief):
    """A withdrawn article may be: it tells why when it is back."""
    draft, live = make.article(minutes_ago=None), make.article()
    assert chief.get(page_for(draft)).status_code == 403
    assert chief.get(page_for(make.article(minutes_ago=-60))).status_code == 403
    live.withdraw()
    assert "is public again" in chief.get(page_for(live)).content.decode()
    chief.post(
        page_for(live), {"kind": "note", "text": "Withdrawn for a day.", "substantive": "on"}
    )
    live.refresh_from_db()
    assert live.updated_at is None
    assert live.corrections.count() == 1


def test_nothing_in_the_newsroom_changes_or_deletes_a_record(chief):
    """There is no form for it."""
    article = make.article()
    made = record(article)
    html = chief.get(page_for(article)).content.decode()
    assert made.text in html
    for verb in ("change", "delete"):
        assert chief.get(f"/admin/articles/correction/{made.pk}/{verb}/").status_code == 404


def test_an_article_in_the_future_is_not_called_updated_by_its_record():
    article = make.article(published_at=timezone.now() + timedelta(days=1))
    article.correct("note", "Words", substantive=True)
    article.refresh_from_db()
    assert article.updated_at is None
