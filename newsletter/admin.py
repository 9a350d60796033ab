from django.contrib import admin
from django.http import HttpRequest

from articles.admin.base import NewsroomAdmin

from .models import Subscriber


@admin.register(Subscriber)
class SubscriberAdmin(NewsroomAdmin):
    """For looking up: people come and go by the newsletter's own form."""

    list_display = ["email", "state", "created_at"]
    list_filter = ["state"]
    search_fields = ["email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
