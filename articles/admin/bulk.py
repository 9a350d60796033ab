"""Acts on many articles: first a page that says what will happen, then one row after another."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from js_asset import Media

from articles.models import Article

from .acts import Act
from .log import write_down

MOST = 200
NAMED = 20

Action = Callable[[Any, HttpRequest, models.QuerySet], HttpResponse | None]


def action(act: Act) -> Action:
    """The act as an entry of the list's menu."""

    @admin.action(description=act.label)
    def chosen(
        model_admin: admin.ModelAdmin, request: HttpRequest, queryset: models.QuerySet
    ) -> HttpResponse | None:
        if not act.is_for(request.user):
            raise PermissionDenied
        articles = list(queryset.select_related("working_copy", "assignee")[: MOST + 1])
        if len(articles) > MOST:
            words = f"At most {MOST} articles at once: narrow the list down, or choose fewer."
            messages.error(request, words)
            return None
        return many(act, model_admin, request, articles)

    chosen.__name__ = act.name
    return cast(Action, chosen)


def many(
    act: Act, model_admin: admin.ModelAdmin, request: HttpRequest, articles: list[Article]
) -> HttpResponse:
    """Ask, then do `act` to each article that may have it done."""
    user = cast(User, request.user)
    is_sure = "apply" in request.POST
    form = act.form(user, request.POST if is_sure else None)
    if is_sure and form.is_valid():
        tell(request, act, *carry_out(act, user, articles, form.cleaned_data))
        return HttpResponseRedirect(request.get_full_path())
    judged = [(article, act.refusal(user, article)) for article in articles]
    return render(
        request,
        "admin/articles/article/bulk.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": act.label.rstrip("…"),
            "opts": model_admin.opts,
            "media": Media.from_media(form.media).with_nonce(
                request.csp_nonce  # type: ignore[attr-defined]
            ),
            "act": act,
            "form": form,
            "keys": [article.pk for article in articles],
            "meant": [(one, act.consequence(one)) for one, refusal in judged if not refusal],
            "left_out": [(one, refusal) for one, refusal in judged if refusal],
        },
    )


def carry_out(
    act: Act, user: User, articles: Iterable[Article], asked: dict[str, Any]
) -> tuple[int, int, list[str]]:
    """How many rows were changed, how many were so already, and who was left out and why.

    Each row is judged again when it is held, and stored in a transaction of its own.
    """
    done, same = 0, 0
    left_out = []
    for article in articles:
        try:
            with transaction.atomic():
                article.hold()
                if refusal := act.refusal(user, article):
                    raise ValidationError(refusal)
                words = act.perform(user, article, asked)
                if words:
                    write_down(user, article, words)
        except Article.DoesNotExist:
            left_out.append(f"“{article}”: it is gone.")
        except ValidationError as error:
            left_out.append(f"“{article}”: {' '.join(error.messages)}")
        else:
            done += bool(words)
            same += not words
    return done, same, left_out


def tell(request: HttpRequest, act: Act, done: int, same: int, left_out: list[str]) -> None:
    words = f"{act.label.rstrip('…')}: {counted(done)} changed"
    messages.success(
        request, f"{words}, {counted(same)} as wanted already." if same else f"{words}."
    )
    if left_out:
        named = left_out[:NAMED]
        if more := len(left_out) - len(named):
            named.append(f"And {more} more.")
        messages.warning(request, f"{counted(len(left_out))} left out. {' '.join(named)}")


def counted(number: int) -> str:
    return "1 article" if number == 1 else f"{number} articles"
