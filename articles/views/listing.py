from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Model, SlugField
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from taggit.models import Tag

from articles import keyset, public, related
from articles.database.prepared import Prepared
from articles.models import Article, Author, Correction, Format, Section, Series
from articles.models.articles import ArticleQuerySet

from .reader_page import ReaderRequest, reader_page

# The articles of a row, by its key, in parts that an index each has.
LISTED: dict[type[Model], Callable[[Any], list[ArticleQuerySet]]] = {
    Section: lambda key: [
        Article.objects.filter(section=key),
        Article.objects.also_in_section(key),
    ],
    Format: lambda key: [Article.objects.filter(format=key)],
    Series: lambda key: [Article.objects.filter(series=key)],
    Author: lambda key: [Article.objects.by_author(key)],
    Tag: lambda key: [Article.objects.tagged(key)],
}


def by_slug(model: type[Model]) -> Prepared[Any]:
    rows = model._default_manager.all()
    if model is Author:
        rows = rows.select_related("portrait")
    return Prepared(lambda slug: rows.filter(slug=slug), slug=SlugField())


def listed(model: type[Model], key: Any, now: Any = None) -> list[ArticleQuerySet]:
    return [part.published(now=now).only("published_at") for part in LISTED[model](key)]


def newest_of(model: type[Model]) -> Prepared[Article]:
    return Prepared(
        lambda now, key: keyset.newest(listed(model, key, now)),
        now=DateTimeField(),
        key=BigIntegerField(),
    )


BY_SLUG = {model: by_slug(model) for model in LISTED}
NEWEST = {model: newest_of(model) for model in LISTED}


@reader_page(*keyset.PARAMETERS)
def section(request: ReaderRequest, slug: str) -> HttpResponse:
    return listing(request, Section, slug)


@reader_page(*keyset.PARAMETERS)
def format(request: ReaderRequest, slug: str) -> HttpResponse:
    return listing(request, Format, slug)


@reader_page(*keyset.PARAMETERS)
def series(request: ReaderRequest, slug: str) -> HttpResponse:
    return listing(request, Series, slug)


@reader_page(*keyset.PARAMETERS)
def author(request: ReaderRequest, slug: str) -> HttpResponse:
    return listing(request, Author, slug)


@reader_page(*keyset.PARAMETERS)
def tag(request: ReaderRequest, slug: str) -> HttpResponse:
    return listing(request, Tag, slug)


def listing(request: ReaderRequest, model: type[Model], slug: str) -> HttpResponse:
    """Render a page of published articles as teasers, newest first, in the template of its kind.

    Raises Http404 where readers may see nothing of the subject. What they find here proves that
    they may, and is cheaper to look for.
    """
    subject = BY_SLUG[model].first(slug=slug)
    if subject is None:
        raise Http404("Nothing has this name.")
    if request.GET:
        rows, *also = listed(model, subject.pk)
        page = keyset.cut(rows, request.GET, also=also)
    else:
        page = keyset.top(NEWEST[model].rows(now=timezone.now(), key=subject.pk))
    if not page.rows and not public.is_public(subject):
        raise Http404("No reader has seen anything of it.")
    kind = model._meta.model_name
    context = {
        "kind": kind,
        "subject": subject,
        "in_section": subject if model is Section else None,
        "page": page,
        "teasers": related.teasers([found.pk for found in page.rows], request.parts),
    }
    return render(request, f"articles/{kind}.html", context)


@reader_page(*keyset.PARAMETERS)
def corrections(request: ReaderRequest) -> HttpResponse:
    rows = Correction.objects.published().select_related("article").defer("article__body")
    page = keyset.cut(rows, request.GET, by="made_at")
    return render(request, "articles/corrections.html", {"page": page})
