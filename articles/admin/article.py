from functools import partial
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from articles import policy, prose
from articles.models import Article, Image, OpenForm, Revision
from articles.models.addresses import address_of
from articles.models.articles import ArticleQuerySet
from articles.models.revisions import Kept
from articles.prose.embeds import PROVIDERS, Embed, embed_from_address

from . import corrections, docx, history, notes, preview
from .article_form import ArticleForm
from .article_list import ArticleList
from .calendar import calendar
from .checklist import article_checks
from .fields import name_of
from .link_report import dead_links
from .merging import merge
from .moving import move
from .presence import presence
from .publishing import publish, withdraw
from .state import State, in_words, state_of
from .unsaved import (
    autosave,
    autosave_address,
    discard,
    form_data,
    offered,
    out_of_reach,
    taken_up,
)


@admin.register(Article)
class ArticleAdmin(ArticleList):
    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"

    text = ["headline", "deck", "slug", "body", "author_note", "base", "session"]
    work = ["stage", "assignee", "due_on"]
    place = ["section", "also_in", "format", "series", "tags"]
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

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[str]:
        """What somebody else decides is shown, not asked."""
        return ["body_as_read", "names"]

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "stage":
            allowed = policy.stages(request.user)
            kwargs["choices"] = [one for one in Article.Stage.choices if one[0] in allowed]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def view_on_site(self, obj: Article) -> str | None:
        """Where readers find it now: a new address may wait among the changes."""
        slug = obj.slug if obj.is_in_step or not obj.released else obj.released.content.slug
        return address_of("article", slug) if obj.is_public else None

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
        if unsaved := taken_up(request, article):
            return unsaved.shown_on(article)
        if not article.is_in_step and article.working_copy:
            return article.working_copy.shown_on(article)
        return article

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What cannot be saved where it was typed is not lost."""
        if request.method == "POST":
            article = cast(Article | None, super().get_object(request, unquote(object_id)))
            if answer := out_of_reach(request, article):
                return answer
        return super().change_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new article that was typed before and not saved."""
        unsaved = taken_up(request, None)
        return form_data(unsaved) if unsaved else super().get_changeform_initial_data(request)

    @method_decorator(csp_update({"frame-src": [SELF]}))  # for the preview
    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Article | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        unsaved = taken_up(request, obj)
        form = context["adminform"].form
        if unsaved and not form.is_bound:
            form.initial |= {"session": unsaved.session, "base": unsaved.base_id}
        context.update(
            {
                "state": in_words(obj) if obj else "Draft — not public",
                "may_hand_in": obj is None or state_of(obj) == State.DRAFT,
                "may_publish": policy.may_publish(request.user),
                "may_correct": obj is not None and policy.may_correct(request.user, obj),
                "taken_up": unsaved,
                "offered": offered(request.user, obj, unsaved) if not form.is_bound else [],
                "autosave_address": autosave_address(obj),
                **preview.panel(request.user, obj),
                **(notes.panel(obj) if obj else {}),
            }
        )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """Keep what was typed as a revision; the row itself changes where nobody reads it yet."""
        person = cast(User, request.user)
        session = str(form.cleaned_data["session"] or "")
        if change:
            request.kept = Revision.objects.keep(  # type: ignore[attr-defined]
                obj, form.content, base=form.cleaned_data["base"], by=person, session=session
            )
        else:
            obj.created_by = person
            obj.save()
            form.content.store(obj)
            Revision.objects.record(obj, "saved", person, session=session)
        Article.objects.get(pk=obj.pk).point(**form.desk_changes)
        Revision.objects.autosaves_of(person).filter(session=session).delete()
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Byline, tags and sections are part of the text that `save_model()` has kept."""

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.to_publishing(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        kept: Kept | None = getattr(request, "kept", None)
        if kept and kept.conflicts:
            return HttpResponseRedirect(
                reverse("admin:articles_article_merge", args=[obj.pk, kept.revision.pk])
            )
        if kept and kept.merged:
            messages.info(
                request,
                f"A colleague had saved meanwhile. Both texts were merged; theirs is: "
                f"{', '.join(kept.merged)}.",
            )
        return self.to_publishing(request, obj) or super().response_change(request, obj)

    def to_publishing(self, request: HttpRequest, obj: Article) -> HttpResponse | None:
        """“Publish…” saves first, and leads to the page that asks how."""
        if "_publish" not in request.POST:
            return None
        return HttpResponseRedirect(reverse("admin:articles_article_publish", args=[obj.pk]))

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """A short question, which says who would be surprised."""
        people = OpenForm.objects.colleagues(context["object"], request.user)
        context |= {
            "title": "Delete it for good?",
            "people": " and ".join(name_of(one) for one in people),
            "is_one": len(people) == 1,
        }
        return super().render_delete_form(request, context)

    # Pages and answers of its own

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("embed/", wrap(self.embed), name="articles_article_embed"),
            path("autosave/", wrap(autosave), name="articles_article_autosave_new"),
            path("<int:key>/autosave/", wrap(autosave), name="articles_article_autosave"),
            path("unsaved/<int:revision>/", wrap(discard), name="articles_article_discard"),
            path("<int:key>/presence/", wrap(presence), name="articles_article_presence"),
            path(
                "<int:key>/merge/<int:revision>/",
                wrap(partial(merge, site=self.admin_site)),
                name="articles_article_merge",
            ),
            path("docx/", wrap(docx.upload), name="articles_article_docx"),
            path("<int:key>/docx/", wrap(docx.report), name="articles_article_docx_report"),
            path("<int:key>/history/", wrap(history.history), name="articles_article_history"),
            path("<int:key>/compare/", wrap(history.compare), name="articles_article_compare"),
            path(
                "<int:key>/versions/<int:version>/",
                wrap(history.version),
                name="articles_article_version",
            ),
            path(
                "<int:key>/versions/<int:version>/restore/",
                wrap(history.restore),
                name="articles_article_restore",
            ),
            path("checks/", wrap(article_checks), name="articles_article_checks"),
            path("<int:key>/checks/", wrap(article_checks), name="articles_article_checks"),
            path("links/", wrap(dead_links), name="articles_article_links"),
            path("<int:key>/publish/", wrap(publish), name="articles_article_publish"),
            path("<int:key>/withdraw/", wrap(withdraw), name="articles_article_withdraw"),
            path("preview/", wrap(preview.preview), name="articles_article_preview_new"),
            path("<int:key>/preview/", wrap(preview.preview), name="articles_article_preview"),
            path(
                "<int:key>/preview-links/",
                wrap(preview.preview_links),
                name="articles_article_preview_links",
            ),
            path(
                "<int:key>/preview-links/<int:link>/revoke/",
                wrap(preview.revoke),
                name="articles_article_preview_revoke",
            ),
            path(
                "<int:key>/corrections/",
                wrap(corrections.corrections),
                name="articles_article_corrections",
            ),
            path("calendar/", wrap(calendar), name="articles_article_calendar"),
            path("<int:key>/notes/", wrap(notes.notes), name="articles_article_notes"),
            path("<int:key>/notes/<int:note>/", wrap(notes.resolve), name="articles_article_note"),
            path("<int:key>/move/<str:what>/", wrap(move), name="articles_article_move"),
            *super().get_urls(),
        ]

    def embed(self, request: HttpRequest) -> HttpResponse:
        """What the address that an editor pasted into the embed dialog stands for."""
        if not policy.may(request.user, "add", Article):
            raise PermissionDenied
        return recognise(request)


@require_safe
def recognise(request: HttpRequest) -> JsonResponse:
    found = embed_from_address(request.GET.get("address", ""))
    if found is None:
        labels = ", ".join(provider.label for provider in PROVIDERS.values())
        return JsonResponse({"error": f"Not an address we can show. Known: {labels}."}, status=422)
    embed = Embed(*found, title="")
    return JsonResponse(
        {
            "provider": embed.name,
            "id": embed.key,
            "label": f"{embed.provider.label} {embed.provider.kind}",
            "page": embed.page,
        }
    )
