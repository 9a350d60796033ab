"""What the newsroom's first page says of issues to those who send them."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse

from articles.admin.dashboard import COUNTED, SHOWN, SOURCES, Panel, PanelRow
from articles.dates import moment_in_words
from newsletter import limits
from newsletter.models import Issue
from newsletter.policy import may_send_issue

from .pages import LIST, in_words, page_url


def panels_of_issues(user: User) -> Iterable[Panel]:
    if not may_send_issue(user):
        return
    if closed := limits.closed_because():
        forms = reverse("admin:newsletter_subscriber_changelist")
        row = PanelRow(closed, forms, "Nobody is written to until that is over.", is_late=True)
        yield Panel("The sign-up form is closed", [row], "1", forms, "")
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


def row_of(issue: Issue) -> PanelRow:
    is_coming = not issue.is_open
    return PanelRow(
        str(issue),
        page_url(issue, "change"),
        in_words(issue) if is_coming else f"Draft, changed {moment_in_words(issue.modified_at)}",
        [issue.list.name],
        issue.send_at if is_coming else None,
    )


SOURCES.append(panels_of_issues)
