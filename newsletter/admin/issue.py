from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern

from articles.admin.base import NewsroomAdmin
from newsletter.models import Issue

from . import watching


@admin.register(Issue)
class IssueAdmin(NewsroomAdmin):
    list_display = ["__str__", "list", "state"]

    def get_urls(self) -> list[URLPattern]:
        return [*watching.urls(), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
