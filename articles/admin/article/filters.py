"""The filters of the list of articles."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from articles import policy
from articles.admin.base import ChoiceFilter, Narrow
from articles.admin.fields import name_of
from articles.admin.status import Status, with_status
from articles.keys import row_key
from articles.models import Note
from articles.models.articles import ArticleQuerySet


def has(status: Status) -> Narrow:
    return lambda rows, _: with_status(rows, status)


class StatusFilter(ChoiceFilter):
    title, parameter_name = "state", "state"
    options = {
        **{status.value: (status.label, has(status)) for status in Status},
        "unpublished": ("Not published", lambda rows, _: rows.unpublished()),
        "new": (
            "Public for a week or less",
            lambda rows, _: rows.published_since(timezone.now() - timedelta(days=7)),
        ),
    }


class AssigneeFilter(ChoiceFilter):
    title, parameter_name = "assignee", "assignee"
    options = {
        "me": ("Me", lambda rows, request: rows.filter(assignee=request.user)),
        "nobody": ("Nobody", lambda rows, _: rows.filter(assignee__isnull=True)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = policy.colleagues()
        names = [(str(one.pk), name_of(one)) for one in people if one != request.user]
        return [*super().lookups(request, model_admin), *names]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if key := row_key(self.value()):
            return queryset.filter(assignee=key)
        return super().queryset(request, queryset)


def due_within(articles: ArticleQuerySet, days: int) -> ArticleQuerySet:
    # Only what is still to be done: an article that has its moment is not due any more.
    last = timezone.localdate() + timedelta(days=days)
    return articles.filter(published_at__isnull=True, due_on__lte=last)


class DueFilter(ChoiceFilter):
    title, parameter_name = "due", "due"
    options = {
        "overdue": ("Overdue", lambda rows, _: due_within(rows, -1)),
        "today": ("Today or overdue", lambda rows, _: due_within(rows, 0)),
        "week": ("Within a week", lambda rows, _: due_within(rows, 6)),
    }


def with_open_notes(articles: ArticleQuerySet) -> ArticleQuerySet:
    return articles.filter(Exists(Note.objects.open().filter(article=OuterRef("pk"))))


class WaitingFilter(ChoiceFilter):
    title, parameter_name = "work left", "waiting"
    options = {
        "change": ("Changes not published", lambda rows, _: rows.with_unpublished_changes()),
        "coming": ("Becomes public by itself", lambda rows, _: rows.scheduled()),
        "notes": ("Open notes", lambda rows, _: with_open_notes(rows)),
    }


class MineFilter(ChoiceFilter):
    title, parameter_name = "whose", "whose"
    options = {
        "mine": ("Begun by me or given to me", lambda rows, request: rows.of(request.user)),
        "begun": ("Begun by me", lambda rows, request: rows.filter(created_by=request.user)),
    }
