from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from taggit.models import Tag

from articles import keyset, selection
from articles.models import Article, Author, Format, Image, Section, Series
from articles.models.articles import ArticleQuerySet

from .reader_page import ReaderRequest, reader_page


@reader_page
def section(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    return listing(request, "section", found, Article.objects.in_section(found))


@reader_page
def format(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Format, slug=slug)
    return listing(request, "format", found, Article.objects.filter(format=found))


@reader_page
def series(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Series, slug=slug)
    return listing(request, "series", found, Article.objects.filter(series=found))


@reader_page
def author(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    return listing(request, "author", found, Article.objects.by_author(found))


@reader_page
def tag(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    return listing(request, "tag", found, Article.objects.tagged(found))


def listing(
    request: ReaderRequest,
    kind: str,
    subject: Section | Format | Series | Author | Tag,
    articles: ArticleQuerySet,
) -> HttpResponse:
    """A page of published articles as teasers, newest first, in the template of its kind."""
    page = keyset.cut(articles.published().for_cards(), request.GET)
    around = selection.surroundings(request.publication)
    images = Image.objects.for_prose(found.teaser for found in page.rows)
    return render(
        request,
        f"articles/{kind}.html",
        {
            "kind": kind,
            "subject": subject,
            "page": page,
            "teasers": selection.teasers(page.rows, images),
            "latest": around.latest,
            "quick": around.quick,
        },
    )
