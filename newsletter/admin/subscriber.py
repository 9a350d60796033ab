from django.contrib import admin
from django.http import HttpRequest

from articles.admin.base import NewsroomAdmin
from newsletter.models import Subscriber


@admin.register(Subscriber)
class SubscriberAdmin(NewsroomAdmin):
    """For looking up: people come and go by the newsletter's own form."""

    list_display = ["email", "confirmed_at", "created_at"]
    search_fields = ["email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
