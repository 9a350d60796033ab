from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from articles import policy, prose
from articles.models import Article, Image
from articles.models.articles import ArticleQuerySet
from articles.prose.embeds import PROVIDERS, Embed, embed_from_address

from . import notes
from .article_form import ArticleForm
from .article_list import ArticleList
from .calendar import calendar
from .moving import move
from .state import in_words


@admin.register(Article)
class ArticleAdmin(ArticleList):
    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"
    text = ["headline", "deck", "slug", "body", "correction", "author_note"]
    publication = ["stage", "published_at", "embargoed_until", "updated_at"]
    place = ["section", "also_in", "format", "series", "tags", "front_rank"]
    picture = ["lead_image", "lead_caption"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return cast(ArticleQuerySet, super().get_queryset(request)).with_byline()

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        text, byline = self.text, "byline"
        if obj and not self.has_change_permission(request, obj):
            text = ["body_as_read" if name == "body" else name for name in text]
            byline = "names"
        return [
            (None, {"fields": text, "classes": ["text"]}),
            ("Publication", {"fields": self.publication, "classes": ["side"]}),
            (None, {"fields": [byline], "classes": ["side"]}),
            ("Lead picture", {"fields": self.picture, "classes": ["side"]}),
            ("Where it stands", {"fields": self.place, "classes": ["side"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[str]:
        """What somebody else decides is shown, not asked."""
        decided = [] if policy.may_publish(request.user) else self.publication[1:]
        front = [] if policy.may_arrange_front(request.user) else ["front_rank"]
        return [*decided, *front, "body_as_read", "names"]

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "stage" and not policy.may_publish(request.user):
            kwargs["choices"] = [
                choice for choice in Article.Stage.choices if choice[0] != Article.Stage.READY
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any
    ) -> type[ArticleForm]:
        form = cast(type[ArticleForm], super().get_form(request, obj, change, **kwargs))
        form.person = request.user
        return form

    def view_on_site(self, obj: Article) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None

    # The form

    @admin.display(description="body")
    def body_as_read(self, obj: Article) -> SafeString:
        return prose.render_body(obj.body, Image.objects.for_prose([obj.body]))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Article | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        publisher = policy.may_publish(request.user)
        context.update(
            {
                "state": in_words(obj) if obj else "Draft — not public",
                "may_publish_now": publisher and not (obj and obj.is_public),
                "may_withdraw": publisher and obj is not None and obj.published_at is not None,
                **(notes.panel(obj) if obj else {}),
            }
        )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = cast(User, request.user)
        if "_publish" in request.POST:
            if not policy.may_publish(request.user):
                raise PermissionDenied
            obj.publish(obj.published_at)
        else:
            obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "byline" in form.changed_data:
            form.instance.sign(form.cleaned_data["byline"])

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.published(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return self.published(request, obj) or super().response_change(request, obj)

    def published(self, request: HttpRequest, obj: Article) -> HttpResponse | None:
        """After “Publish now”: back to the form, which says what the public sees."""
        if "_publish" not in request.POST:
            return None
        self.log_change(request, obj, "Published.")
        messages.success(request, f"“{obj}”: {in_words(obj)}.")
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[obj.pk]))

    # Pages and answers of its own

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("embed/", wrap(self.embed), name="articles_article_embed"),
            path("calendar/", wrap(calendar), name="articles_article_calendar"),
            path("<int:key>/notes/", wrap(notes.notes), name="articles_article_notes"),
            path("<int:key>/notes/<int:note>/", wrap(notes.resolve), name="articles_article_note"),
            path("<int:key>/move/<str:what>/", wrap(move), name="articles_article_move"),
            path("<int:key>/withdraw/", wrap(self.withdraw), name="articles_article_withdraw"),
            *super().get_urls(),
        ]

    def withdraw(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, then take an article off every public page."""
        article = get_object_or_404(Article, pk=key)
        if not policy.may_publish(request.user):
            raise PermissionDenied
        form = reverse("admin:articles_article_change", args=[key])
        if request.method == "POST":
            with transaction.atomic():
                article.withdraw()
                self.log_change(request, article, "Taken off the site.")
            messages.success(request, f"“{article}” is off the site: {in_words(article)}.")
            return HttpResponseRedirect(form)
        return render(
            request,
            "admin/articles/article/withdraw.html",
            {
                **self.admin_site.each_context(request),
                "title": "Take it off the site?",
                "opts": self.opts,
                "original": article,
                "state": in_words(article),
                "form_address": form,
            },
        )

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
