import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from articles.models import Article, PreviewLink
from articles.page_parts import PageParts

from .article import shown

AS_SLUG = re.compile(r"[-\w]+", re.ASCII)


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show one version of an article to the holder of the link, or that the link has ended."""
    key = PreviewLink.key_of(token.lower())
    if key is None:
        return unseen(render(request, "404.html", status=HTTPStatus.NOT_FOUND))
    link = PreviewLink.objects.open().filter(key=key).select_related("revision").first()
    if link is None:
        return unseen(render(request, "articles/preview_ended.html", status=HTTPStatus.GONE))
    article = Article.objects.for_page().get(revisions=link.revision)
    return page_of(request, link.revision.content.apply_to(article), link)


def page_of(
    request: HttpRequest, article: Article, link: PreviewLink | None = None
) -> HttpResponse:
    """Render the page of `article` as it is in memory; it need not be stored or public."""
    if not AS_SLUG.fullmatch(article.slug):
        article.slug = "no-address-yet"  # the template says where the page will be
    context = shown(article, list(article.tags.all()), PageParts())
    return unseen(render(request, "articles/preview.html", {**context, "link": link}))


def unseen(response: HttpResponse) -> HttpResponse:
    """Keep a response out of caches and search engines, and its URL from the sites that it links
    to."""
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
