from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles import prose, selection
from articles.models import Article, Image, Page

from .reader_page import ReaderRequest, reader_page


@reader_page
def article(request: ReaderRequest, slug: str) -> HttpResponse:
    """An article's own page; a static page where one has this slug."""
    found = Article.objects.published().for_page().filter(slug=slug).first()
    if found is None:
        return page(request, slug)
    prefetch_related_objects([found], "tags")
    around = selection.surroundings(request.publication, found)
    images = Image.objects.for_prose([found.body, *(other.teaser for other in around.stream)])
    return render(
        request,
        "articles/article.html",
        {
            "article": found,
            "body": prose.render_article(found, images),
            "latest": around.latest,
            "quick": around.quick,
            "stream": selection.teasers(around.stream, images),
        },
    )


@reader_page
def rest(request: ReaderRequest, slug: str) -> HttpResponse:
    """The body after the teaser, for “keep reading”: a fragment, never a search result."""
    found = get_object_or_404(Article.objects.published(), slug=slug, has_rest=True)
    images = Image.objects.for_prose([found.body])
    response = render(
        request,
        "articles/rest.html",
        {"article": found, "body": prose.render_article(found, images)},
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def page(request: ReaderRequest, slug: str) -> HttpResponse:
    found = Page.objects.published().filter(slug=slug).first()
    if found is None:
        raise Http404("No article and no page has this address.")
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
