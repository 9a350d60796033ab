"""The pages of the front page editor: the draft, its preview, and the versions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
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
from articles.admin.base import NewsroomAdmin
from articles.admin.scripts import module
from articles.admin.views import (
    NewsroomRequest,
    check_permission,
    newsroom_request,
    render_page,
)
from articles.dates import moment_in_words
from articles.front_page import arrange
from articles.keys import row_key
from articles.models import FrontPage, Publication, Section, Slot

from .editor import FrontPageEditor, label_of, names, place_of, search
from .forms import MomentForm, PublishFrontPageForm, SlotActionForm, SlotForm

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
                    route,
                    self.admin_site.admin_view(self.for_arrangers(view)),
                    name=f"articles_frontpage_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    @staticmethod
    def for_arrangers(view: Any) -> Any:
        def asked(request: NewsroomRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            check_permission(policy.may_arrange_front(request.user))
            return cast(HttpResponse, view(request, *args, **kwargs))

        return asked

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        check_permission(policy.may_arrange_front(request.user))
        return HttpResponseRedirect(f"{page_url('preview')}?version={object_id}")

    # The editor

    @method_decorator(csp_replace({"frame-src": [SELF]}))
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        check_permission(policy.may_arrange_front(request.user))
        return self.render_editor(newsroom_request(request))

    def render_editor(
        self, request: NewsroomRequest, form: PublishFrontPageForm | None = None
    ) -> HttpResponse:
        when = MomentForm(request.GET, auto_id="shown_%s")
        at = when.cleaned_data["at"] if when.is_valid() else None
        editor = FrontPageEditor(at)
        words = request.GET.get("q", "").strip()
        versions = FrontPage.objects.exclude(stage=FrontPage.Stage.DRAFT)
        return render_page(
            request,
            self.model,
            "arrange.html",
            {
                "title": "Front page",
                "media": Media(js=[module("front_page/arrange")]),
                "desk": editor,
                "areas": editor.areas(),
                "when": when,
                "at": at,
                "publish_form": form
                or PublishFrontPageForm(
                    initial={"revision": editor.draft.revision if editor.draft else 0}
                ),
                "words": words,
                "found": [
                    {"article": article, "words": label_of(article), "key": article.pk}
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
    def arrange(self, request: NewsroomRequest) -> HttpResponse:
        form = SlotActionForm(request.POST, names())
        with self.errors_as_messages(request):
            if not form.is_valid():
                raise ValidationError(list(form.non_field_errors()))
            with transaction.atomic():
                person = request.user
                draft = FrontPage.objects.draft_for(person)
                message = form.apply_to(draft, person)
                draft.touch(person)
            messages.success(request, message)
        return self.redirect_to_editor(request)

    def place(self, request: NewsroomRequest, place: str) -> HttpResponse:
        known = names()
        try:
            asked = place_of(place)
        except ValueError:
            raise Http404(place) from None
        if asked not in known:
            raise Http404(place)
        person = request.user
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
                    form.store(version, asked, person)
                    version.touch(person)
                    messages.success(request, form.success_message(known[asked]))
                    return self.redirect_to_editor(request)
                if form.has_met_another:
                    version.keep_copy(person, f"Before two changes of {known[asked]} met")
        return render_page(
            request,
            self.model,
            "place.html",
            {
                "title": known[asked],
                "form": form,
                "media": form.media,
                "key": slot.key if slots.get(slot.place if slot.area else asked) is slot else "",
                "tags": Tag.objects.order_by("name")[:TAGS],
                "front_page_url": page_url("changelist"),
            },
        )

    @method_decorator(require_safe)
    def find(self, request: NewsroomRequest) -> HttpResponse:
        found = search(request.GET.get("term", ""))
        return JsonResponse(
            {"results": [{"id": article.pk, "text": label_of(article)} for article in found]}
        )

    @method_decorator(require_safe)
    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    def preview(self, request: NewsroomRequest) -> HttpResponse:
        """The page as readers would see it at a moment: the draft, or the version that is named."""
        when = MomentForm(request.GET, auto_id="shown_%s")
        at = when.cleaned_data["at"] if when.is_valid() else None
        if key := request.GET.get("version", ""):
            named = get_object_or_404(FrontPage, pk=row_key(key))
            at = at or (named.published_at if named.is_scheduled else None)
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
    def publish(self, request: NewsroomRequest) -> HttpResponse:
        form = PublishFrontPageForm(request.POST)
        if not form.is_valid():
            return self.render_editor(request, form)
        with self.errors_as_messages(request), transaction.atomic():
            draft = FrontPage.objects.select_for_update().filter(stage="draft").first()
            if draft is None:
                raise ValidationError("There is no draft any more: somebody has published it.")
            if draft.revision != form.cleaned_data["revision"]:
                raise ValidationError(
                    f"{draft.changed_by or 'Somebody'} has changed the draft meanwhile. Nothing "
                    "was published: look at it once more."
                )
            at: datetime | None = form.cleaned_data["at"]
            draft.publish(request.user, at, form.cleaned_data["note"])
            done = f"Scheduled for {moment_in_words(at)}." if at else "Published."
            self.log_change(request, draft, done)
            messages.success(request, f"The front page: {done}")
        return self.redirect_to_editor(request)

    @method_decorator(require_POST)
    def undo(self, request: NewsroomRequest, key: int) -> HttpResponse:
        """Publish again what stood there before; `key` is the version that is undone."""
        with self.errors_as_messages(request), transaction.atomic():
            version = get_object_or_404(FrontPage.objects.select_for_update(), pk=key)
            if FrontPage.objects.current() != version:
                raise ValidationError("Another version has been published meanwhile.")
            again = version.undo(request.user)
            self.log_change(request, again, f"Undid “{version}”.")
            messages.success(request, "Undone: readers see the version before again.")
        return self.redirect_to_editor(request)

    @method_decorator(require_POST)
    def cancel(self, request: NewsroomRequest, key: int) -> HttpResponse:
        with self.errors_as_messages(request), transaction.atomic():
            version = get_object_or_404(FrontPage.objects.select_for_update(), pk=key)
            if not version.is_scheduled:
                raise ValidationError("That version is public already; undo it instead.")
            version.set_aside(request.user)
            self.log_change(request, version, "Cancelled before its time.")
            messages.success(request, f"“{version}” will not appear. It is kept below.")
        return self.redirect_to_editor(request)

    @method_decorator(require_POST)
    def bring_back(self, request: NewsroomRequest, key: int) -> HttpResponse:
        with transaction.atomic():
            version = get_object_or_404(FrontPage, pk=key)
            version.bring_back(request.user)
        messages.success(request, f"The draft is like “{version}” now. Readers see no change yet.")
        return self.redirect_to_editor(request)

    @method_decorator(require_POST)
    def set_aside(self, request: NewsroomRequest) -> HttpResponse:
        with transaction.atomic():
            draft = FrontPage.objects.select_for_update().filter(stage="draft").first()
            if draft:
                draft.set_aside(request.user, "A draft that was set aside")
        messages.success(request, "The draft is set aside, and kept below.")
        return self.redirect_to_editor(request)

    @contextmanager
    def errors_as_messages(self, request: NewsroomRequest) -> Iterator[None]:
        try:
            yield
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)

    def redirect_to_editor(self, request: NewsroomRequest) -> HttpResponse:
        query = request.GET.urlencode()
        return HttpResponseRedirect(page_url("changelist") + (f"?{query}" if query else ""))


def page_url(page: str) -> str:
    return reverse(f"admin:articles_frontpage_{page}")
