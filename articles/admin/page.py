from django.contrib import admin

from articles.models import Page

from .deletion import DeletionAdmin


@admin.register(Page)
class PageAdmin(DeletionAdmin):
    list_display = ["title", "slug", "is_public", "in_footer", "position"]
    list_editable = ["position"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["title", "slug", "body", "summary", "is_public", "in_footer", "position"]

    def view_on_site(self, obj: Page) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None
