"""Writing and publishing on the article form."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from articles.admin.status import Status, status_in_words, status_of, with_status
from articles.models import Article, Image, Publication, Revision
from tests import make
from tests.newsroom import ADD, change, errors, picture, typed

pytestmark = pytest.mark.django_db


def test_a_new_article_is_a_draft_with_its_byline_and_tags_in_order(writer):
    """The order is the one in which the names were sent; the address is made of the headline."""
    first, second = make.author(), make.author()
    data = typed(
        writer.get(ADD),
        headline="A naïve\nheadline — of two lines",
        body="<p onclick=x>One <b>two</b></p>",
        byline=[str(second.pk), str(first.pk)],
        tags=["ports", " grain   trade "],
    )
    assert writer.post(ADD, data).status_code == 302
    article = Article.objects.get()
    assert article.headline == "A naïve headline — of two lines"
    assert article.slug == "a-naive-headline-of-two-lines"
    assert article.body == "<p>One <strong>two</strong></p>"
    assert article.byline == [second, first]
    assert sorted(article.tags.names()) == ["grain trade", "ports"]
    assert (article.published_at, article.stage) == (None, "draft")
    assert article.created_by.username == "writer"


def test_saving_an_untouched_form_changes_nothing(editor):
    """Not the order of the byline, nor the microseconds of a date."""
    authors = [make.author() for _ in range(3)][::-1]
    article = make.article(authors=authors, tags=["a", "b"])
    Article.objects.update(published_at=datetime(2026, 5, 4, 3, 2, 1, 987654, tzinfo=UTC))
    apart = {"modified_at", "working_copy", "live_revision"}
    fields = [field.attname for field in Article._meta.fields if field.name not in apart]
    before = Article.objects.values(*fields).get()
    assert editor.post(change(article), typed(editor.get(change(article)))).status_code == 302
    assert Article.objects.values(*fields).get() == before
    assert Article.objects.get().byline == authors
    assert sorted(article.tags.names()) == ["a", "b"]
    assert article.revisions.count() == 1, "the text as it was found"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("headline", "x" * 241, "at most 240 characters (it has 241)"),
        ("headline", "", "required"),
        ("deck", "x" * 401, "at most 400 characters"),
        ("slug", "about", "Another page has the address"),
        ("slug", "admin", "one of the magazine's own addresses"),
        ("slug", "Ü ber", "letters, numbers"),
        ("byline", "twice", "stands in the byline twice"),
        ("tags", ["x" * 101], "too long for a tag"),
        ("lead_image", "999999", "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_nothing_typed_is_lost(
    editor, field, value, sentence
):
    """The error stands in plain words; the form still holds the body, the byline and the tags."""
    author = make.author("Ada Quill")
    article = make.article(body="<p>Before</p>")
    if value == "twice":
        value = [str(author.pk)] * 2
    sent = {"body": "<p>Typed words</p>", "byline": [str(author.pk)], "tags": ["harbours"]}
    page = editor.post(
        change(article), typed(editor.get(change(article)), **{**sent, field: value})
    )
    assert sentence in str(errors(page))
    html = page.content.decode()
    assert "&lt;p&gt;Typed words&lt;/p&gt;" in html
    assert "Ada Quill</option>" in html
    assert field == "tags" or ">harbours</option>" in html
    article.refresh_from_db()
    assert article.body == "<p>Before</p>"


def test_an_address_that_another_article_has_is_refused_on_the_address(editor):
    """The error stands beside the field, not on a page of its own."""
    make.article(slug="taken")
    page = editor.post(ADD, typed(editor.get(ADD), headline="Ports", slug="taken"))
    assert errors(page) == {"slug": ["Another article has the address “taken” already."]}


def test_a_lead_picture_described_by_the_headline_is_refused(editor):
    """A screen reader would say the same twice."""
    image = picture(alt="Ships wait in the strait")
    data = typed(editor.get(ADD), headline="Ships Wait in the Strait!", lead_image=image.pk)
    assert "only repeats the headline" in errors(editor.post(ADD, data))["lead_image"][0]


def test_links_are_typed_one_per_line_and_judged_by_line(chief):
    """Every wrong line is named by its number; the text stays as it was typed."""
    form = "/admin/articles/publication/1/change/"
    good = "Mastodon https://example.org/@us\n\nOur news letter https://example.org/n"
    bad = "Mastodon https://example.org/@us\nBluesky\nX javascript:alert(1)"
    page = chief.post(form, typed(chief.get(form), links=bad))
    assert [error[:7] for error in errors(page)["links"]] == ["Line 2,", "Line 3,"]
    assert "Bluesky\nX javascript" in page.content.decode()
    assert chief.post(form, typed(chief.get(form), links=good)).status_code == 302
    assert Publication.objects.get().links == [
        ["Mastodon", "https://example.org/@us"],
        ["Our news letter", "https://example.org/n"],
    ]


# Publishing


def test_publish_saves_first_and_leads_to_the_page_that_asks_how(editor):
    """Of a new article too; nothing is public yet."""
    data = typed(editor.get(ADD), headline="New", _publish="")
    page = editor.post(ADD, data, follow=True)
    article = Article.objects.get()
    assert page.request["PATH_INFO"] == f"/admin/articles/article/{article.pk}/publish/"
    data = typed(editor.get(change(article)), headline="Changed as well", _publish="")
    page = editor.post(change(article), data, follow=True)
    article.refresh_from_db()
    assert page.request["PATH_INFO"] == f"/admin/articles/article/{article.pk}/publish/"
    assert (article.headline, article.published_at) == ("Changed as well", None)


def test_withdrawing_asks_first_and_keeps_everything_else(editor):
    """A GET changes nothing; a POST takes it off the site."""
    article = make.article(body="<p>Kept</p>")
    address = reverse("admin:articles_article_withdraw", args=[article.pk])
    publishing = reverse("admin:articles_article_publish", args=[article.pk])
    assert address in editor.get(publishing).content.decode()
    assert editor.get(address).status_code == 200
    assert Article.objects.published().exists()
    assert editor.post(address, follow=True).context["state"] == "Draft — not public"
    assert not Article.objects.published().exists()
    assert Article.objects.get().body == "<p>Kept</p>"


def test_a_writer_cannot_publish_by_any_field_or_button(writer):
    """Neither on a new article nor on an own draft: what is sent beyond the form is not read."""
    sent = {"published_at": "2020-01-01T00:00:00", "embargoed_until": ""}
    writer.post(ADD, typed(writer.get(ADD), headline="Mine", **sent))
    article = Article.objects.get()
    assert article.published_at is None
    page = writer.post(change(article), typed(writer.get(change(article)), stage="ready"))
    assert "ready is not one of the available choices" in errors(page)["stage"][0]
    data = typed(writer.get(change(article)), _publish="")
    assert writer.post(change(article), data, follow=True).status_code == 403
    withdraw = reverse("admin:articles_article_withdraw", args=[make.article().pk])
    assert writer.post(withdraw).status_code == 403
    assert Article.objects.published().count() == 1


def test_a_writer_reads_the_articles_of_others_and_cannot_change_them(writer):
    """The text is shown as text, without a form around it."""
    author = make.author("Ada Quill")
    article = make.article(
        minutes_ago=None, body="<h2>Heading</h2><p>Body</p>", authors=[author], tags=["ports"]
    )
    page = writer.get(change(article))
    assert '<div class="readonly">Ada Quill</div>' in page.content.decode()
    assert "Heading</h2>" in page.content.decode()
    assert "prose-input" not in page.content.decode()
    assert "_continue" not in page.content.decode()
    assert writer.post(change(article), {"headline": "Mine now"}).status_code == 403


def test_a_withdrawn_article_is_read_by_its_writer_and_changed_by_editors(writer):
    """By none of the ways: form, autosave's text, bulk action, date, restored version."""
    article = make.article(created_by=User.objects.get(username="writer"), due_on="2026-12-01")
    first = Revision.objects.newest(article)
    article.withdraw()
    article.update_columns(stage="draft")
    page = writer.get(change(article))
    assert (page.status_code, "_continue" in page.content.decode()) == (200, False)
    prefix = f"/admin/articles/article/{article.pk}/"
    for url in (
        change(article),
        f"{prefix}versions/{first.pk}/restore/",
        f"{prefix}merge/{first.pk}/",
        f"{prefix}preview-links/",
        f"{prefix}move/due/",
    ):
        sent = {"headline": "Mine again", "session": str(uuid4())}
        assert writer.post(url, sent).status_code in (302, 403), url
    act = {"action": "stage", "_selected_action": article.pk, "bulk-stage": "in_review"}
    writer.post("/admin/articles/article/", {**act, "apply": "yes"})
    article.refresh_from_db()
    assert (article.stage, article.headline) == ("draft", first.content.headline)


