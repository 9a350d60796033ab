from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from taggit.models import Tag

from articles import keyset, public, related
from articles.models import Article, Author, Correction, Format, Section, Series
from articles.models.articles import ArticleQuerySet

from .reader_page import ReaderRequest, reader_page


@reader_page(*keyset.PARAMETERS)
def section(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    return listing(request, "section", found, Article.objects.in_section(found))


@reader_page(*keyset.PARAMETERS)
def format(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Format, slug=slug)
    return listing(request, "format", found, Article.objects.filter(format=found))


@reader_page(*keyset.PARAMETERS)
def series(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Series, slug=slug)
    return listing(request, "series", found, Article.objects.filter(series=found))


@reader_page(*keyset.PARAMETERS)
def author(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    return listing(request, "author", found, Article.objects.by_author(found))


@reader_page(*keyset.PARAMETERS)
def tag(request: ReaderRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    return listing(request, "tag", found, Article.objects.tagged(found))


def listing(
    request: ReaderRequest,
    kind: str,
    subject: Section | Format | Series | Author | Tag,
    articles: ArticleQuerySet,
) -> HttpResponse:
    """Render a page of published articles as teasers, newest first, in the template of its kind.

    Raises Http404 where readers may see nothing of the subject. What they find here proves that
    they may, and is cheaper to look for.
    """
    page = keyset.cut(articles.published().only("published_at"), request.GET)
    if not page.rows and not public.rows(type(subject)).filter(pk=subject.pk).exists():
        raise Http404("No reader has seen anything of it.")
    context = {
        "kind": kind,
        "subject": subject,
        "in_section": subject if kind == "section" else None,
        "page": page,
        "teasers": related.teasers([found.pk for found in page.rows], request.parts),
    }
    return render(request, f"articles/{kind}.html", context)


@reader_page(*keyset.PARAMETERS)
def corrections(request: ReaderRequest) -> HttpResponse:
    rows = Correction.objects.published().select_related("article").defer("article__body")
    page = keyset.cut(rows, request.GET, by="made_at")
    return render(request, "articles/corrections.html", {"page": page})
