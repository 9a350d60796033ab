"""Bulk actions on articles: first a page that says what will happen, then one row after another."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from articles.admin.views import (
    NewsroomRequest,
    check_permission,
    log_action,
    render_page,
)
from articles.models import Article

from .actions import BulkAction
from .checklist import counted

MOST = 200
NAMED = 20

AdminAction = Callable[[Any, HttpRequest, models.QuerySet], HttpResponse | None]


def admin_action(action: BulkAction) -> AdminAction:
    @admin.action(description=action.label)
    def chosen(
        model_admin: admin.ModelAdmin, request: NewsroomRequest, queryset: models.QuerySet
    ) -> HttpResponse | None:
        check_permission(action.is_for(request.user))
        articles = list(queryset.select_related("working_copy", "assignee")[: MOST + 1])
        if len(articles) <= MOST:
            return many(action, request, articles)
        words = f"At most {MOST} articles at once: narrow the list down, or choose fewer."
        messages.error(request, words)
        return None

    chosen.__name__ = action.name
    return cast(AdminAction, chosen)


def many(action: BulkAction, request: NewsroomRequest, articles: list[Article]) -> HttpResponse:
    user = request.user
    is_sure = "apply" in request.POST
    form = action.form(user, request.POST if is_sure else None)
    if is_sure and form.is_valid():
        tell(request, action, *carry_out(action, user, articles, form.cleaned_data))
        return redirect(request.get_full_path())
    judged = [(article, action.refusal(user, article)) for article in articles]
    return render_page(
        request,
        Article,
        "bulk.html",
        {
            "title": action.label.rstrip("…"),
            "media": form.media,
            "action": action,
            "form": form,
            "keys": [article.pk for article in articles],
            "meant": [(one, action.consequence(one)) for one, refusal in judged if not refusal],
            "left_out": [(one, refusal) for one, refusal in judged if refusal],
        },
    )


def carry_out(
    action: BulkAction, user: User, articles: Iterable[Article], asked: dict[str, Any]
) -> tuple[int, int, list[str]]:
    done, same = 0, 0
    left_out = []
    for article in articles:
        try:
            with transaction.atomic():
                article.lock()
                if refusal := action.refusal(user, article):
                    raise ValidationError(refusal)
                words = action.perform(user, article, asked)
                if words:
                    log_action(user, words, article)
        except Article.DoesNotExist:
            left_out.append(f"“{article}”: it is gone.")
        except ValidationError as error:
            left_out.append(f"“{article}”: {' '.join(error.messages)}")
        else:
            done += bool(words)
            same += not words
    return done, same, left_out


def tell(
    request: NewsroomRequest, action: BulkAction, done: int, same: int, left_out: list[str]
) -> None:
    words = f"{action.label.rstrip('…')}: {counted(done, 'article')} changed"
    messages.success(
        request, f"{words}, {counted(same, 'article')} as wanted already." if same else f"{words}."
    )
    if left_out:
        named = left_out[:NAMED]
        if more := len(left_out) - len(named):
            named.append(f"And {more} more.")
        count = counted(len(left_out), "article")
        messages.warning(request, f"{count} left out. {' '.join(named)}")
