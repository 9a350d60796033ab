import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from articles.models import Article, PreviewLink, Publication

from .article import shown

AS_SLUG = re.compile(r"[-\w]+", re.ASCII)


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """One version of an article for whoever holds the link; says so when the link has ended."""
    key = PreviewLink.key_of(token.lower())
    if key is None:
        return unseen(render(request, "404.html", status=HTTPStatus.NOT_FOUND))
    link = PreviewLink.objects.open().filter(key=key).select_related("revision").first()
    if link is None:
        return unseen(render(request, "articles/preview_ended.html", status=HTTPStatus.GONE))
    article = Article.objects.for_page().get(revisions=link.revision)
    return page_of(request, link.revision.shown_on(article), link)


def page_of(
    request: HttpRequest, article: Article, link: PreviewLink | None = None
) -> HttpResponse:
    """The page of `article` as it is in memory, which need not be stored or public."""
    if not AS_SLUG.fullmatch(article.slug):
        article.slug = "no-address-yet"  # the template says where the page will be
    context = shown(article, Publication.objects.current())
    return unseen(render(request, "articles/preview.html", {**context, "link": link}))


def unseen(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine, and told to no site that it links to."""
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
