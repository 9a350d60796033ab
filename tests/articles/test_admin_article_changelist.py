"""The list of articles: its search and its filters."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Note
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def listed(client, **query) -> list[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200, page.headers
    return sorted(str(row) for row in page.context["cl"].result_list)


def test_articles_are_found_by_words_of_all_their_parts(editor):
    """Every word must stand somewhere in it, in headline, deck, address or text."""
    make.article("Grain", deck="A harbour waits", body="<p>Silos &amp; sieves.</p>")
    make.article("Grain again")
    assert listed(editor, q="grain harbour") == ["Grain"]
    assert listed(editor, q="sieves") == ["Grain"]
    assert listed(editor, q="silos & sieves") == ["Grain"]
    assert listed(editor, q="absent") == []
    assert len(listed(editor, q="\0")) == 2


@pytest.mark.parametrize(
    "mark", ['"', "'", "-", "--", "(", ",", "*", "\\", "%", ":", "“", "😀", "&"]
)
def test_a_mark_that_is_no_word_is_left_out_of_a_search(editor, mark):
    """As in “grain - harbour”; people's names may have such marks."""
    make.article("Grain", authors=[make.author("Conor O'Dowd-Byrne (ed.)")])
    make.article("Harbour")
    assert listed(editor, q=f"grain {mark}") == ["Grain"]
    assert sorted(listed(editor, q=mark)) == ["Grain", "Harbour"]


@pytest.mark.parametrize(
    "typed",
    [
        '"grain',
        "grain*",
        "^grain",
        "NEAR(grain",
        "grain OR",
        "x:y",
        "a" * 5_000,
        "\u202e",
        "'x' & !y",
    ],
)
def test_what_an_index_would_take_for_a_question_of_its_own_is_a_word(editor, typed):
    make.article("Grain")
    assert listed(editor, q=typed) in (["Grain"], [])


@pytest.mark.parametrize("long", ["x" * 3_000, "𝔸" * 60, "x" * 201, "x" * 51])
def test_a_text_with_a_long_word_is_found_by_its_others(editor, long):
    make.article("Long", body=f"<p>Before {long} harbour</p>")
    make.article("Short", body="<p>Before</p>")
    assert listed(editor, q="harbour before") == ["Long"]
    if len(long.encode()) <= 200:
        assert listed(editor, q=long[:50]) == ["Long"]


def test_a_word_with_a_sign_in_it_is_found_in_headline_and_text(editor):
    make.article("R&D in the port")
    make.article("Budget", body="<p>Less for R&amp;D, AT&amp;T and the port’s cranes.</p>")
    assert sorted(listed(editor, q="R&D")) == ["Budget", "R&D in the port"]
    assert listed(editor, q="at&t port's") == ["Budget"]


def test_articles_are_found_by_the_people_around_them(editor):
    """Who signs, who began it, and who works on it now."""
    ada = User.objects.create_user("ada", first_name="Ada", last_name="Quill")
    make.article("Signed", authors=[make.author("Ines Quill"), make.author("Bo Quill")])
    make.article("Begun", created_by=ada)
    make.article("Given", assignee=ada)
    make.article("Other")
    assert listed(editor, q="quill") == ["Begun", "Given", "Signed"]
    assert listed(editor, q="ada quill") == ["Begun", "Given"]


def test_a_search_stays_within_the_chosen_filters(editor):
    """Words, person and stage together."""
    make.article("Grain one", minutes_ago=None, stage=Article.Stage.IN_REVIEW)
    make.article("Grain two", minutes_ago=None)
    assert listed(editor, q="grain", state="in_review") == ["Grain one"]