# States


def test_every_article_has_one_state_and_the_filter_finds_it_there():
    """The words on the form and the rows of the list follow the same rule."""
    now = timezone.now()
    hour = timedelta(hours=1)
    for published, embargo in [
        (None, None),
        (None, now + hour),
        (now - hour, None),
        (now - hour, now - 2 * hour),
        (now - 2 * hour, now - hour),
        (now - hour, now + hour),
        (now + hour, None),
        (now + hour, now - hour),
        (now + hour, now + 2 * hour),
        (now + 2 * hour, now + hour),
    ]:
        for stage in Article.Stage.values:
            make.article(
                minutes_ago=None, published_at=published, embargoed_until=embargo, stage=stage
            )
    articles = list(Article.objects.all())
    for state in Status:
        expected = {article.pk for article in articles if status_of(article) == state}
        assert {row.pk for row in with_status(Article.objects.all(), state)} == expected, state
        assert expected, state


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minutes_ago": None}, "Draft — not public"),
        ({"minutes_ago": None, "stage": "in_review"}, "In review — not public"),
        ({"at": (2020, 5, 3)}, "Public since 3 May 2020, 18:00 (UTC)"),
        ({"at": (2020, 5, 3), "until": (2020, 5, 4)}, "Public since 4 May 2020, 18:00 (UTC)"),
        ({"at": (2199, 5, 3)}, "Scheduled for 3 May 2199, 18:00 (UTC)"),
        ({"at": (2020, 5, 3), "until": (2199, 5, 4)}, "Embargoed until 4 May 2199, 18:00 (UTC)"),
    ],
)
def test_the_state_is_said_in_plain_words(fields, words):
    """With the time zone."""
    at, until = (
        datetime(*day, 18, tzinfo=UTC) if day else None
        for day in (fields.pop("at", None), fields.pop("until", None))
    )
    if at:
        fields = {"published_at": at, "embargoed_until": until}
    assert status_in_words(make.article(**{"minutes_ago": None, **fields})) == words


