"""Who gets the newsletter: looked up, erased, let in again."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import DELETION
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.admin.base import ReadOnlyAdmin
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from articles.dates import moment_in_words
from newsletter import personal_data
from newsletter.addresses import NotAnAddress, cleaned, digest_of
from newsletter.bounces.applying import unsuppress
from newsletter.models import Delivery, MailEvent, MailingList, Subscriber, Suppression
from newsletter.models.subscribers import SubscriberQuerySet
from newsletter.policy import may_lift_suppression

from . import files

LIST = "admin:newsletter_subscriber_changelist"
FORM = "admin:newsletter_subscriber_change"
SHOWN = 20


class StatusFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label).capitalize()) for value, label in Subscriber.Status.choices]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if (value := self.value()) in Subscriber.Status.values:
            people = cast(SubscriberQuerySet, queryset)
            return people.having(Subscriber.Status(value))
        return queryset


class ListFilter(admin.SimpleListFilter):
    title = "list"
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(MailingList.objects.values_list("slug", "name"))

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if slug := self.value():
            return cast(SubscriberQuerySet, queryset).on_list(slug)
        return queryset


def suppressed_stranger(typed: str) -> dict[str, Any] | None:
    """Return a suppressed address that belongs to no subscriber and was typed whole: nothing else
    leads to it, since only its digest is kept."""
    try:
        digest = digest_of(typed)
    except NotAnAddress:
        return None
    row = Suppression.objects.filter(digest=digest).first()
    if row is None or Subscriber.objects.filter(digest=digest).exists():
        return None
    return {"address": cleaned(typed), "suppression": row}


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: NewsroomRequest, key: int) -> HttpResponse:
    person = get_object_or_404(Subscriber, pk=key)
    check_permission(policy.may(request.user, "delete", Subscriber, person))
    if request.method == "POST":
        with transaction.atomic():
            # Without the address, which would outlive the person in the log.
            nameless = Subscriber(pk=person.pk, email=f"Subscriber {person.pk}")
            log_action(request.user, "Erased.", nameless, flag=DELETION)
            personal_data.erase(person)
        messages.success(request, "Erased. No import brings this person back.")
        return HttpResponseRedirect(reverse(LIST))
    context = {"title": "Erase this person?", "original": person}
    return render_page(request, Subscriber, "erase.html", context)


@require_POST
def lift(request: NewsroomRequest, digest: str) -> HttpResponse:
    check_permission(may_lift_suppression(request.user))
    row = get_object_or_404(Suppression, digest=digest)
    person = Subscriber.objects.filter(digest=digest).first()
    with transaction.atomic():
        unsuppress(person) if person else row.delete()
        entry = person or Subscriber(pk=row.pk, email="An address")
        log_action(request.user, f"Lifted the suppression ({row}).", entry)
    messages.success(request, f"The suppression ({row}) is lifted.")
    return HttpResponseRedirect(reverse(FORM, args=[person.pk]) if person else reverse(LIST))


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    """Subscribers are looked up here; they come and go by the newsletter's own form, or by a
    file."""

    list_display = ["email", "state", "lists", "came"]
    show_facets = admin.ShowFacets.NEVER
    list_filter = [StatusFilter, ListFilter]
    search_fields = ["email"]
    pages = [
        ("import/", files.upload, "import"),
        ("import/<int:file>/", files.file, "import_file"),
        ("import/<int:file>/report/", files.report, "import_report"),
        ("export/", files.export, "export"),
        ("<int:key>/erase/", erase, "erase"),
        ("lift/<str:digest>/", lift, "lift"),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        people = cast(SubscriberQuerySet, super().get_queryset(request))
        return people.with_status().prefetch_related("subscriptions__list")

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
        return str(obj.status.label)

    @admin.display(description="came", ordering="created_at")
    def came(self, obj: Subscriber) -> str:
        return moment_in_words(obj.created_at)

    @admin.display(description="lists")
    def lists(self, obj: Subscriber) -> str:
        return ", ".join(one.list.name for one in obj.subscriptions.all() if one.left_at is None)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": "Subscribers",
            "may_import": policy.may(request.user, "add", Subscriber),
            "unknown": suppressed_stranger(request.GET.get("q", "")),
            "may_lift": may_lift_suppression(request.user),
        }
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = cast(Subscriber, context["original"])
        deliveries = Delivery.objects.filter(subscription__subscriber=person)
        mail_events = MailEvent.objects.of_person(person).select_related("delivery__issue")
        context.update(
            {
                "title": person.email,
                "subtitle": None,
                "state": self.state(person),
                "subscriptions": person.subscriptions.select_related("list"),
                "consents": person.consents.all(),
                "deliveries": deliveries.select_related("issue").order_by("-pk")[:SHOWN],
                "mail_events": mail_events[:SHOWN],
                "suppression": Suppression.objects.filter(digest=person.digest).first(),
                "may_lift": may_lift_suppression(request.user),
                "may_erase": policy.may(request.user, "delete", Subscriber, person),
                "shown": SHOWN,
            }
        )
        return super().render_change_form(request, context, *args, **kwargs)
