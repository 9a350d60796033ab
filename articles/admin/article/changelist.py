"""The list of articles: what it shows, how it is searched, and what can be done to many."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from articles.admin.base import BoundedPaginator, NewsroomChangeList
from articles.admin.deletion import DeletionAdmin
from articles.admin.fields import name_of
from articles.admin.status import Status, status_of
from articles.dates import short_moment
from articles.models import Article
from articles.models.articles import ArticleQuerySet

from . import bulk
from .actions import BULK_ACTIONS
from .filters import AssigneeFilter, DueFilter, MineFilter, StatusFilter, WaitingFilter


class ArticleChangeList(NewsroomChangeList):
    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> models.QuerySet:
        rows = super().get_queryset(request, *args, **kwargs)
        if str(rows.query.order_by[0]).lstrip("-") not in ("modified_at", "published_at"):
            # No index has this order: only what the list would hold otherwise is sorted.
            last = rows.order_by(*ArticleList.ordering)[: BoundedPaginator.limit]
            rows = rows.filter(pk__in=last.values("pk"))
        return cast(ArticleQuerySet, rows.prefetch_related(None)).for_lists()


class ArticleList(DeletionAdmin):
    """The half of the articles' desk that lists them; the other half is the form."""

    list_display = [
        "headline_in_list",
        "state",
        "section_in_list",
        "names",
        "assigned",
        "due",
        "words",
        "changed",
    ]
    list_filter = [
        StatusFilter,
        MineFilter,
        AssigneeFilter,
        DueFilter,
        WaitingFilter,
        "section",
        "format",
    ]
    search_fields = ["headline"]  # the box is shown; what is searched stands in `search()`
    show_facets = admin.ShowFacets.NEVER  # they would count the whole archive
    ordering = ["-modified_at", "-pk"]
    list_select_related = ["section", "assignee"]
    empty_value_display = "None"  # as an entry of the filters; columns leave out what is empty
    actions = [*(bulk.admin_action(action) for action in BULK_ACTIONS), "delete_selected"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleChangeList

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        refused = {action.name for action in BULK_ACTIONS if not action.is_for(request.user)}
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if name not in refused
        }

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        words = search_term.replace("\0", "").split()[:8]
        if not words:
            return queryset, False
        # The rows are named by key, so that they are sought once, not for count and page each.
        rows = cast(ArticleQuerySet, queryset.prefetch_related(None)).search(words)
        keys = rows.values_list("pk", flat=True)[: BoundedPaginator.limit]
        return queryset.filter(pk__in=list(keys)), False

    @admin.display(description="headline", ordering="headline")
    def headline_in_list(self, obj: Article) -> str:
        return obj.headline

    @admin.display(description="state", ordering="published_at")
    def state(self, obj: Article) -> str:
        state = status_of(obj)
        parts = [state.label]
        if at := obj.public_from:
            parts.append(short_moment(at))
        if obj.scheduled_at:
            parts.append(f"change on {short_moment(obj.scheduled_at)}")
        elif state == Status.PUBLIC and obj.has_unpublished_changes:
            parts.append("changes not published")
        return " · ".join(parts)

    @admin.display(description="section", ordering="section", empty_value="")
    def section_in_list(self, obj: Article) -> str | None:
        return obj.section.name if obj.section else None

    @admin.display(description="byline", empty_value="")
    def names(self, obj: Article) -> str | None:
        return ", ".join(author.name for author in obj.byline) or None

    @admin.display(description="assignee", ordering="assignee__first_name", empty_value="")
    def assigned(self, obj: Article) -> str | None:
        return name_of(obj.assignee) if obj.assignee else None

    @admin.display(description="due", ordering="due_on", empty_value="")
    def due(self, obj: Article) -> str | None:
        if obj.due_on is None:
            return None
        is_late = obj.published_at is None and obj.due_on < timezone.localdate()
        is_this_year = obj.due_on.year == timezone.localdate().year
        day = date_format(obj.due_on, "j M" if is_this_year else "j M Y")
        return f"{day} · overdue" if is_late else day

    @admin.display(description="words", ordering="word_count")
    def words(self, obj: Article) -> str:
        notes: int | None = getattr(obj, "open_notes", None)
        told = f"{obj.word_count:,}"
        return f"{told} · {notes} open {'note' if notes == 1 else 'notes'}" if notes else told

    @admin.display(description="changed", ordering="modified_at")
    def changed(self, obj: Article) -> str:
        return short_moment(obj.modified_at)
