"""The frame of the pages about one article: who may see them, and what each of them shows."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles import policy
from articles.admin.status import status_in_words
from articles.admin.views import NewsroomRequest, check_permission, render_page
from articles.models import Article, Revision
from articles.models.articles import ArticleQuerySet


def article_for(
    request: NewsroomRequest,
    key: int,
    rule: Callable[[policy.Person, Article], bool],
    articles: ArticleQuerySet | None = None,
) -> Article:
    article = get_object_or_404(Article if articles is None else articles, pk=key)
    check_permission(rule(request.user, article))
    return article


def typed_text(request: NewsroomRequest, article: Article | None) -> Revision | None:
    session = request.GET.get("session", "").replace("\0", "")
    own = Revision.objects.autosaves_of(request.user)
    return own.filter(session=session, article=article).first()


def article_page(
    request: NewsroomRequest,
    article: Article,
    template: str,
    /,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    about = {"original": article, "state": status_in_words(article)}
    return render_page(request, Article, template, {**about, **context}, status=status)


def article_url(name: str, article: Article | None) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk] if article else [])
