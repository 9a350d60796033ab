"""Files that come in many at once, and the words that are written for them afterwards."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from articles.models import Image

from .library import as_data, numbers

WRITTEN = "Words written."
# What a row of the table takes from the line above it where it has nothing of its own.
SHARED = ["credit", "licence", "licence_expires"]


WIDGETS: dict[str, type[forms.Widget] | forms.Widget] = {
    "alt": forms.Textarea({"rows": 3}),
    "licence_expires": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
}
# A row of the table, its line for all pictures, and what the dialog asks for before a picture can
# be used.
RowForm = forms.modelform_factory(Image, fields=["alt", *SHARED], widgets=WIDGETS)
SharedForm = forms.modelform_factory(Image, fields=SHARED, widgets=WIDGETS)
WordsForm = forms.modelform_factory(Image, fields=["alt", "credit"], widgets=WIDGETS)


class Received(NamedTuple):
    """The result for one file: a picture, new or known before, or an error."""

    name: str
    picture: Image | None
    is_new: bool
    error: str


def received(file: File, person: User) -> Received:
    name = str(file.name)
    try:
        image, is_new = Image.objects.ingest(file, alt=None, uploaded_by=person)
    except ValidationError as refusal:
        return Received(name, None, False, " ".join(refusal.messages))
    return Received(name, image, is_new, "")


@require_POST
def receive(request: NewsroomRequest) -> HttpResponse:
    """Take in the files of a form, or the one that a script sends at a time and asks JSON of."""
    check_permission(policy.may(request.user, "add", Image))
    files = [received(file, request.user) for file in request.FILES.getlist("files")]
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"files": [in_json(one) for one in files]})
    if not files:
        messages.error(request, "Choose at least one file.")
    for one in files:
        if one.error:
            messages.error(request, f"“{one.name}”: {one.error}")
        elif not one.is_new:
            messages.info(request, f"“{one.name}” is in the library already: {one.picture}.")
        elif one.picture and one.picture.left_out:
            messages.warning(request, f"“{one.name}”: {one.picture.left_out}")
    images = [one.picture for one in files if one.picture and not one.picture.alt]
    ours = changeable(images, request)
    return HttpResponseRedirect(
        bulk_edit_url(ours) if ours else reverse("admin:articles_image_changelist")
    )


def in_json(one: Received) -> dict[str, Any]:
    picture = one.picture and as_data(one.picture)
    return {"name": one.name, "picture": picture, "known": not one.is_new, "error": one.error}


def changeable(images: Iterable[Image], request: NewsroomRequest) -> list[Image]:
    return [image for image in images if policy.may(request.user, "change", Image, image)]


def bulk_edit_url(images: Iterable[Image]) -> str:
    keys = ",".join(str(image.pk) for image in images)
    return f"{reverse('admin:articles_image_bulk_edit')}?keys={keys}"


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_edit(request: NewsroomRequest) -> HttpResponse:
    """The table in which the words of several pictures (`?keys=1,2`) are written at once.

    Each row that is complete is saved; the others stay as they were typed and say what they lack.
    """
    keys = numbers(request.GET.get("keys", ""))
    found = list(Image.objects.filter(pk__in=keys).order_by("pk"))
    images = changeable(found, request)
    check_permission(bool(images))
    data = completed(request.POST, images) if request.method == "POST" else None
    rows = [RowForm(data, instance=image, prefix=f"picture-{image.pk}") for image in images]
    if data is not None:
        done = [row.save() for row in rows if row.is_valid()]
        log_action(request.user, WRITTEN, *done)
        if len(done) == len(rows):
            messages.success(request, f"The words of {counted(len(done))} are saved.")
            return HttpResponseRedirect(reverse("admin:articles_image_changelist"))
        missing = counted(len(rows) - len(done))
        saved = f"{counted(len(done))} saved; " if done else ""
        messages.warning(request, f"{saved}{missing} still to be described: see below.")
    return render_page(
        request,
        Image,
        "bulk_edit.html",
        {
            "title": "Describe pictures",
            "shared": SharedForm(data, prefix="all"),
            "rows": [(as_data(row.instance), row) for row in rows],
        },
    )


def completed(typed: Any, images: Iterable[Image]) -> Any:
    data = typed.copy()
    for image in images:
        for name in SHARED:
            if not data.get(f"picture-{image.pk}-{name}", "").strip():
                data[f"picture-{image.pk}-{name}"] = data.get(f"all-{name}", "")
    return data


def counted(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"


@require_POST
def edit_words(request: NewsroomRequest, key: int) -> JsonResponse:
    """Ask for words in the dialog before it lets an image without them into an article."""
    image = get_object_or_404(Image, pk=key)
    check_permission(policy.may(request.user, "change", Image, image))
    form = WordsForm(request.POST, instance=image)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    image = form.save()
    log_action(request.user, WRITTEN, image)
    return JsonResponse({"picture": as_data(image)})
