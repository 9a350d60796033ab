"""What the picture dialog asks the server: pictures to choose from, and to keep a new one."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from articles import policy, renditions
from articles.models import Image

PAGE_LENGTH = 24


def as_data(image: Image) -> dict[str, Any]:
    """What the picture dialog, the editor and the previews show of a picture."""
    cards = image.sizes("card", "jpg")
    return {
        "key": image.pk,
        "thumbnail": cards[0].url if cards else image.file.url,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit_line,
        "maker": image.credit,
        "expired": not image.may_be_shown(),
        "address": reverse("admin:articles_image_change", args=[image.pk]),
        "words": reverse("admin:articles_image_words_of", args=[image.pk]),
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
    """The keys in `1,2,3`; whatever is not one is passed over."""
    return [int(part) for part in text.split(",")[:200] if part.isdecimal() and len(part) < 19]


class UploadForm(forms.ModelForm):
    class Meta:
        model = Image
        fields = [
            "file",
            "alt",
            "caption",
            "credit",
            "credit_label",
            "licence",
            "licence_expires",
        ]


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
