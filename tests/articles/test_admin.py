"""The newsroom: its lists, and the forms of everything but articles and pictures."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from articles.admin.base import BoundedPaginator
from articles.models import Article, Author, Page, Publication, Redirect
from tests import make
from tests.newsroom import ADD, picture, typed

pytestmark = pytest.mark.django_db


def test_every_list_and_form_opens_for_a_chief(chief):
    """Index, list, form for a new row and form of an existing row, of every model."""
    make.article("A headline", authors=[make.author()], tags=["ports"])
    Redirect.objects.set_target("/old/", Article.objects.get())
    opened = 0
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist")]
        request = type("Request", (), {"user": User.objects.get(username="chief")})
        if model_admin.has_add_permission(request):
            pages.append(reverse(f"{name}_add"))
        if row := model._default_manager.first():
            pages += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history")]
        for page in pages:
            assert chief.get(page, follow=True).status_code == 200, page
            opened += 1
    assert opened >= 36


def test_the_newsroom_bears_the_name_of_the_publication(chief):
    """And its lists stand in the order of the work."""
    Publication.objects.update(name="The Envoy")
    page = chief.get("/admin/").content.decode()
    assert '<div id="site-name"><a href="/admin/">The Envoy</a>' in page
    lists = ["article", "image", "author", "section", "publication", "subscriber"]
    places = [
        page.index(f'href="/admin/{"newsletter" if name == "subscriber" else "articles"}/{name}/"')
        for name in lists
    ]
    assert places == sorted(places)


# Lists


def test_the_list_of_articles_costs_the_same_for_any_number(editor, django_assert_max_num_queries):
    """At most twelve queries, with every filter shown."""
    for number in range(60):
        make.article(authors=[make.author(), make.author()], tags=[f"tag {number}"])
    editor.get("/admin/articles/article/")
    with django_assert_max_num_queries(12):
        page = editor.get("/admin/articles/article/")
    assert page.content.decode().count('class="field-headline_in_list"') == 50


def test_the_list_counts_no_further_than_somebody_turns_pages(monkeypatch):
    """A large archive is searched, not counted."""
    for _ in range(5):
        make.article()
    monkeypatch.setattr(BoundedPaginator, "limit", 3)
    assert BoundedPaginator(Article.objects.newest_first(), 2).num_pages == 2


def test_articles_are_found_by_headline_address_and_author(editor):
    """Each article once, however many of its authors match."""
    make.article("Grain", authors=[make.author("Ada Quill"), make.author("Bo Quill")])
    make.article("Steel", slug="quilled-address")
    make.article("Salt")
    page = editor.get("/admin/articles/article/", {"q": "quill"})
    assert sorted(str(row) for row in page.context["cl"].result_list) == ["Grain", "Steel"]


def test_a_writer_is_offered_authors_and_tags(writer):
    """The endpoint of the two fields that are filled by typing."""
    make.article(authors=[make.author("Ada Quill")], tags=["quills"])
    for field, text in [("authors", "Ada Quill"), ("tags", "quills")]:
        query = {"app_label": "articles", "model_name": "article", "field_name": field}
        answer = writer.get("/admin/autocomplete/", {**query, "term": "quill"}).json()
        assert [one["text"] for one in answer["results"]] == [text]


# The rest of the newsroom


def test_the_publication_is_one_form_without_a_list(chief):
    """Nothing can be added beside it or deleted."""
    assert chief.get("/admin/articles/publication/").headers["Location"].endswith("/1/change/")
    assert chief.get("/admin/articles/publication/add/").status_code == 403
    assert chief.get("/admin/articles/publication/1/delete/").status_code == 403


def test_a_page_is_edited_like_an_article_and_its_old_address_leads_on(chief):
    """The same editor, the same sanitizing, the same rule for addresses."""
    page = Page.objects.get(slug="about")
    form = reverse("admin:articles_page_change", args=[page.pk])
    data = typed(chief.get(form), slug="about-us", body="<p>We<script>x</script> write</p>")
    assert chief.post(form, data).status_code == 302
    page.refresh_from_db()
    assert page.body == "<p>We write</p>"
    assert Redirect.objects.at("/about/").url == "/about-us/"


def test_a_chief_makes_accounts_but_no_superuser(chief):
    """Whoever may not do everything cannot hand that out."""
    other = User.objects.create_user("other")
    form = reverse("admin:auth_user_change", args=[other.pk])
    group = Group.objects.get(name="Editor")
    sent = {"username": "other", "is_staff": "on", "groups": [group.pk], "is_superuser": "on"}
    assert chief.post(form, sent).status_code == 302
    other.refresh_from_db()
    assert (other.is_staff, other.is_superuser) == (True, False)
    assert list(other.groups.all()) == [group]


def test_the_strict_policy_holds_on_the_form_with_the_editor(editor):
    """Its inline import map has the nonce of the page; no style may be inline."""
    response = editor.get(ADD)
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert response.content.decode().count('<script type="importmap" nonce="') == 1
    nonce = response.content.decode().split('type="importmap" nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in policy
    assert 'style="' not in response.content.decode()


def test_an_author_is_kept_with_a_portrait_and_links(editor):
    """The form of an author has the picture dialog, too."""
    image = picture()
    data = {"name": "Ada Quill", "slug": "ada-quill", "kind": "person", "portrait": image.pk}
    answer = editor.post("/admin/articles/author/add/", {**data, "links": "Site https://a.example"})
    assert answer.status_code == 302
    author = Author.objects.get()
    assert (author.portrait, author.links) == (image, [["Site", "https://a.example"]])
