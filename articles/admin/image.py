from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from articles import policy, renditions
from articles.models import Article, Image, Page

from .base import NewsroomAdmin
from .widgets import module

WORDS = ["alt", "caption", "credit", "credit_label", "licence", "licence_expires"]


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
    list_display_links = ["thumbnail", "alt"]
    list_filter = [LicenceFilter]
    list_per_page = 24
    search_fields = ["alt", "caption", "credit"]
    search_help_text = "Alternative text, caption or credit"
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
            obj.uploaded_by = request.user
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


def as_data(image: Image) -> dict[str, Any]:
    """What the picture dialog, the editor and the previews show of a picture."""
    cards = image.sizes("card", "jpg")
    expires = image.licence_expires
    return {
        "key": image.pk,
        "thumbnail": cards[0].url if cards else image.file.url,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit_line,
        "expired": bool(expires and expires < timezone.localdate()),
        "address": reverse("admin:articles_image_change", args=[image.pk]),
    }


@require_safe
def pick(request: HttpRequest) -> JsonResponse:
    """Pictures for the dialog: `?q=` searches, `?before=` pages on, `?keys=1,2` names them."""
    if not policy.may(request.user, "view", Image):
        raise PermissionDenied
    images = Image.objects.order_by("-pk")
    if keys := numbers(request.GET.get("keys", "")):
        return JsonResponse({"pictures": [as_data(image) for image in images.filter(pk__in=keys)]})
    for word in request.GET.get("q", "").split():
        images = images.filter(
            Q(alt__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word)
        )
    if before := numbers(request.GET.get("before", "")):
        images = images.filter(pk__lt=before[0])
    length = ImageAdmin.list_per_page
    rows = list(images[: length + 1])
    return JsonResponse(
        {
            "pictures": [as_data(image) for image in rows[:length]],
            "older": rows[length - 1].pk if len(rows) > length else None,
            "upload": reverse("admin:articles_image_upload")
            if policy.may(request.user, "add", Image)
            else None,
        }
    )


def numbers(text: str) -> list[int]:
    """The keys in `1,2,3`; whatever is not one is passed over."""
    return [int(part) for part in text.split(",")[:200] if part.isdecimal() and len(part) < 19]


class UploadForm(forms.ModelForm):
    class Meta:
        model = Image
        fields = ["file", *WORDS]


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """A new picture from the dialog; a file that is here already is answered with its picture."""
    if not policy.may(request.user, "add", Image):
        raise PermissionDenied
    file = request.FILES.get("file")
    known = file and Image.objects.filter(digest=renditions.digest(file)).first()
    if known:
        return JsonResponse({"picture": as_data(known), "known": True})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    form.instance.uploaded_by = request.user
    return JsonResponse({"picture": as_data(form.save()), "known": False}, status=201)
