from django.contrib import admin

from articles.models import Redirect
from articles.models.addresses import REDIRECT_TARGETS

from .base import NewsroomAdmin


@admin.register(Redirect)
class RedirectAdmin(NewsroomAdmin):
    list_display = ["old_path", "address", "created_at"]
    list_select_related = REDIRECT_TARGETS
    search_fields = ["old_path"]
    autocomplete_fields = ["article"]
    fields = ["old_path", *REDIRECT_TARGETS, "elsewhere", "instead"]