def test_a_picture_that_nobody_described_does_not_come_into_an_article(editor):
    """Neither as its lead nor in its text; once it is described it does."""
    image = picture()
    Image.objects.update(alt="")
    article = make.article(minutes_ago=None)
    page = editor.get(change(article))
    as_lead = typed(page, lead_image=image.pk)
    in_text = typed(page, body=f'<p>a</p><figure data-image="{image.pk}"></figure>')
    assert "no alternative text" in errors(editor.post(change(article), as_lead))["lead_image"][0]
    assert "no alternative text" in errors(editor.post(change(article), in_text))["body"][0]
    Image.objects.update(alt="A teal surface")
    assert editor.post(change(article), as_lead).status_code == 302
    assert editor.post(change(article), in_text).status_code == 302


def test_a_lead_is_described_in_an_article_s_own_words(editor):
    """They may neither be a file's name nor repeat the headline."""
    article = make.article("The strait", lead_image=picture(), minutes_ago=None)
    page = editor.get(change(article))
    for alt in ("IMG_1234.jpg", "The strait"):
        sent = typed(page, lead_alt=alt)
        assert set(errors(editor.post(change(article), sent))) == {"lead_alt"}
    assert editor.post(change(article), typed(page, lead_alt="Two boats")).status_code == 302
    article.refresh_from_db()
    assert article.alt == "Two boats"
