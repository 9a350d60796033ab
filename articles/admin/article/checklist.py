"""The checklist beside the form: what stands between a text and its publication."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission
from articles.checklist import Check, checks
from articles.models import Article, Snapshot
from articles.models.snapshots import SINGLE, TEXTS

from .page import article_url, typed_text


def newest_text(article: Article) -> Snapshot:
    """The text that would go public now, as far as a checklist reads it: without the byline, the
    tags and the further sections. Nothing is written down, unlike by `Revision.objects.newest()`.
    """
    if article.has_unpublished_changes and article.working_copy:
        return article.working_copy.content
    columns = {**{name: name for name in TEXTS}, **{name: f"{name}_id" for name in SINGLE}}
    return Snapshot(**{name: getattr(article, column) for name, column in columns.items()})


def listed(found: list[Check]) -> dict[str, Any]:
    blocking = sum(check.is_blocking for check in found)
    advice = len(found) - blocking
    words = [
        f"{counted(blocking, 'point')} must be mended" if blocking else "",
        f"{counted(advice, 'piece')} of advice" if advice else "",
    ]
    summary = ", ".join(filter(None, words)) or "Nothing to mend"
    return {"checks": found, "blocking": blocking, "summary": f"{summary}."}


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def panel(user: User, article: Article | None) -> dict[str, Any]:
    found = {"checks_url": article_url("checks", article)}
    if article and policy.may_edit(user, article):
        found |= listed(checks(article, newest_text(article)))
    return found


@require_safe
def article_checks(request: NewsroomRequest, key: int | None = None) -> HttpResponse:
    """The lines for what this person typed in the form of `?session=`, else for the working copy.

    Without a key, for an article that has never been saved.
    """
    article = get_object_or_404(Article, pk=key) if key else None
    check_permission(policy.may(request.user, "change" if article else "add", Article, article))
    typed = typed_text(request, article)
    article = article or Article()
    found = checks(article, typed.content if typed else newest_text(article))
    context = {**listed(found), "original": article}
    return render(request, "admin/articles/article/_checklist_lines.html", context)
