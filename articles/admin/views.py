"""The frame of a newsroom page: its request, its permission, its rendering and its log entry."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.policy import Person


class NewsroomRequest(HttpRequest):
    """The request of a view inside `admin_site.admin_view()`: its user is logged in, and staff."""

    user: User
    csp_nonce: str


def newsroom_request(request: HttpRequest) -> NewsroomRequest:
    """Narrow the type of a request that Django's admin hands to a method that we override."""
    return cast(NewsroomRequest, request)


def check_permission(is_allowed: bool) -> None:
    if not is_allowed:
        raise PermissionDenied


def render_page(
    request: HttpRequest,
    model: type[Model],
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render `admin/<app>/<model>/<template>` if it exists, else `admin/newsroom/<template>`."""
    options = model._meta
    return render(
        request,
        [
            f"admin/{options.app_label}/{options.model_name}/{template}",
            f"admin/newsroom/{template}",
        ],
        {**admin.site.each_context(request), "opts": options, **context},
        status=status,
    )


def log_action(user: Person, message: str, *rows: Model, flag: int = CHANGE) -> None:
    """Log what `user` did to the rows, in a sentence that somebody understands a year later."""
    user_id: Any = user.pk
    LogEntry.objects.log_actions(user_id, rows, flag, message)
