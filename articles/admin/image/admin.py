from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from js_asset import Media

from articles import policy
from articles.models import Image
from articles.models.image_uses import Use, uses_of
from articles.models.images import ImageQuerySet
from articles.models.waiting import waiting_uses

from .base import NewsroomAdmin
from .image_filters import LicenceFilter, MineFilter, UnusedFilter, WordlessFilter
from .image_words import receive, words, words_address, words_of
from .pictures import as_data, pick, upload
from .widgets import MODULES, module

PROTECTED = '{kind}: <a href="{address}">{name}</a>, {role}'


@admin.register(Image)
class ImageAdmin(NewsroomAdmin):
    change_list_template = "admin/articles/image/change_list.html"
    change_form_template = "admin/articles/image/change_form.html"
    list_display = ["thumbnail", "words", "facts"]
    list_display_links = ["words"]
    list_filter = [LicenceFilter, WordlessFilter, UnusedFilter, MineFilter]
    list_per_page = 24
    sortable_by = ()
    search_fields = ["alt", "caption", "credit", "licence"]
    actions = ["describe"]
    readonly_fields = ["preview"]
    fieldsets = [
        (None, {"fields": ["file", "preview", ("focal_x", "focal_y")]}),
        ("Words", {"fields": ["alt", "caption", ("credit_label", "credit")]}),
        ("Rights", {"fields": [("licence", "licence_expires")]}),
    ]

    class Media:
        js = [module("focal-point")]

    # The library

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return cast(ImageQuerySet, super().get_queryset(request)).with_use_count()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        upload = Media(importmap=MODULES, js=[module("library")])
        context = {
            "title": "Pictures",
            "upload": upload.with_nonce(request.csp_nonce),  # type: ignore[attr-defined]
            "ending": Image.objects.licence_ending().count(),
            "wordless": Image.objects.without_alt().count(),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description="picture")
    def thumbnail(self, obj: Image) -> SafeString:
        return render_to_string("admin/newsroom/thumbnail.html", as_data(obj))

    @admin.display(description="alternative text")
    def words(self, obj: Image) -> str:
        return obj.alt or "Without alternative text"

    @admin.display(description="credit, licence and use")
    def facts(self, obj: Image) -> SafeString:
        return render_to_string("admin/newsroom/picture_facts.html", {"image": obj})

    @admin.action(description="Describe the chosen pictures", permissions=["change"])
    def describe(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return HttpResponseRedirect(words_address(queryset))

    # The form

    @admin.display(description="preview")
    def preview(self, obj: Image) -> str:
        if not obj.pk:
            return "After the first save."
        return render_to_string("admin/newsroom/preview.html", {"image": obj})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Image | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        if obj:
            uses = [*uses_of(obj), *waiting_uses([obj.pk])]
            context["uses"] = [link(use) for use in uses if may_view(request, use.row)]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if not change:
            obj.uploaded_by = cast(User, request.user)
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """With the working copies that a picture stands in among what forbids it."""
        *told, protected = super().get_deleted_objects(objs, request)
        uses = map(link, waiting_uses(image.pk for image in objs))
        return *told, [*protected, *(format_html(PROTECTED, **use) for use in uses)]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("pick/", wrap(pick), name="articles_image_pick"),
            path("upload/", wrap(upload), name="articles_image_upload"),
            path("files/", wrap(receive), name="articles_image_files"),
            path("words/", wrap(self.words_page), name="articles_image_words"),
            path("<int:key>/words/", wrap(words_of), name="articles_image_words_of"),
            *super().get_urls(),
        ]

    def words_page(self, request: HttpRequest) -> HttpResponse:
        return words(request, self.admin_site.each_context(request))


def may_view(request: HttpRequest, row: Model) -> bool:
    return policy.may(request.user, "view", type(row), row)


def link(use: Use) -> dict[str, str]:
    options = use.row._meta
    return {
        "role": use.role,
        "kind": str(options.verbose_name),
        "name": str(use.row),
        "address": reverse(
            f"admin:{options.app_label}_{options.model_name}_change", args=[use.row.pk]
        ),
    }
