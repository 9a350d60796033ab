from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString

from articles.models import Article, Image, Page

from .base import NewsroomAdmin
from .pictures import as_data, pick, upload
from .widgets import module


class LicenceFilter(admin.SimpleListFilter):
    title = "licence"
    parameter_name = "licence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("expired", "Expired"), ("ending", "Ends one day"), ("open", "Without an end")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today = timezone.localdate()
        match self.value():
            case "expired":
                return queryset.filter(licence_expires__lt=today)
            case "ending":
                return queryset.filter(licence_expires__gte=today).order_by("licence_expires")
            case "open":
                return queryset.filter(licence_expires__isnull=True)
        return queryset


@admin.register(Image)
class ImageAdmin(NewsroomAdmin):
    list_display = ["thumbnail", "alt", "credit", "licence_expires", "uploaded_at"]
    list_display_links = ["alt"]
    list_filter = [LicenceFilter]
    list_per_page = 24
    search_fields = ["alt", "caption", "credit"]
    readonly_fields = ["preview"]
    fieldsets = [
        (None, {"fields": ["file", "preview", ("focal_x", "focal_y")]}),
        ("Words", {"fields": ["alt", "caption", ("credit_label", "credit")]}),
        ("Rights", {"fields": [("licence", "licence_expires")]}),
    ]

    class Media:
        js = [module("focal-point")]

    @admin.display(description="picture")
    def thumbnail(self, obj: Image) -> SafeString:
        return render_to_string("admin/newsroom/thumbnail.html", as_data(obj))

    @admin.display(description="preview")
    def preview(self, obj: Image) -> str:
        if not obj.pk:
            return "After the first save."
        return render_to_string("admin/newsroom/preview.html", {"image": obj})

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if not change:
            obj.uploaded_by = cast(User, request.user)
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A picture that stands in a text cannot be deleted from under it."""
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, needed, [*protected, *(str(row) for row in showing(objs))]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("pick/", wrap(pick), name="articles_image_pick"),
            path("upload/", wrap(upload), name="articles_image_upload"),
            *super().get_urls(),
        ]


def showing(images: Any) -> list[Article | Page]:
    """The articles and pages in whose bodies these pictures stand."""
    rows: list[Article | Page] = []
    marks = Q()
    for image in images:
        marks |= Q(body__contains=f'data-image="{image.pk}"')
    if marks:
        rows += [*Article.objects.filter(marks), *Page.objects.filter(marks)]
    return rows
