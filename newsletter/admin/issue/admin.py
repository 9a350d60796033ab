"""The list of issues, and the addresses of everything that is done with one."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.base import NewsroomAdmin
from articles.admin.views import newsroom_request
from articles.dates import moment_in_words
from articles.keys import row_key
from newsletter.models import Delivery, Issue

from . import approve, compose, preview, progress
from .actions import confirm_action, duplicate
from .pages import in_words


def count_of(**which: Any) -> Coalesce:
    rows = Delivery.objects.filter(issue=OuterRef("pk"), **which).order_by().values("issue")
    number = rows.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0, output_field=models.IntegerField())


@admin.register(Issue)
class IssueAdmin(NewsroomAdmin):
    list_display = ["subject_in_list", "list", "state_in_words", "recipients", "changed"]
    list_filter = ["state", "list"]
    search_fields = ["subject"]
    list_select_related = ["list"]
    list_per_page = 25
    # Frozen text is long, and no line of the list shows it.
    show_facets = admin.ShowFacets.NEVER
    actions = None
    pages = [
        ("<int:key>/pick/", compose.pick, "pick"),
        ("<int:key>/preview/", preview.preview, "preview"),
        ("<int:key>/test/", preview.send_test, "test"),
        ("<int:key>/approve/", approve.approve, "approve"),
        ("<int:key>/duplicate/", duplicate, "duplicate"),
        ("<int:key>/decide/<slug:action>/", confirm_action, "action"),
        ("<int:key>/watch/", progress.watch, "watch"),
        ("<int:key>/watch/now/", progress.now, "watch_now"),
        ("<int:key>/watch/seen/", progress.doubts_seen, "doubts_seen"),
        ("<int:key>/watch/deliveries/", progress.decide_many, "watch_deliveries"),
        ("<int:key>/watch/deliveries/<int:delivery>/", progress.decide_delivery, "watch_delivery"),
    ]

    class Media:
        css = {"all": ["newsroom/subscriber/subscribers.css"]}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Issue]:
        return (
            super()
            .get_queryset(request)
            .defer("html", "text", "opening")
            .annotate(audience_count=count_of(), sent=count_of(state=Delivery.State.SENT))
        )

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return compose.add(newsroom_request(request))

    @method_decorator(csp_update({"frame-src": [SELF]}))  # for the preview
    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return compose.change(newsroom_request(request), row_key(object_id) or 0)

    # The list

    @admin.display(description="subject", ordering="subject")
    def subject_in_list(self, issue: Issue) -> SafeString:
        return format_html("<bdi>{}</bdi>", issue.subject or "Without a subject")

    @admin.display(description="state", ordering="state")
    def state_in_words(self, issue: Issue) -> str:
        return in_words(issue)

    @admin.display(description="sent")
    def recipients(self, issue: Issue) -> str:
        total = issue.audience_count
        return f"{issue.sent:,} of {total:,}" if total else ""

    @admin.display(description="changed", ordering="modified_at")
    def changed(self, issue: Issue) -> str:
        return moment_in_words(issue.modified_at)
