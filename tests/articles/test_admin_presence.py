"""Who else has a form open."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import OpenForm, Revision
from tests import make
from tests.newsroom import change, typed

pytestmark = pytest.mark.django_db


def test_the_form_says_who_else_has_it_open(editor, second, time_machine):
    """As long as it is open there; and whether they saved it meanwhile."""
    article = make.article("Ports", minutes_ago=None)
    address = reverse("admin:articles_article_presence", args=[article.pk])
    names = ("session", "base")
    mine, theirs = typed(editor.get(change(article))), typed(second.get(change(article)))
    say = {name: mine.get(name, "") for name in names}
    also = {name: theirs.get(name, "") for name in names}
    assert editor.post(address, say).json() == {"people": [], "newest": None}
    assert second.post(address, also).json()["people"] == ["editor"]
    assert editor.post(address, say).json()["people"] == ["Bea Bauer"]
    second.post(address, {**also, "gone": ""})
    assert editor.post(address, say).json()["people"] == []
    assert OpenForm.objects.count() == 1

    Revision.objects.newest(article)
    mine = typed(editor.get(change(article)))
    second.post(change(article), typed(second.get(change(article)), deck="New"))
    newest = editor.post(address, {name: mine[name] for name in names}).json()["newest"]
    assert newest["who"] == "Bea Bauer"


def test_a_form_that_was_left_open_and_went_silent_is_forgotten(editor, second, time_machine):
    article = make.article()
    address = reverse("admin:articles_article_presence", args=[article.pk])
    second.post(address, {"session": str(uuid.uuid4()), "base": ""})
    say = {"session": str(uuid.uuid4()), "base": ""}
    assert editor.post(address, say).json()["people"] == ["Bea Bauer"]
    time_machine.move_to(timezone.now() + timedelta(seconds=55))
    assert editor.post(address, say).json()["people"] == []
    assert OpenForm.objects.count() == 1