def test_the_list_is_narrowed_to_what_somebody_has_to_do(editor):
    """By assignee, due date, changes that wait and open notes."""
    me, today = User.objects.get(username="editor"), timezone.localdate()
    make.article("Mine", minutes_ago=None, assignee=me, due_on=today)
    make.article("Late", minutes_ago=None, due_on=today - timedelta(days=2))
    make.article("Out already", assignee=me, due_on=today - timedelta(days=2))
    noted = make.article("Noted", minutes_ago=None, due_on=today + timedelta(days=5))
    Note.objects.create(article=noted, text="Check the figures", author=me)
    resolved = make.article("Resolved", created_by=me)
    Note.objects.create(article=resolved, text="Done", author=me).resolve(me)
    editor.post(
        LIST, {"action": "tag", "_selected_action": [resolved.pk], "apply": "1", "bulk-tags": ["x"]}
    )
    assert listed(editor, assignee="me") == ["Mine", "Out already"]
    assert listed(editor, assignee="nobody") == ["Late", "Noted", "Resolved"]
    assert listed(editor, assignee=str(me.pk)) == ["Mine", "Out already"]
    assert listed(editor, due="overdue") == ["Late"]
    assert listed(editor, due="today") == ["Late", "Mine"]
    assert listed(editor, due="week") == ["Late", "Mine", "Noted"]
    assert listed(editor, waiting="notes") == ["Noted"]
    assert listed(editor, waiting="change") == ["Resolved"]
    assert listed(editor, waiting="coming") == []
    assert listed(editor, whose="mine") == ["Mine", "Out already", "Resolved"]
    assert listed(editor, whose="begun") == ["Resolved"]
    assert len(listed(editor, assignee="²", due="x", waiting="x", whose="x")) == 5


def test_a_row_says_what_waits_and_what_is_late(editor):
    """The state with its moment, the due date, and the notes that nobody resolved."""
    late = timezone.localdate() - timedelta(days=1)
    article = make.article("Late", minutes_ago=None, due_on=late)
    Note.objects.create(article=article, text="Check the figures")
    page = editor.get(LIST).content.decode()
    assert "· overdue" in page
    assert "· 1 open note" in page
    editor.post(LIST, {"action": "publish", "_selected_action": [article.pk], "apply": "yes"})
    page = editor.get(LIST).content.decode()
    assert "Public · " in page
    assert "overdue" not in page.split('id="result_list"')[1].split("</table>")[0]


def test_a_search_costs_the_same_for_any_number_of_articles(editor, django_assert_max_num_queries):
    """At most twelve queries, with every column and filter shown."""
    for number in range(55):
        article = make.article("Grain", authors=[make.author()], tags=[f"tag {number}"])
        Note.objects.create(article=article, text="Check the figures")
    editor.get(LIST)
    with django_assert_max_num_queries(12):
        assert len(listed(editor, q="grain")) == 50


def test_the_list_reads_no_text(editor, django_assert_max_num_queries):
    """A row shows nothing of the body: it stays in the database."""
    make.article()
    row = editor.get(LIST).context["cl"].result_list[0]
    assert {"body", "teaser"} <= row.get_deferred_fields()


def test_what_an_article_has_not_is_named_in_the_filters_and_left_out_of_the_list(editor):
    """A phone shows no line for an empty cell, and no entry of the filters is without a name."""
    make.article("Grain")
    html = editor.get(LIST).content.decode()
    assert '<td class="field-section_in_list"></td>' in html
    assert '<a href="?section__isnull=True">None</a>' in " ".join(html.split()).replace("> ", ">")


def test_the_list_shows_the_order_that_it_has(editor):
    """What was changed last stands first, and its column says so."""
    first, second = make.article("First"), make.article("Second")
    first.update_columns(due_on=None)
    page = editor.get(LIST)
    assert [row.pk for row in page.context["cl"].result_list] == [first.pk, second.pk]
    assert "column-changed sorted descending" in page.content.decode()


def test_the_newsroom_composes_no_sentence_from_a_label(editor, chief):
    """Filters are called by their titles, and boxes say what they find."""
    page = editor.get("/admin/articles/image/").content.decode()
    assert "By uploaded by" not in page
    assert "<summary>Uploaded by</summary>" in page
    form = editor.get(f"{LIST}add/").content.decode()
    assert "Hold down" not in form
    assert 'data-placeholder="Find a section"' in form
    assert 'data-placeholder="Find an author"' in form
    for model, desk in admin.site._registry.items():
        if model is not Article and desk.has_add_permission(chief.get("/admin/").wsgi_request):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_add"
            assert "Hold down" not in chief.get(reverse(name), follow=True).content.decode()
