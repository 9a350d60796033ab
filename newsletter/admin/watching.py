"""The page on which somebody watches an issue go out, and decides what a program must not."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from articles import policy
from newsletter.models import Delivery, Issue
from newsletter.watching import watch as look

from .issue_acts import acts_for
from .issue_page import address, log

SHOWN = 50


def urls() -> list[URLPattern]:
    """For the admin class of issues."""

    def own(where: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        view = admin.site.admin_view(view)
        return path(f"<int:key>/watch/{where}", view, name=f"newsletter_issue_{name}")

    return [
        own("", watch, "watch"),
        own("now/", now, "watch_now"),
        own("deliveries/<int:delivery>/", decide_delivery, "watch_delivery"),
    ]


def issue_of(request: HttpRequest, key: int) -> Issue:
    issues = Issue.objects.select_related("list").defer("html", "text", "opening")
    issue = get_object_or_404(issues, pk=key)
    if not policy.may(request.user, "view", Issue, issue):
        raise PermissionDenied
    return issue


@require_safe
def watch(request: HttpRequest, key: int) -> HttpResponse:
    return answer(request, issue_of(request, key), "watch.html")


@require_safe
def now(request: HttpRequest, key: int) -> HttpResponse:
    """The parts of the page that change, for its script."""
    return answer(request, issue_of(request, key), "_watch.html")


def answer(request: HttpRequest, issue: Issue, template: str) -> HttpResponse:
    seen = look(issue)
    deliveries = issue.deliveries.order_by("pk")
    lists = {
        name: list(deliveries.filter(state=state)[:SHOWN]) if seen.counts[state] else []
        for name, state in (
            ("unknown", Delivery.State.UNKNOWN),
            ("failed", Delivery.State.FAILED),
        )
    }
    context = {
        "title": "Sending",
        "original": issue,
        "opts": Issue._meta,
        "seen": seen,
        "states": [
            (state, Delivery.State(state).label, number) for state, number in seen.counts.items()
        ],
        "may_send": policy.may_send_issue(request.user),
        "acts": acts_for(request.user, issue),
        **lists,
    }
    if template == "watch.html":
        context |= admin.site.each_context(request)
    return render(request, f"admin/newsletter/issue/{template}", context)


DELIVERY_ACTS: dict[str, tuple[Callable[[Delivery], bool], str]] = {
    "again": (lambda delivery: delivery.send_again(), "is sent again"),
    "leave": (lambda delivery: delivery.leave_it(), "is left at that"),
}


@require_POST
def decide_delivery(request: HttpRequest, key: int, delivery: int) -> HttpResponse:
    """Send one mail again, or leave it: only a person can know which is worse."""
    issue = demanded(request, key)
    row = get_object_or_404(issue.deliveries.select_related("issue"), pk=delivery)
    if (act := DELIVERY_ACTS.get(request.POST.get("act", ""))) is None:
        return HttpResponseBadRequest("No such act.")
    verb, done = act
    if verb(row):
        # The log outlives the person: it names the row, not the address.
        log(request, issue, f"Delivery {row.pk} {done}.")
        messages.success(request, f"The mail to {row.address} {done}.")
    else:
        row.refresh_from_db()
        messages.warning(
            request, f"Nothing was done: the mail to {row.address} is “{row.get_state_display()}”."
        )
    return HttpResponseRedirect(address(issue, "watch"))


def demanded(request: HttpRequest, key: int) -> Issue:
    issue = issue_of(request, key)
    if not policy.may_send_issue(request.user):
        raise PermissionDenied
    return issue
