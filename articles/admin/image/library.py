"""The endpoints of the picture dialog: search, choose and upload."""

from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from articles import policy, renditions
from articles.admin.views import NewsroomRequest, check_permission
from articles.keys import row_keys
from articles.models import Image

PAGE_LENGTH = 24


def as_data(image: Image) -> dict[str, Any]:
    """An image as JSON for the picture dialog, the editor and the previews."""
    cards = image.sizes("card", "jpg")
    return {
        "key": image.pk,
        "thumbnail": cards[0].url if cards else image.file.url,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit_line,
        "maker": image.credit,
        "expired": not image.may_be_shown(),
        "left_out": image.left_out,
        "url": reverse("admin:articles_image_change", args=[image.pk]),
        "words": reverse("admin:articles_image_edit_words", args=[image.pk]),
    }


@require_safe
def pick(request: NewsroomRequest) -> JsonResponse:
    """Pictures for the dialog: `?q=` searches, `?before=` pages on, `?keys=1,2` names them."""
    check_permission(policy.may(request.user, "view", Image))
    images = Image.objects.order_by("-pk")
    if keys := numbers(request.GET.get("keys", "")):
        return JsonResponse({"pictures": [as_data(image) for image in images.filter(pk__in=keys)]})
    images = images.search(request.GET.get("q", ""))
    if before := numbers(request.GET.get("before", "")):
        images = images.filter(pk__lt=before[0])
    rows = list(images[: PAGE_LENGTH + 1])
    return JsonResponse(
        {
            "pictures": [as_data(image) for image in rows[:PAGE_LENGTH]],
            "older": rows[PAGE_LENGTH - 1].pk if len(rows) > PAGE_LENGTH else None,
            "upload": reverse("admin:articles_image_upload")
            if policy.may(request.user, "add", Image)
            else None,
        }
    )


def numbers(text: str) -> list[int]:
    """The keys in `1,2,3`."""
    return row_keys(text.split(",")[:200])


UploadForm = forms.modelform_factory(
    Image,
    fields=["file", "alt", "caption", "credit", "credit_label", "licence", "licence_expires"],
)


@require_POST
def upload(request: NewsroomRequest) -> HttpResponse:
    """A new picture from the dialog; a file that is here already is answered with its picture."""
    check_permission(policy.may(request.user, "add", Image))
    file = request.FILES.get("file")
    known = file and Image.objects.filter(digest=renditions.digest(file)).first()
    if known:
        return JsonResponse({"picture": as_data(known), "known": True})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    form.instance.uploaded_by = request.user
    try:
        image = form.save()
    except renditions.ImageRefused as refusal:
        return JsonResponse({"errors": {"file": refusal.messages}}, status=422)
    return JsonResponse({"picture": as_data(image), "known": False}, status=201)
