from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from js_asset import Media

from articles import policy
from articles.admin.base import NewsroomAdmin
from articles.admin.scripts import module
from articles.models import Article, Image
from articles.models.image_uses import Use, uses_of
from articles.models.images import ImageQuerySet

from .bulk_edit import bulk_edit, bulk_edit_url, edit_words, receive
from .filters import LicenceFilter, UnusedFilter, UploadedByMeFilter, WordlessFilter
from .library import as_data, pick, upload

PROTECTED = '{kind}: <a href="{url}">{name}</a>, {role}'


@admin.register(Image)
class ImageAdmin(NewsroomAdmin):
    change_list_template = "admin/articles/image/change_list.html"
    change_form_template = "admin/articles/image/change_form.html"
    list_display = ["thumbnail", "words", "facts"]
    list_display_links = ["words"]
    list_filter = [LicenceFilter, WordlessFilter, UnusedFilter, UploadedByMeFilter]
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
        js = [module("image/focal-point")]

    # The library

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return cast(ImageQuerySet, super().get_queryset(request)).with_use_count()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": "Pictures",
            "upload": Media(js=[module("image/library")]),
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
        return render_to_string("admin/newsroom/image_facts.html", {"image": obj})

    @admin.action(description="Describe the chosen pictures", permissions=["change"])
    def describe(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return HttpResponseRedirect(bulk_edit_url(queryset))

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
        **kwargs: Any,
    ) -> HttpResponse:
        obj: Image | None = kwargs.get("obj")
        if obj:
            uses = [*uses_of(obj), *Article.objects.unpublished_image_uses([obj.pk])]
            context["uses"] = [link(use) for use in uses if may_view(request, use.row)]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if not change:
            obj.uploaded_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        if obj.left_out:
            messages.warning(request, obj.left_out)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """Add the working copies that show an image to what forbids its deletion."""
        *told, protected = super().get_deleted_objects(objs, request)
        uses = map(link, Article.objects.unpublished_image_uses(image.pk for image in objs))
        return *told, [*protected, *(format_html(PROTECTED, **use) for use in uses)]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("pick/", wrap(pick), name="articles_image_pick"),
            path("upload/", wrap(upload), name="articles_image_upload"),
            path("files/", wrap(receive), name="articles_image_files"),
            path("words/", wrap(bulk_edit), name="articles_image_bulk_edit"),
            path("<int:key>/words/", wrap(edit_words), name="articles_image_edit_words"),
            *super().get_urls(),
        ]


def may_view(request: HttpRequest, row: Model) -> bool:
    return policy.may(request.user, "view", type(row), row)


def link(use: Use) -> dict[str, str]:
    options = use.row._meta
    return {
        "role": use.role,
        "kind": str(options.verbose_name),
        "name": str(use.row),
        "url": reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[use.row.pk]),
    }
