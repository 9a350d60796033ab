from django.contrib import admin

from articles.models import Page, Redirect
from articles.models.redirects import REDIRECT_TARGETS

from .base import NewsroomAdmin
from .deletion import DeletionAdmin


@admin.register(Page)
class PageAdmin(DeletionAdmin):
    list_display = ["title", "slug", "is_public", "in_footer", "position"]
    list_editable = ["position"]
    search_fields = ["title", "slug"]
    fields = ["title", "slug", "body", "summary", "is_public", "in_footer", "position"]

    def view_on_site(self, obj: Page) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None


@admin.register(Redirect)
class RedirectAdmin(NewsroomAdmin):
    list_display = ["old_path", "target_url", "created_at"]
    list_select_related = REDIRECT_TARGETS
    search_fields = ["old_path"]
    autocomplete_fields = ["article"]
    fields = ["old_path", *REDIRECT_TARGETS, "external_url", "outcome"]

    @admin.display(description="Address")
    def target_url(self, redirect: Redirect) -> str:
        return redirect.url
