"""People of the newsroom, and what their browsers send."""

import io
from functools import cache
from unittest import mock

import PIL.Image
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from articles import renditions
from articles.models import Article, Image
from articles.renditions import process

ADD = "/admin/articles/article/add/"


def person(group: str) -> User:
    user = User.objects.create_user(group.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def typed(page: HttpResponse, **changes: object) -> dict[str, object]:
    """What a browser would send of the form on this page, apart from what somebody changed."""
    data: dict[str, object] = {}
    for field in page.context["adminform"].form:
        value = field.value()
        if value is True:
            data[field.html_name] = "on"
        elif isinstance(value, list):
            data[field.html_name] = value
        elif value not in (None, "", False):
            data[field.html_name] = field.field.widget.format_value(value)
    return {**data, **changes}


def change(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def errors(page: HttpResponse) -> dict[str, list[str]]:
    assert page.status_code == 200, "the form was taken"
    return {name: list(found) for name, found in page.context["adminform"].form.errors.items()}


def upload(size: tuple[int, int] = (900, 600), name: str = "a.jpg") -> SimpleUploadedFile:
    file = io.BytesIO()
    PIL.Image.new("RGB", size, "teal").save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


@cache
def processed(size: tuple[int, int], focus: renditions.Focus) -> renditions.ProcessedImage:
    return process(upload(size), focus)


def picture(size: tuple[int, int] = (900, 600), **fields: object) -> Image:
    """A stored picture. What the worker makes of a size it makes once for all tests: decoding and
    sixteen encodings in a process of its own take longer than most of them."""
    with mock.patch.object(renditions, "process", lambda _, focus: processed(size, focus)):
        image, _ = Image.objects.ingest(upload(size), **{"alt": "A teal surface", **fields})
    return image


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)
