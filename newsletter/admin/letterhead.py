from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.admin.base import NewsroomAdmin
from newsletter.models import Letterhead


@admin.register(Letterhead)
class LetterheadAdmin(NewsroomAdmin):
    """One row: its list leads straight to its form."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Letterhead.objects.current()
        return HttpResponseRedirect(reverse("admin:newsletter_letterhead_change", args=[row.pk]))
