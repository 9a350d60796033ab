"""What can be done to an issue that is not written any more: paused, gone on with, cancelled,
written again, duplicated; and the page that shows it frozen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST
from js_asset import Media

from articles import policy
from articles.admin.fields import name_of
from articles.admin.widgets import module
from newsletter.models import Delivery, Issue

from .issue_page import address, answer, log, meter
from .issue_state import in_words

LATE = "It has gone on meanwhile, so nothing was done. This is how it stands now."


@dataclass(frozen=True)
class Act:
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
ACTS = {
    "pause": Act(
        "Pause it",
        "No more mails of it go out until somebody goes on with it. What is under way arrives.",
        "Paused",
        pause,
        (STATE.APPROVED, STATE.SENDING),
    ),
    "resume": Act(
        "Go on",
        "It goes on where it stopped; nobody gets it twice.",
        "Goes on",
        lambda issue, by: issue.resume(),
        (STATE.PAUSED,),
    ),
    "cancel": Act(
        "Cancel it for good",
        "Nobody else gets it, and it cannot be taken up again. Its words stay here: it can be "
        "duplicated.",
        "Cancelled",
        lambda issue, by: issue.cancel(),
        (STATE.DRAFT, STATE.APPROVED, STATE.SENDING, STATE.PAUSED),
        asks=True,
    ),
    "reopen": Act(
        "Make it a draft again",
        "Nobody has got it yet. It can be changed again, and goes out only when it is approved "
        "once more.",
        "A draft again",
        lambda issue, by: issue.withdraw_approval(),
        (STATE.APPROVED, STATE.PAUSED),
        before_start=True,
        asks=True,
    ),
}


def acts_for(user: policy.Person, issue: Issue) -> list[tuple[str, Act]]:
    """What this person can do with it as it stands, by name."""
    if not policy.may_send_issue(user):
        return []
    return [(name, one) for name, one in ACTS.items() if one.is_for(issue)]


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, key: int, act: str) -> HttpResponse:
    """Ask (GET), then do it (POST)."""
    chosen = ACTS.get(act)
    if chosen is None:
        raise Http404(act)
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    if not policy.may_send_issue(request.user):
        raise PermissionDenied
    page = address(issue, "watch" if issue.started_at else "change")
    if not chosen.is_for(issue):
        messages.error(request, LATE)
        return HttpResponseRedirect(page)
    if request.method == "POST":
        with transaction.atomic():
            if chosen.do(issue, cast(User, request.user)):
                log(request, issue, f"{chosen.done}.")
                messages.success(request, f"“{issue}”: {in_words(issue)}.")
            else:
                messages.error(request, LATE)
        return HttpResponseRedirect(page)
    hindrance = issue.hindrance() if act == "resume" and not issue.started_at else ""
    return answer(
        request,
        "act.html",
        {
            "title": chosen.button,
            "original": issue,
            "act": chosen,
            "state": in_words(issue),
            "hindrance": hindrance,
        },
    )


@require_POST
def duplicate(request: HttpRequest, key: int) -> HttpResponse:
    """Begin a draft like it."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    if not policy.may(request.user, "add", Issue):
        raise PermissionDenied
    made = issue.duplicate(cast(User, request.user))
    log(request, made, f"Begun as a duplicate of “{issue}”.")
    messages.success(request, f"This draft is like “{issue}”.")
    return HttpResponseRedirect(address(made, "change"))


def frozen(request: HttpRequest, issue: Issue) -> HttpResponse:
    """What was approved, to be looked at; and what can still be done with it."""
    counts = issue.deliveries.order_by().values("state").annotate(number=Count("pk"))
    return answer(
        request,
        "frozen.html",
        {
            "title": "Issue",
            "original": issue,
            "state": in_words(issue),
            "hindrance": issue.hindrance() if issue.started_at is None else "",
            "meter": meter(len(issue.html.encode())),
            "counts": [
                (Delivery.State(row["state"]).label.capitalize(), row["number"]) for row in counts
            ],
            "acts": acts_for(request.user, issue),
            "may_add": policy.may(request.user, "add", Issue),
            "media": Media(js=[module("issue-preview")]),
        },
    )
