from http import HTTPStatus
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render

from articles import prose, selection
from articles.models import Article, Correction, Image, Page, Publication

from .reader_page import ReaderRequest, reader_page


@reader_page
def article(request: ReaderRequest, slug: str) -> HttpResponse:
    """An article's own page; a static page where one has this slug."""
    found = Article.objects.published().for_page().filter(slug=slug).first()
    if found is None:
        return page(request, slug)
    prefetch_related_objects([found], "tags")
    return render(request, "articles/article.html", shown(found, request.publication))


def shown(article: Article, publication: Publication) -> dict[str, Any]:
    """What the article's template needs, for any article in hand: published, or a preview."""
    around = selection.surroundings(publication, article)
    images = Image.objects.for_prose([article.body, *(other.teaser for other in around.stream)])
    return {
        "article": article,
        "body": prose.render_article(article, images),
        "corrections": list(Correction.objects.filter(article=article.pk)),
        "latest": around.latest,
        "quick": around.quick,
        "stream": selection.teasers(around.stream, images),
    }


@reader_page
def rest(request: ReaderRequest, slug: str) -> HttpResponse:
    """The body after the teaser, for “keep reading”: a fragment, never a search result."""
    found = Article.objects.published().filter(slug=slug, has_rest=True).first()
    if found is None:
        return missing(request, slug)
    images = Image.objects.for_prose([found.body])
    response = render(
        request,
        "articles/rest.html",
        {
            "article": found,
            "body": prose.render_article(found, images),
            "corrections": found.corrections.all(),
        },
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def page(request: ReaderRequest, slug: str) -> HttpResponse:
    found = Page.objects.published().filter(slug=slug).first()
    if found is None:
        return missing(request, slug)
    around = selection.surroundings(request.publication)
    images = Image.objects.for_prose([found.body])
    return render(
        request,
        "articles/page.html",
        {
            "page": found,
            "body": prose.render_body(found.body, images),
            "latest": around.latest,
            "quick": around.quick,
        },
    )


def missing(request: ReaderRequest, slug: str) -> HttpResponse:
    """410 for what readers have seen here and was withdrawn. Raises Http404 for all else."""
    if Article.objects.withdrawn().filter(slug=slug).exists():
        return render(request, "410.html", status=HTTPStatus.GONE)
    raise Http404("No article and no page has this address.")
