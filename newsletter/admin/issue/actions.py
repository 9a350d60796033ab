"""What can be done to an issue that is not written any more: paused, gone on with, cancelled,
written again, duplicated; and the page that shows it frozen."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST
from js_asset import Media

from articles import policy
from articles.admin.fields import name_of
from articles.admin.scripts import module
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from newsletter.approval import withdraw_approval
from newsletter.models import Delivery, Issue
from newsletter.policy import may_send_issue
from newsletter.rendering import RenderedMail

from .pages import in_words, page_url

LATE = "It has gone on meanwhile, so nothing was done. This is how it stands now."


@dataclass(frozen=True)
class IssueAction:
    """Something that is done to an issue once it has been approved."""

    button: str
    consequence: str
    done: str
    do: Callable[[Issue, User], bool]
    states: tuple[str, ...]
    before_start: bool = False
    asks: bool = False  # It cannot be undone by another button, so it is asked about once more.

    def is_for(self, issue: Issue) -> bool:
        return issue.state in self.states and not (self.before_start and issue.started_at)


def pause(issue: Issue, by: User) -> bool:
    return issue.pause(f"by {name_of(by)}")


STATE = Issue.State
ACTIONS = {
    "pause": IssueAction(
        "Pause it",
        "No more mails of it go out until somebody goes on with it. What is under way arrives.",
        "Paused",
        pause,
        (STATE.APPROVED, STATE.SENDING),
    ),
    "resume": IssueAction(
        "Go on",
        "It goes on where it stopped; nobody gets it twice.",
        "Goes on",
        lambda issue, by: issue.resume(),
        (STATE.PAUSED,),
    ),
    "cancel": IssueAction(
        "Cancel it for good",
        "Nobody else gets it, and it cannot be taken up again. Its words stay here: it can be "
        "duplicated.",
        "Cancelled",
        lambda issue, by: issue.cancel(),
        (STATE.DRAFT, STATE.APPROVED, STATE.SENDING, STATE.PAUSED),
        asks=True,
    ),
    "reopen": IssueAction(
        "Make it a draft again",
        "Nobody has got it yet. It can be changed again, and goes out only when it is approved "
        "once more.",
        "A draft again",
        lambda issue, by: withdraw_approval(issue),
        (STATE.APPROVED, STATE.PAUSED),
        before_start=True,
        asks=True,
    ),
}


def actions_for(user: policy.Person, issue: Issue) -> list[tuple[str, IssueAction]]:
    if not may_send_issue(user):
        return []
    return [(name, one) for name, one in ACTIONS.items() if one.is_for(issue)]


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_action(request: NewsroomRequest, key: int, action: str) -> HttpResponse:
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise Http404(action)
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    check_permission(may_send_issue(request.user))
    page = page_url(issue, "watch" if issue.started_at else "change")
    if not chosen.is_for(issue):
        messages.error(request, LATE)
        return HttpResponseRedirect(page)
    if request.method == "POST":
        with transaction.atomic():
            if chosen.do(issue, request.user):
                log_action(request.user, f"{chosen.done}.", issue)
                messages.success(request, f"“{issue}”: {in_words(issue)}.")
            else:
                messages.error(request, LATE)
        return HttpResponseRedirect(page)
    blocking_reason = issue.blocking_reason() if action == "resume" and not issue.started_at else ""
    return render_page(
        request,
        Issue,
        "action.html",
        {
            "title": chosen.button,
            "original": issue,
            "action": chosen,
            "state": in_words(issue),
            "blocking_reason": blocking_reason,
        },
    )


@require_POST
def duplicate(request: NewsroomRequest, key: int) -> HttpResponse:
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    check_permission(policy.may(request.user, "add", Issue))
    made = issue.duplicate(request.user)
    log_action(request.user, f"Begun as a duplicate of “{issue}”.", made)
    messages.success(request, f"This draft is like “{issue}”.")
    return HttpResponseRedirect(page_url(made, "change"))


def frozen(request: NewsroomRequest, issue: Issue) -> HttpResponse:
    """Show the approved mail, and what can still be done with it."""
    counts = issue.deliveries.order_by().values("state").annotate(number=Count("pk"))
    return render_page(
        request,
        Issue,
        "frozen.html",
        {
            "title": "Issue",
            "original": issue,
            "state": in_words(issue),
            "blocking_reason": issue.blocking_reason() if issue.started_at is None else "",
            "mail": RenderedMail(issue.subject, issue.html, issue.text),
            "counts": [
                (Delivery.State(row["state"]).label.capitalize(), row["number"]) for row in counts
            ],
            "actions": actions_for(request.user, issue),
            "may_add": policy.may(request.user, "add", Issue),
            "media": Media(js=[module("issue/preview")]),
        },
    )
