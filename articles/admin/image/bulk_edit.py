"""Files that come in many at once, and the words that are written for them afterwards."""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.models import Image

from .pictures import as_data, numbers

# What a row of the table takes from the line above it where it has nothing of its own.
SHARED = ["credit", "licence", "licence_expires"]


class WordsForm(forms.ModelForm):
    """What a picture needs before it can be used. The alternative text is asked for always."""

    class Meta:
        model = Image
        fields = ["alt", "credit"]
        widgets: dict[str, forms.Widget] = {"alt": forms.Textarea({"rows": 3})}


class RowForm(WordsForm):
    """A picture's row in the table of words."""

    class Meta(WordsForm.Meta):
        fields = ["alt", *SHARED]
        widgets = {
            **WordsForm.Meta.widgets,
            "licence_expires": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }


class SharedForm(forms.ModelForm):
    """What is the same for all pictures of the table."""

    class Meta(RowForm.Meta):
        fields = SHARED


class Received(NamedTuple):
    """What became of a file: a picture, new or known before, or the reason why there is none."""

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
def receive(request: HttpRequest) -> HttpResponse:
    """Take in the files of a form, or the one that a script sends at a time and asks JSON of."""
    if not policy.may(request.user, "add", Image):
        raise PermissionDenied
    files = [received(file, cast(User, request.user)) for file in request.FILES.getlist("files")]
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"files": [in_json(one) for one in files]})
    if not files:
        messages.error(request, "Choose at least one file.")
    for one in files:
        if one.error:
            messages.error(request, f"“{one.name}”: {one.error}")
        elif not one.is_new:
            messages.info(request, f"“{one.name}” is in the library already: {one.picture}.")
    images = [one.picture for one in files if one.picture and not one.picture.alt]
    ours = changeable(images, request)
    return HttpResponseRedirect(
        words_address(ours) if ours else reverse("admin:articles_image_changelist")
    )


def in_json(one: Received) -> dict[str, Any]:
    picture = one.picture and as_data(one.picture)
    return {"name": one.name, "picture": picture, "known": not one.is_new, "error": one.error}


def changeable(images: Iterable[Image], request: HttpRequest) -> list[Image]:
    return [image for image in images if policy.may(request.user, "change", Image, image)]


def words_address(images: Iterable[Image]) -> str:
    keys = ",".join(str(image.pk) for image in images)
    return f"{reverse('admin:articles_image_words')}?keys={keys}"


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, around: dict[str, Any]) -> HttpResponse:
    """The table in which the words of several pictures (`?keys=1,2`) are written at once.

    Each row that is complete is saved; the others stay as they were typed and say what they lack.
    `around` is what every page of the newsroom shows.
    """
    keys = numbers(request.GET.get("keys", ""))
    found = list(Image.objects.filter(pk__in=keys).order_by("pk"))
    images = changeable(found, request)
    if not images:
        raise PermissionDenied
    data = completed(request.POST, images) if request.method == "POST" else None
    rows = [RowForm(data, instance=image, prefix=f"picture-{image.pk}") for image in images]
    if data is not None:
        done = [row.save() for row in rows if row.is_valid()]
        log(request, done)
        if len(done) == len(rows):
            messages.success(request, f"The words of {counted(len(done))} are saved.")
            return HttpResponseRedirect(reverse("admin:articles_image_changelist"))
        missing = counted(len(rows) - len(done))
        saved = f"{counted(len(done))} saved; " if done else ""
        messages.warning(request, f"{saved}{missing} still to be described: see below.")
    return render(
        request,
        "admin/articles/image/words.html",
        {
            **around,
            "title": "Describe pictures",
            "opts": Image._meta,
            "shared": SharedForm(data, prefix="all"),
            "rows": [(as_data(row.instance), row) for row in rows],
        },
    )


def completed(typed: Any, images: Iterable[Image]) -> Any:
    """What was typed, with the words for all where a picture has none of its own."""
    data = typed.copy()
    for image in images:
        for name in SHARED:
            if not data.get(f"picture-{image.pk}-{name}", "").strip():
                data[f"picture-{image.pk}-{name}"] = data.get(f"all-{name}", "")
    return data


def counted(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"


@require_POST
def words_of(request: HttpRequest, key: int) -> JsonResponse:
    """What the dialog asks for before it lets a picture without words into an article."""
    image = get_object_or_404(Image, pk=key)
    if not policy.may(request.user, "change", Image, image):
        raise PermissionDenied
    form = WordsForm(request.POST, instance=image)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    image = form.save()
    log(request, [image])
    return JsonResponse({"picture": as_data(image)})


def log(request: HttpRequest, images: list[Image]) -> None:
    person = cast(User, request.user)
    LogEntry.objects.log_actions(person.pk, images, CHANGE, "Words written.")
