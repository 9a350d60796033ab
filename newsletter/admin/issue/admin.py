"""The list of issues, and the addresses of everything that is done with one."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.base import NewsroomAdmin
from articles.admin.state import moment
from newsletter.models import Delivery, Issue

from . import approving, composing, issue_acts, issue_preview, watching
from .issue_state import in_words


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

    class Media:
        css = {"all": ["newsroom/subscribers.css"]}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Issue]:
        return (
            super()
            .get_queryset(request)
            .defer("html", "text", "opening")
            .annotate(audience=count_of(), sent=count_of(state=Delivery.State.SENT))
        )

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("<int:key>/pick/", composing.pick, "pick"),
            ("<int:key>/preview/", issue_preview.preview, "preview"),
            ("<int:key>/test/", issue_preview.send_test, "test"),
            ("<int:key>/approve/", approving.approve, "approve"),
            ("<int:key>/duplicate/", issue_acts.duplicate, "duplicate"),
            ("<int:key>/decide/<slug:act>/", issue_acts.act, "act"),
        ]
        return [
            *watching.urls(),
            *(
                path(where, self.admin_site.admin_view(view), name=f"newsletter_issue_{name}")
                for where, view, name in pages
            ),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return composing.add(request)

    @method_decorator(csp_update({"frame-src": [SELF]}))  # for the preview
    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404(object_id)
        return composing.change(request, int(object_id))

    # The list

    @admin.display(description="subject", ordering="subject")
    def subject_in_list(self, issue: Issue) -> SafeString:
        return format_html("<bdi>{}</bdi>", issue.subject or "Without a subject")

    @admin.display(description="state", ordering="state")
    def state_in_words(self, issue: Issue) -> str:
        return in_words(issue)

    @admin.display(description="sent")
    def recipients(self, issue: Issue) -> str:
        """How many have got it, of how many; nothing before it has been prepared."""
        audience: int = issue.audience  # type: ignore[attr-defined]
        sent: int = issue.sent  # type: ignore[attr-defined]
        return f"{sent:,} of {audience:,}" if audience else ""

    @admin.display(description="changed", ordering="modified_at")
    def changed(self, issue: Issue) -> str:
        return moment(issue.modified_at)
