"""Who gets the newsletter: looked up, erased, let in again."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.admin.base import NewsroomAdmin
from articles.admin.state import moment
from newsletter.addresses import NotAnAddress, cleaned, digest_of
from newsletter.models import Delivery, MailingList, Notice, Subscriber, Suppression
from newsletter.models.subscribers import SubscriberQuerySet

from . import exporting, importing

LIST = "admin:newsletter_subscriber_changelist"
FORM = "admin:newsletter_subscriber_change"
SHOWN = 20


class StandingFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label).capitalize()) for value, label in Subscriber.Standing.choices]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if (value := self.value()) in Subscriber.Standing.values:
            people = cast(SubscriberQuerySet, queryset)
            return people.in_standing(Subscriber.Standing(value))
        return queryset


class ListFilter(admin.SimpleListFilter):
    title = "list"
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(one.slug, one.name) for one in MailingList.objects.all()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if slug := self.value():
            return cast(SubscriberQuerySet, queryset).on_list(slug)
        return queryset


@admin.register(Subscriber)
class SubscriberAdmin(NewsroomAdmin):
    """For looking up: people come and go by the newsletter's own form, or by a file."""

    list_display = ["email", "state", "lists", "came"]
    show_facets = admin.ShowFacets.NEVER
    list_filter = [StandingFilter, ListFilter]
    search_fields = ["email"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        people = cast(SubscriberQuerySet, super().get_queryset(request))
        return people.with_standing().prefetch_related("subscriptions__list")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        if not search_term.strip():
            return queryset, False
        return cast(SubscriberQuerySet, queryset).found_by(search_term), False

    @admin.display(description="state")
    def state(self, obj: Subscriber) -> str:
        if obj.reason:
            return f"suppressed: {Suppression.Reason(obj.reason).label}"
        return str(obj.standing.label)

    @admin.display(description="came", ordering="created_at")
    def came(self, obj: Subscriber) -> str:
        return moment(obj.created_at)

    @admin.display(description="lists")
    def lists(self, obj: Subscriber) -> str:
        return ", ".join(one.list.name for one in obj.subscriptions.all() if one.left_at is None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        def own(address: str, view: Any, name: str) -> URLPattern:
            view = self.admin_site.admin_view(view)
            return path(address, view, name=f"newsletter_subscriber_{name}")

        return [
            own("import/", importing.upload, "import"),
            own("import/<int:file>/", importing.file, "import_file"),
            own("import/<int:file>/report/", importing.report, "import_report"),
            own("export/", exporting.export, "export"),
            own("<int:key>/erase/", erase, "erase"),
            own("lift/<str:digest>/", lift, "lift"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": "Subscribers",
            "may_import": policy.may(request.user, "add", Subscriber),
            "unknown": suppressed_stranger(request.GET.get("q", "")),
            "may_lift": policy.may_lift_suppression(request.user, Subscriber),
        }
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = cast(Subscriber, context["original"])
        deliveries = Delivery.objects.filter(subscription__subscriber=person)
        notices = Notice.objects.of_person(person).select_related("delivery__issue")
        context.update(
            {
                "title": person.email,
                "subtitle": None,
                "state": self.state(person),
                "subscriptions": person.subscriptions.select_related("list"),
                "consents": person.consents.all(),
                "deliveries": deliveries.select_related("issue").order_by("-pk")[:SHOWN],
                "notices": notices[:SHOWN],
                "suppression": Suppression.objects.filter(digest=person.digest).first(),
                "may_lift": policy.may_lift_suppression(request.user, Subscriber),
                "may_erase": policy.may(request.user, "delete", Subscriber, person),
                "shown": SHOWN,
            }
        )
        return super().render_change_form(request, context, *args, **kwargs)


def suppressed_stranger(typed: str) -> dict[str, Any] | None:
    """An address that is suppressed and belongs to no subscriber, who asks for it by its letters:
    nothing else leads to it, since only its digest is kept."""
    try:
        digest = digest_of(typed)
    except NotAnAddress:
        return None
    row = Suppression.objects.filter(digest=digest).first()
    if row is None or Subscriber.objects.filter(digest=digest).exists():
        return None
    return {"address": cleaned(typed), "suppression": row}


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then forget a person."""
    person = get_object_or_404(Subscriber, pk=key)
    if not policy.may(request.user, "delete", Subscriber, person):
        raise PermissionDenied
    if request.method == "POST":
        with transaction.atomic():
            # Without the address, which would outlive the person in the log.
            log(request, DELETION, person.pk, f"Subscriber {person.pk}", "Erased.")
            person.erase()
        messages.success(request, "Erased. No import brings this person back.")
        return HttpResponseRedirect(reverse(LIST))
    context = {"title": "Erase this person?", "original": person}
    return answer(request, "erase.html", context)


@require_POST
def lift(request: HttpRequest, digest: str) -> HttpResponse:
    """Let mail go to an address again."""
    if not policy.may_lift_suppression(request.user, Subscriber):
        raise PermissionDenied
    row = get_object_or_404(Suppression, digest=digest)
    person = Subscriber.objects.filter(digest=digest).first()
    with transaction.atomic():
        person.let_in_again() if person else row.delete()
        key, name = (person.pk, str(person)) if person else (row.pk, "An address")
        log(request, CHANGE, key, name, f"Lifted the suppression ({row}).")
    messages.success(request, f"The suppression ({row}) is lifted.")
    return HttpResponseRedirect(reverse(FORM, args=[person.pk]) if person else reverse(LIST))


def log(request: HttpRequest, flag: int, key: int | None, name: str, words: str) -> None:
    entry = Subscriber(pk=key, email=name)
    by = cast(User, request.user)
    LogEntry.objects.log_actions(by.pk, [entry], flag, words, single_object=True)


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context = {**admin.site.each_context(request), "opts": Subscriber._meta, **context}
    return render(request, f"admin/newsletter/subscriber/{template}", context)
