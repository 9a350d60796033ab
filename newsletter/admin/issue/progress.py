"""The page on which somebody watches an issue go out, and decides what a program must not."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from newsletter.models import Delivery, Issue, MailEvent
from newsletter.policy import may_send_issue
from newsletter.progress import progress_of

from .actions import actions_for
from .pages import page_url

SHOWN = 50
# What a person decides about.
DECIDED = (Delivery.State.UNKNOWN, Delivery.State.FAILED)
OURS = "ours"  # refused because of us: a choice beside those states


def issue_of(request: NewsroomRequest, key: int) -> Issue:
    issues = Issue.objects.select_related("list").defer("html", "text", "opening")
    issue = get_object_or_404(issues, pk=key)
    check_permission(policy.may(request.user, "view", Issue, issue))
    return issue


@require_safe
def watch(request: NewsroomRequest, key: int) -> HttpResponse:
    return answer(request, issue_of(request, key), "progress.html")


@require_safe
def now(request: NewsroomRequest, key: int) -> HttpResponse:
    return answer(request, issue_of(request, key), "_progress.html")


def words_of(data: QueryDict) -> str:
    return data.get("q", "").replace("\0", "").strip()[:200]


def answer(request: NewsroomRequest, issue: Issue, template: str) -> HttpResponse:
    seen, words = progress_of(issue), words_of(request.GET)
    chosen = issue.deliveries.matching(words) if words else issue.deliveries.all()
    lists: dict[str, Any] = {}
    for state in DECIDED:
        rows = chosen.filter(state=state).order_by("pk")
        number = rows.count() if words else seen.counts[state]
        lists[state.value] = list(rows[:SHOWN]) if number else []
        lists[f"{state.value}_count"] = number
    context = {
        "title": "Sending",
        "original": issue,
        "seen": seen,
        "states": [
            (state, Delivery.State(state).label, number) for state, number in seen.counts.items()
        ],
        "may_send": may_send_issue(request.user),
        "actions": actions_for(request.user, issue),
        "words": words,
        "refused_count": MailEvent.objects.refused_deliveries(issue).count(),
        **lists,
    }
    if template == "progress.html":
        return render_page(request, Issue, template, context)
    return render(request, f"admin/newsletter/issue/{template}", context)


DELIVERY_ACTIONS: dict[str, tuple[Callable[[Delivery], bool], str]] = {
    "again": (lambda delivery: delivery.send_again(), "is sent again"),
    "leave": (lambda delivery: delivery.leave_it(), "is left at that"),
}


@require_POST
def decide_delivery(request: NewsroomRequest, key: int, delivery: int) -> HttpResponse:
    """Send one mail again, or leave it: only a person can know which is worse."""
    issue = issue_of(request, key)
    check_permission(may_send_issue(request.user))
    row = get_object_or_404(issue.deliveries.select_related("issue"), pk=delivery)
    if (action := DELIVERY_ACTIONS.get(request.POST.get("act", ""))) is None:
        return HttpResponseBadRequest("No such action.")
    verb, done = action
    if verb(row):
        # The log outlives the person: it names the row, not the address.
        log_action(request.user, f"Delivery {row.pk} {done}.", issue)
        messages.success(request, f"The mail to {row.address} {done}.")
    else:
        row.refresh_from_db()
        messages.warning(
            request, f"Nothing was done: the mail to {row.address} is “{row.get_state_display()}”."
        )
    return HttpResponseRedirect(page_url(issue, "watch"))


class DecisionForm(forms.Form):
    """What is done with all deliveries of a state that a filter leaves."""

    act = forms.ChoiceField(choices=[("again", "Send again"), ("leave", "Leave")])
    state = forms.ChoiceField(choices=[(OURS, OURS), *((one, one.label) for one in DECIDED)])
    q = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("act") == "leave" and cleaned.get("state") != Delivery.State.UNKNOWN:
            raise forms.ValidationError("Only the doubtful can be left.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def decide_many(request: NewsroomRequest, key: int) -> HttpResponse:
    """Ask about all that a filter leaves, then send them again or leave them."""
    issue = issue_of(request, key)
    check_permission(may_send_issue(request.user))
    form = DecisionForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest("No such action.")
    chosen = form.cleaned_data
    is_ours = chosen["state"] == OURS
    refused = MailEvent.objects.refused_deliveries(issue)
    rows = refused if is_ours else issue.deliveries.filter(state=chosen["state"])
    rows = rows.matching(chosen["q"])
    if request.method == "POST":
        with transaction.atomic():
            is_again = chosen["act"] == "again"
            number = rows.send_again(issue, bounced=is_ours) if is_again else rows.leave()
            done = "sent again" if is_again else "left at that"
            log_action(request.user, f"Deliveries {done}: {number}.", issue)
        messages.success(request, f"Mails {done}: {number}.")
        return HttpResponseRedirect(page_url(issue, "watch"))
    context = {
        "title": "Send again" if chosen["act"] == "again" else "Leave",
        "original": issue,
        "number": rows.count(),
        **chosen,
    }
    return render_page(request, Issue, "decide_many.html", context)


@require_POST
def doubts_seen(request: NewsroomRequest, key: int) -> HttpResponse:
    """Record that somebody knows of the doubts up to now: `newsletter_status` is content then."""
    issue = issue_of(request, key)
    check_permission(may_send_issue(request.user))
    Issue.objects.filter(pk=key).update(doubts_seen_at=timezone.now())
    log_action(request.user, "Saw who may or may not have got it.", issue)
    messages.success(request, "Noted. They can still be sent it again, or left.")
    return HttpResponseRedirect(page_url(issue, "watch"))
