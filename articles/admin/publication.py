from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.models import Publication

from .base import NewsroomAdmin


@admin.register(Publication)
class PublicationAdmin(NewsroomAdmin):
    """One row: its list leads straight to its form."""

    fieldsets = [
        (None, {"fields": ["name", "tagline", "description"]}),
        ("Around every page", {"fields": ["links", "donation_address", "footer_text"]}),
        ("Newsletter", {"fields": ["newsletter_blurb"]}),
        ("Rail and sharing", {"fields": ["quick_takes", "sharing_image"]}),
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Publication.objects.current()
        return HttpResponseRedirect(reverse("admin:articles_publication_change", args=[row.pk]))
