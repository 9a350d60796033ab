"""The front page desk: the chiefs' draft, its preview, and the versions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from js_asset import Media
from taggit.models import Tag

from articles import policy
from articles.arrangement import arrange
from articles.models import FrontPage, Publication, Section, Slot

from .base import NewsroomAdmin
from .front_desk import Desk, described, names, place_of, search
from .front_forms import GestureForm, MomentForm, PublishForm, SlotForm
from .state import moment
from .widgets import MODULES, module

VERSIONS = 30
TAGS = 500


@admin.register(FrontPage)
class FrontPageAdmin(NewsroomAdmin):
    """One page instead of lists and forms: what is arranged is the front page, not a row."""

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("arrange/", self.arrange, "arrange"),
            ("find/", self.find, "find"),
            ("preview/", self.preview, "preview"),
            ("publish/", self.publish, "publish"),
            ("set-aside/", self.set_aside, "set_aside"),
            ("place/<str:place>/", self.place, "place"),
            ("<int:key>/undo/", self.undo, "undo"),
            ("<int:key>/cancel/", self.cancel, "cancel"),
            ("<int:key>/bring-back/", self.bring_back, "bring_back"),
        ]
        return [
            *(
                path(
                    address,
                    self.admin_site.admin_view(self.for_arrangers(view)),
                    name=f"articles_frontpage_{name}",
                )
                for address, view, name in pages
            ),
            *super().get_urls(),
        ]

    @staticmethod
    def for_arrangers(view: Any) -> Any:
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not policy.may_arrange_front(request.user):
                raise PermissionDenied
            return cast(HttpResponse, view(request, *args, **kwargs))

        return asked

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """A version is looked at, not edited."""
        if not policy.may_arrange_front(request.user):
            raise PermissionDenied
        return HttpResponseRedirect(f"{address('preview')}?version={object_id}")

    # The desk

    @method_decorator(csp_replace({"frame-src": [SELF]}))
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not policy.may_arrange_front(request.user):
            raise PermissionDenied
        return self.desk(request)

    def desk(self, request: HttpRequest, form: PublishForm | None = None) -> HttpResponse:
        when = MomentForm(request.GET, auto_id="shown_%s")
        at = when.cleaned_data["at"] if when.is_valid() else None
        desk = Desk(at)
        words = request.GET.get("q", "").strip()
        versions = FrontPage.objects.exclude(stage=FrontPage.Stage.DRAFT)
        return render(
            request,
            "admin/articles/frontpage/desk.html",
            {
                **self.admin_site.each_context(request),
                "title": "Front page",
                "opts": self.opts,
                "media": with_nonce(request, Media(importmap=MODULES, js=[module("front-desk")])),
                "desk": desk,
                "areas": desk.areas(),
                "when": when,
                "at": at,
                "publish_form": form
                or PublishForm(initial={"revision": desk.draft.revision if desk.draft else 0}),
                "words": words,
                "found": [
                    {"article": article, "words": described(article), "key": article.pk}
                    for article in (search(words) if words else ())
                ],
                "versions": versions.select_related("changed_by").order_by("-changed_at", "-pk")[
                    :VERSIONS
                ],
                "scheduled": FrontPage.objects.scheduled(),
                "zone": timezone.get_current_timezone_name(),
            },
        )

    @method_decorator(require_POST)
    def arrange(self, request: HttpRequest) -> HttpResponse:
        """Move, pin or take off one thing, and show the desk again."""
        form = GestureForm(request.POST, names())
        with self.told(request):
            if not form.is_valid():
                raise ValidationError(list(form.non_field_errors()))
            with transaction.atomic():
                person = cast(User, request.user)
                draft = FrontPage.objects.draft_for(person)
                said = form.carry_out(draft, person)
                draft.touch(person)
            messages.success(request, said)
        return self.back(request)

    def place(self, request: HttpRequest, place: str) -> HttpResponse:
        """The form of one place: its pin, its words on this page, its rule."""
        known = names()
        try:
            asked = place_of(place)
        except ValueError:
            raise Http404(place) from None
        if asked not in known:
            raise Http404(place)
        person = cast(User, request.user)
        with transaction.atomic():
            if request.method == "POST":
                version: FrontPage | None = FrontPage.objects.draft_for(person)
            else:
                version = FrontPage.objects.draft() or FrontPage.objects.current()
            slots = version.by_place if version else {}
            key = request.POST.get("key", "")
            slot = next((one for one in slots.values() if str(one.key) == key), None)
            slot = slot or slots.get(asked) or Slot()
            form = SlotForm(
                request.POST or None,
                instance=slot,
                names=known,
                other=str(version.changed_by or "") if version else "",
                initial={"place": str(asked)},
            )
            if version and request.method == "POST":
                if form.is_valid():
                    form.store(version, asked)
                    version.touch(person)
                    messages.success(request, form.said(known[asked]))
                    return self.back(request)
                if form.has_met_another:
                    version.keep_copy(person, f"Before two changes of {known[asked]} met")
        return render(
            request,
            "admin/articles/frontpage/place.html",
            {
                **self.admin_site.each_context(request),
                "title": known[asked],
                "opts": self.opts,
                "form": form,
                "media": with_nonce(request, form.media),
                "key": slot.key if slots.get(slot.place if slot.area else asked) is slot else "",
                "tags": Tag.objects.order_by("name")[:TAGS],
                "desk_address": address("changelist"),
            },
        )

    @method_decorator(require_safe)
    def find(self, request: HttpRequest) -> HttpResponse:
        """Suggestions of articles to pin, each with its state."""
        found = search(request.GET.get("term", ""))
        return JsonResponse(
            {"results": [{"id": article.pk, "text": described(article)} for article in found]}
        )

    @method_decorator(require_safe)
    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    def preview(self, request: HttpRequest) -> HttpResponse:
        """The page as readers would see it at a moment: the draft, or the version that is named."""
        when = MomentForm(request.GET, auto_id="shown_%s")
        at = when.cleaned_data["at"] if when.is_valid() else None
        if key := request.GET.get("version", ""):
            named = get_object_or_404(FrontPage, pk=int(key) if key.isdecimal() else 0)
            at = at or max(filter(None, (named.published_at, timezone.now())))
            version: FrontPage | None = named
        else:
            version = FrontPage.objects.draft() or FrontPage.objects.current()
        publication, menu = Publication.objects.current(), list(Section.objects.in_menu())
        slots = version.slots.select_related("image") if version else ()
        arranged = arrange(publication, menu, {slot.place: slot for slot in slots}, at)
        response = render(
            request,
            "admin/articles/frontpage/preview.html",
            {"publication": publication, "menu": menu, "front": arranged},
        )
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    # Versions

    @method_decorator(require_POST)
    @method_decorator(csp_replace({"frame-src": [SELF]}))
    def publish(self, request: HttpRequest) -> HttpResponse:
        form = PublishForm(request.POST)
        if not form.is_valid():
            return self.desk(request, form)
        with self.told(request), transaction.atomic():
            draft = FrontPage.objects.select_for_update().filter(stage="draft").first()
            if draft is None:
                raise ValidationError("There is no draft any more: somebody has published it.")
            if draft.revision != form.cleaned_data["revision"]:
                raise ValidationError(
                    f"{draft.changed_by or 'Somebody'} has changed the draft meanwhile. Nothing "
                    "was published: look at it once more."
                )
            at: datetime | None = form.cleaned_data["at"]
            draft.publish(cast(User, request.user), at, form.cleaned_data["note"])
            done = f"Published from {moment(at)} on." if at else "Published."
            self.log_change(request, draft, done)
            messages.success(request, f"The front page: {done}")
        return self.back(request)

    @method_decorator(require_POST)
    def undo(self, request: HttpRequest, key: int) -> HttpResponse:
        """Publish again what stood there before; `key` is the version that is undone."""
        with self.told(request), transaction.atomic():
            version = get_object_or_404(FrontPage.objects.select_for_update(), pk=key)
            if FrontPage.objects.current() != version:
                raise ValidationError("Another version has been published meanwhile.")
            again = version.undo(cast(User, request.user))
            self.log_change(request, again, f"Undid “{version}”.")
            messages.success(request, "Undone: readers see the version before again.")
        return self.back(request)

    @method_decorator(require_POST)
    def cancel(self, request: HttpRequest, key: int) -> HttpResponse:
        """Keep a version from appearing; its arrangement is set aside."""
        with self.told(request), transaction.atomic():
            version = get_object_or_404(FrontPage.objects.select_for_update(), pk=key)
            if not version.is_scheduled:
                raise ValidationError("That version is public already; undo it instead.")
            version.set_aside(cast(User, request.user))
            self.log_change(request, version, "Cancelled before its time.")
            messages.success(request, f"“{version}” will not appear. It is kept below.")
        return self.back(request)

    @method_decorator(require_POST)
    def bring_back(self, request: HttpRequest, key: int) -> HttpResponse:
        """Begin the draft anew with an older arrangement."""
        with transaction.atomic():
            version = get_object_or_404(FrontPage, pk=key)
            version.bring_back(cast(User, request.user))
        messages.success(request, f"The draft is like “{version}” now. Readers see no change yet.")
        return self.back(request)

    @method_decorator(require_POST)
    def set_aside(self, request: HttpRequest) -> HttpResponse:
        """Begin again from what readers see."""
        with transaction.atomic():
            draft = FrontPage.objects.select_for_update().filter(stage="draft").first()
            if draft:
                draft.set_aside(cast(User, request.user), "A draft that was set aside")
        messages.success(request, "The draft is set aside, and kept below.")
        return self.back(request)

    @contextmanager
    def told(self, request: HttpRequest) -> Iterator[None]:
        """What cannot be done is said above the desk."""
        try:
            yield
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)

    def back(self, request: HttpRequest) -> HttpResponse:
        """To the desk, at the same moment and with the same search."""
        query = request.GET.urlencode()
        return HttpResponseRedirect(address("changelist") + (f"?{query}" if query else ""))


def with_nonce(request: HttpRequest, media: Any) -> Media:
    """An import map is an inline script: it needs the page's nonce."""
    return Media.from_media(media).with_nonce(request.csp_nonce)  # type: ignore[attr-defined]


def address(page: str) -> str:
    return reverse(f"admin:articles_frontpage_{page}")
