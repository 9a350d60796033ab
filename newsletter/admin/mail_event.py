"""What came back, for reading."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse

from articles.admin.base import NewsroomAdmin
from articles.admin.state import moment
from newsletter.models import Notice


@admin.register(Notice)
class NoticeAdmin(NewsroomAdmin):
    list_display = ["said", "kind", "source", "came", "outcome"]
    list_filter = ["kind"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["address"]
    list_select_related = ["delivery__issue"]
    fields = [
        *("kind", "address", "delivery", "source", "happened_at", "received_at"),
        *("applied_at", "outcome", "raw"),
    ]

    @admin.display(description="address", ordering="address")
    def said(self, obj: Notice) -> str:
        return obj.address or "unknown"

    @admin.display(description="received", ordering="received_at")
    def came(self, obj: Notice) -> str:
        return moment(obj.received_at)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "What came back"})

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return Notice.objects.of_address(search_term.strip()), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
