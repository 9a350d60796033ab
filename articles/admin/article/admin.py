from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from articles import policy, prose
from articles.admin.fields import name_of
from articles.admin.status import Status, status_in_words, status_of
from articles.admin.views import check_permission, newsroom_request
from articles.dates import moment_in_words
from articles.models import Article, Image, OpenForm, Revision
from articles.models.articles import ArticleQuerySet
from articles.models.redirects import url_of
from articles.models.revisions import SaveResult
from articles.prose.embeds import PROVIDERS, Embed

from . import checklist, corrections, docx, history, notes, preview
from .autosave import (
    autosave,
    discard,
    forget,
    form_data,
    offered,
    out_of_reach,
    presence,
    taken_up,
)
from .calendar import calendar, move
from .changelist import ArticleList
from .dead_links import dead_links
from .form import ArticleForm
from .merge import merge
from .page import article_url
from .publish import publish, withdraw


@admin.register(Article)
class ArticleAdmin(ArticleList):
    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"
    readonly_fields = ["body_as_read", "names"]

    text = ["headline", "deck", "slug", "body", "author_note", "base", "session", "took_up"]
    work = ["stage", "assignee", "due_on"]
    place = ["section", "also_in", "format", "series", "tags", "language"]
    picture = ["lead_image", "lead_alt", "lead_caption"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return cast(ArticleQuerySet, super().get_queryset(request)).with_byline()

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        text, byline = self.text, "byline"
        if obj and not self.has_change_permission(request, obj):
            text = ["headline", "deck", "slug", "body_as_read", "author_note"]
            byline = "names"
        return [
            (None, {"fields": text, "classes": ["text"]}),
            ("Work", {"fields": self.work, "classes": ["side"]}),
            (None, {"fields": [byline], "classes": ["side"]}),
            ("Lead picture", {"fields": self.picture, "classes": ["side"]}),
            ("Where it stands", {"fields": self.place, "classes": ["side"]}),
        ]

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "stage":
            allowed = policy.stages(request.user)
            kwargs["choices"] = [one for one in Article.Stage.choices if one[0] in allowed]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def view_on_site(self, obj: Article) -> str | None:
        live = obj.live_revision if obj.has_unpublished_changes else None
        slug = live.content.slug if live else obj.slug
        return url_of("article", slug) if obj.is_public else None

    # The form

    @admin.display(description="body")
    def body_as_read(self, obj: Article) -> SafeString:
        return prose.render_body(obj.body, Image.objects.for_prose([obj.body]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Article | None:
        """The article as its working copy has it; with `?take_up=` as its reader typed it last."""
        article = cast(Article | None, super().get_object(request, object_id, from_field))
        if article is None:
            return None
        if unsaved := taken_up(newsroom_request(request), article):
            return unsaved.content.apply_to(article)
        if article.has_unpublished_changes and article.working_copy:
            return article.working_copy.content.apply_to(article)
        return article

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Keep the text of a form whose article was deleted or taken over meanwhile."""
        if request.method == "POST":
            article = cast(Article | None, super().get_object(request, unquote(object_id)))
            if answer := out_of_reach(newsroom_request(request), article):
                return answer
        return super().change_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        unsaved = taken_up(newsroom_request(request), None)
        return form_data(unsaved) if unsaved else super().get_changeform_initial_data(request)

    @method_decorator(csp_update({"frame-src": [SELF]}))  # for the preview
    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        obj: Article | None = kwargs.get("obj")
        unsaved = taken_up(newsroom_request(request), obj)
        form = context["adminform"].form
        if unsaved and not form.is_bound:
            form.initial |= {"took_up": unsaved.as_seen, "base": unsaved.base_id}
        context.update(
            {
                "state": status_in_words(obj) if obj else "Draft — not public",
                "may_hand_in": obj is None or status_of(obj) == Status.DRAFT,
                "may_publish": policy.may_publish(request.user),
                "may_correct": obj is not None and policy.may_correct(request.user, obj),
                "taken_up": unsaved,
                "taken_up_at": moment_in_words(unsaved.made_at) if unsaved else "",
                "offered": offered(request.user, obj, form.data if form.is_bound else form.initial),
                "autosave_url": article_url("autosave", obj),
                **checklist.panel(newsroom_request(request).user, obj),
                **preview.panel(request.user, obj),
                **(notes.panel(obj) if obj else {}),
            }
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """Keep what was typed as a revision; the row itself changes where nobody reads it yet."""
        person = newsroom_request(request).user
        session = str(form.cleaned_data["session"] or "")
        if change:
            request.kept = Revision.objects.save_revision(  # type: ignore[attr-defined]
                obj, form.content, base=form.cleaned_data["base"], by=person, session=session
            )
        else:
            obj.created_by = person
            obj.save()
            form.content.save_to(obj)
            Revision.objects.newest(obj, person, session=session)
        Article.objects.get(pk=obj.pk).update_columns(**form.desk_changes)
        forget(person, obj, form.cleaned_data)
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Byline, tags and sections are part of the text that `save_model()` has kept."""

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_hand_in" in request.POST:
            return self.handed_in(request, obj)
        return self.to_publishing(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        kept: SaveResult | None = getattr(request, "kept", None)
        if kept and kept.conflicts:
            return redirect("admin:articles_article_merge", obj.pk, kept.revision.pk)
        if kept and kept.merged:
            messages.info(
                request,
                f"A colleague had saved meanwhile. Both texts were merged; theirs is: "
                f"{', '.join(kept.merged)}.",
            )
        if "_hand_in" in request.POST:
            return self.handed_in(request, obj)
        return self.to_publishing(request, obj) or super().response_change(request, obj)

    def handed_in(self, request: HttpRequest, obj: Article) -> HttpResponse:
        messages.success(request, f"“{obj}” is handed in: it waits for an editor.")
        return self.response_post_save_change(request, obj)

    def to_publishing(self, request: HttpRequest, obj: Article) -> HttpResponse | None:
        if "_publish" not in request.POST:
            return None
        return redirect("admin:articles_article_publish", obj.pk)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        people = OpenForm.objects.colleagues(context["object"], request.user)
        context |= {
            "title": "Delete it for good?",
            "people": " and ".join(name_of(one) for one in people),
            "is_one": len(people) == 1,
        }
        return super().render_delete_form(request, context)

    # Pages and answers of its own

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("embed/", embed, "embed"),
            ("autosave/", autosave, "autosave"),
            ("<int:key>/autosave/", autosave, "autosave"),
            ("unsaved/<int:revision>/", discard, "discard"),
            ("<int:key>/presence/", presence, "presence"),
            ("<int:key>/merge/<int:revision>/", merge, "merge"),
            ("docx/", docx.upload, "docx"),
            ("<int:key>/docx/", docx.report, "docx_report"),
            ("<int:key>/history/", history.history, "history"),
            ("<int:key>/compare/", history.compare, "compare"),
            ("<int:key>/versions/<int:version>/", history.version, "version"),
            ("<int:key>/versions/<int:version>/restore/", history.restore, "restore"),
            ("checks/", checklist.article_checks, "checks"),
            ("<int:key>/checks/", checklist.article_checks, "checks"),
            ("links/", dead_links, "links"),
            ("<int:key>/publish/", publish, "publish"),
            ("<int:key>/withdraw/", withdraw, "withdraw"),
            ("preview/", preview.preview, "preview"),
            ("<int:key>/preview/", preview.preview, "preview"),
            ("<int:key>/preview-links/", preview.preview_links, "preview_links"),
            ("<int:key>/preview-links/<int:link>/revoke/", preview.revoke, "preview_revoke"),
            ("<int:key>/corrections/", corrections.corrections, "corrections"),
            ("calendar/", calendar, "calendar"),
            ("<int:key>/notes/", notes.notes, "notes"),
            ("<int:key>/notes/<int:note>/", notes.resolve, "note"),
            ("<int:key>/move/<str:what>/", move, "move"),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"articles_article_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]


@require_safe
def embed(request: HttpRequest) -> JsonResponse:
    check_permission(policy.may(request.user, "add", Article))
    found = Embed.from_url(request.GET.get("url", ""))
    if found is None:
        labels = ", ".join(provider.label for provider in PROVIDERS.values())
        return JsonResponse({"error": f"Not an address we can show. Known: {labels}."}, status=422)
    label = f"{found.provider.label} {found.provider.kind}"
    return JsonResponse(
        {"provider": found.name, "id": found.key, "label": label, "page": found.page}
    )
