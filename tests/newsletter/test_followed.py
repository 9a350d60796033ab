"""What a mailing list follows cannot be deleted from under it, and the newsroom says why."""

from typing import Any

import pytest
from django.db.models import Model
from taggit.models import Tag

from articles.admin.base import NewsroomAdmin
from articles.models import Author, Format, Section, Series
from newsletter.approval import approve
from newsletter.models import MailingList
from newsletter.models.lists import FOLLOWED
from tests import make
from tests.newsletter.issues import ready, weekly
from tests.newsroom import person

pytestmark = pytest.mark.django_db


def made(kind: str, name: str = "Straits") -> Model:
    return FOLLOWED[kind].objects.create(name=name, slug=name.lower())


def url(row: Model, end: str = "") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{end}"


def answers(client, *rows: Model) -> list[str]:
    """What each page says that would delete them: asked, told to, and for several at once."""
    (row, *_) = rows
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in rows]}
    found = [
        client.get(url(row, f"{row.pk}/delete/")),
        client.post(url(row, f"{row.pk}/delete/"), {"post": "yes"}),
        client.post(url(row), chosen),
        client.post(url(row), {**chosen, "post": "yes"}),
    ]
    assert [one.status_code for one in found] == [200] * 4
    assert all(type(one).objects.filter(pk=one.pk).exists() for one in rows)
    return [one.content.decode() for one in found]


@pytest.mark.parametrize("kind", FOLLOWED)
def test_what_a_list_follows_says_so_when_somebody_wants_to_delete_it(client, kind):
    row, other = made(kind), made(kind, "Ports")
    followed = MailingList.objects.create(name="New & old", slug="new", **{kind: row})
    client.force_login(person("Chief"))
    for page in answers(client, row, other):
        link = f'<a href="{url(followed, f"{followed.pk}/change/")}">“New &amp; old”</a>'
        assert f"The mailing list {link} follows “Straits”." in page
        assert "Let the list follow something else, or delete the list, and try again." in page
        assert "protected related" not in page
        assert "permission" not in page
    followed.delete()
    client.post(url(row, f"{row.pk}/delete/"), {"post": "yes"})
    assert not type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("kind", [kind for kind in FOLLOWED if kind != "section"])
def test_who_may_not_change_the_list_is_told_to_ask(client, kind):
    """Editors look after authors, series and tags, and not after the newsletter."""
    row = made(kind)
    MailingList.objects.create(name="New of it", slug="new", **{kind: row})
    client.force_login(person("Editor"))
    for page in answers(client, row):
        assert "The mailing list “New of it” follows “Straits”." in page
        assert "Ask a colleague who may do that." in page
        assert "/admin/newsletter/" not in page


def test_whatever_holds_on_to_something_is_named_so(client):
    """Ten at most of each kind, however many there are."""
    client.force_login(person("Chief"))
    ada = Author.objects.create(name="Ada", slug="ada")
    for number in range(12):
        make.article(f"Ports {number}", authors=[ada])
    for page in answers(client, ada):
        assert page.count("“Ada” stands in the byline of the article <a") == 10
        assert "And 2 more." in page
    section, form = (kind.objects.create(name="Seas", slug="seas") for kind in (Section, Format))
    article = make.article("Grain", section=section, format=form)
    for row, role in ((section, "section"), (form, "format")):
        for page in answers(client, row):
            assert f"“Grain”</a> has “Seas” as its {role}. Change that, and try again." in page
    assert Tag.objects.count() == 0
    article.delete()
    approve(ready(), person("Editor"))
    client.force_login(person("Newsletter"))
    for page in answers(client, weekly()):
        assert "was written for “Weekly round-up”" in page
        assert "is or was on “Weekly round-up”" in page
        assert "no longer offered to readers" in page
        assert "Ask a colleague" not in page
    assert Series.objects.count() == 0


@pytest.mark.parametrize("kind", FOLLOWED)
def test_a_list_that_begins_to_follow_it_at_the_same_moment_is_named_too(client, monkeypatch, kind):
    """After the page has looked, and before it deletes."""
    row = made(kind)
    MailingList.objects.create(name="New of it", slug="new", **{kind: row})
    looked: list[str] = []
    look = NewsroomAdmin.get_deleted_objects

    def look_too_soon(*args: Any) -> tuple[Any, ...]:
        *told, protected = look(*args)
        looked.append("once")
        return *told, protected if len(looked) > 1 else []

    monkeypatch.setattr(NewsroomAdmin, "get_deleted_objects", look_too_soon)
    client.force_login(person("Chief"))
    page = client.post(url(row, f"{row.pk}/delete/"), {"post": "yes"})
    assert page.status_code == 200
    assert "follows “Straits”" in page.content.decode()
