"""What the list of articles can be narrowed to."""

from datetime import timedelta
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from articles import policy
from articles.models import Note
from articles.models.articles import ArticleQuerySet

from .state import State, in_state


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"
    more = [("unpublished", "Not published"), ("new", "Public for a week or less")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*State.choices, *self.more]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        articles = cast(ArticleQuerySet, queryset)
        match self.value():
            case "unpublished":
                return articles.unpublished()
            case "new":
                return articles.published_since(timezone.now() - timedelta(days=7))
            case str(state) if state in State.values:
                return in_state(articles, State(state))
        return queryset


class AssigneeFilter(admin.SimpleListFilter):
    title = "assignee"
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = policy.colleagues()
        names = [
            (str(person.pk), person.get_full_name() or person.username)
            for person in people
            if person != request.user
        ]
        return [("me", "Me"), ("nobody", "Nobody"), *names]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        match self.value():
            case "me":
                return queryset.filter(assignee=request.user.pk)
            case "nobody":
                return queryset.filter(assignee__isnull=True)
            case str(key) if key.isdecimal() and len(key) < 19:
                return queryset.filter(assignee=int(key))
        return queryset


class DueFilter(admin.SimpleListFilter):
    """Only what is still to be done: an article that has its moment is not due any more."""

    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("today", "Today or overdue"), ("week", "Within a week")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        today = timezone.localdate()
        last = {
            "overdue": today - timedelta(days=1),
            "today": today,
            "week": today + timedelta(days=6),
        }.get(self.value() or "")
        if last is None:
            return queryset
        return queryset.filter(published_at__isnull=True, due_on__lte=last)


class WaitingFilter(admin.SimpleListFilter):
    title = "work left"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("change", "Changes not published"),
            ("coming", "Becomes public by itself"),
            ("notes", "Open notes"),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        articles = cast(ArticleQuerySet, queryset)
        match self.value():
            case "change":
                return articles.with_change_waiting()
            case "coming":
                return articles.coming()
            case "notes":
                return articles.filter(Exists(Note.objects.open().filter(article=OuterRef("pk"))))
        return queryset


class MineFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "Begun by me or given to me"), ("begun", "Begun by me")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        match self.value():
            case "mine":
                return cast(ArticleQuerySet, queryset).of(cast(models.Model, request.user))
            case "begun":
                return queryset.filter(created_by=request.user.pk)
        return queryset
