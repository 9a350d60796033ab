from http import HTTPStatus
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, SlugField
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from taggit.models import Tag

from articles import link_check, prose, related
from articles.database.prepared import Prepared
from articles.models import Article, Correction, Image, Page
from articles.models.authors import in_byline_of
from articles.models.tags import tags_of
from articles.page_parts import PageParts

from .reader_page import ReaderRequest, reader_page

ARTICLE = Prepared(
    lambda now, slug: Article.objects.published(now=now).for_page().filter(slug=slug)[:1],
    now=DateTimeField(),
    slug=SlugField(),
)
AUTHORS = Prepared(lambda article: in_byline_of(article), article=BigIntegerField())
TAGS = Prepared(lambda article: tags_of(article), article=BigIntegerField())
CORRECTIONS = Prepared(
    lambda article: Correction.objects.filter(article=article), article=BigIntegerField()
)


@reader_page()
def article(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show an article's own page, or a static page of this slug."""
    found = ARTICLE.first(now=timezone.now(), slug=slug)
    if found is None:
        return page(request, slug)
    vars(found)["byline_authors"] = AUTHORS.rows(article=found.pk)
    tags = TAGS.rows(article=found.pk)
    return render(request, "articles/article.html", shown(found, tags, request.parts))


def shown(article: Article, tags: list[Tag], parts: PageParts) -> dict[str, Any]:
    """Return the context of the article's template, for a published article or a preview."""
    (text,) = link_check.for_readers([article.body])
    return {
        "article": article,
        "tags": tags,
        "in_section": article.section,
        "body": prose.render_article(text, Image.objects.for_prose([text]), key=article.pk),
        "corrections": CORRECTIONS.rows(article=article.pk),
        "stream": related.teasers(related.stream(article, tags, parts), parts),
    }


@reader_page()
def rest(request: ReaderRequest, slug: str) -> HttpResponse:
    """Return the body after the teaser, for “keep reading”: a fragment, never a search result."""
    found = Article.objects.published().filter(slug=slug, has_rest=True).first()
    if found is None:
        return missing(request, slug)
    (text,) = link_check.for_readers([found.body])
    body = prose.render_article(text, Image.objects.for_prose([text]), key=found.pk)
    context = {"article": found, "body": body, "corrections": found.corrections.all()}
    response = render(request, "articles/rest.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def page(request: ReaderRequest, slug: str) -> HttpResponse:
    found = Page.objects.published().filter(slug=slug).first()
    if found is None:
        return missing(request, slug)
    (text,) = link_check.for_readers([found.body])
    body = prose.render_body(text, Image.objects.for_prose([text]))
    return render(request, "articles/page.html", {"page": found, "body": body})


def missing(request: ReaderRequest, slug: str) -> HttpResponse:
    """Return 410 for a withdrawn article that readers have seen. Raises Http404 for all else."""
    if Article.objects.withdrawn().filter(slug=slug).exists():
        return render(request, "410.html", status=HTTPStatus.GONE)
    raise Http404("No article and no page has this address.")
