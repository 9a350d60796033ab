from django.contrib import admin

from articles.models import Author

from .base import NewsroomAdmin


@admin.register(Author)
class AuthorAdmin(NewsroomAdmin):
    list_display = ["name", "kind", "role", "affiliation"]
    list_filter = ["kind"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "kind", "role", "affiliation", "bio", "portrait", "links"]
