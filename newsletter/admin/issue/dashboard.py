"""What the newsroom's first page says of issues to those who send them."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse

from articles import policy
from articles.admin.first_page import COUNTED, SHOWN, SOURCES, Panel, Row
from articles.admin.state import moment
from newsletter.models import Issue

from .issue_page import LIST, address
from .issue_state import in_words


def panels_of_issues(user: User) -> Iterable[Panel]:
    """Drafts, and what is approved and has not gone out; one query."""
    if not policy.may_send_issue(user):
        return
    waiting = Issue.objects.filter(Q(state=Issue.State.DRAFT) | Q(state=Issue.State.APPROVED))
    rows = waiting.select_related("list").defer("html", "text", "opening")
    found = list(rows.order_by("state", "send_at", "-modified_at")[: COUNTED + 1])
    yield Panel(
        "Newsletter",
        [row_of(issue) for issue in found[:SHOWN]],
        f"{COUNTED}+" if len(found) > COUNTED else str(len(found)),
        reverse(LIST),
        "No issue is being written, and none waits for its time.",
    )


def row_of(issue: Issue) -> Row:
    is_coming = not issue.is_open
    return Row(
        str(issue),
        address(issue, "change"),
        in_words(issue) if is_coming else f"Draft, changed {moment(issue.modified_at)}",
        [issue.list.name],
        issue.send_at if is_coming else None,
    )


SOURCES.append(panels_of_issues)
