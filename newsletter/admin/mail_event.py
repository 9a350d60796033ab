"""What came back, for reading."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse

from articles.admin.base import ReadOnlyAdmin
from articles.dates import moment_in_words
from newsletter.models import MailEvent


@admin.register(MailEvent)
class MailEventAdmin(ReadOnlyAdmin):
    list_display = ["said", "kind", "cause", "source", "came", "outcome"]
    list_filter = ["kind", "cause"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["address"]
    list_select_related = ["delivery__issue"]
    fields = [
        *("kind", "cause", "address", "delivery", "source", "happened_at", "received_at"),
        *("applied_at", "outcome", "raw"),
    ]

    @admin.display(description="address", ordering="address")
    def said(self, obj: MailEvent) -> str:
        return obj.address or "unknown"

    @admin.display(description="received", ordering="received_at")
    def came(self, obj: MailEvent) -> str:
        return moment_in_words(obj.received_at)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "What came back"})

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return MailEvent.objects.of_address(search_term.strip()), False
