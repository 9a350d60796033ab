"""What the pages of an issue share: their URLs, what the stored draft is, and where it stands."""

from typing import Any

from django.urls import reverse

from articles.dates import moment_in_words
from newsletter.checklist import IssueReview
from newsletter.models import Issue
from newsletter.rendering import LARGE, TOO_LARGE

from .form import mark_of

TEMPLATES = "admin/newsletter/issue"
# Of the size of a mail, for the meter.
LIMITS = {"large": LARGE, "most": TOO_LARGE, "kilobytes": TOO_LARGE // 1024}
LIST = "admin:newsletter_issue_changelist"


def page_url(issue: Issue, page: str) -> str:
    return reverse(f"admin:newsletter_issue_{page}", args=[issue.pk])


def beside(issue: Issue) -> dict[str, Any]:
    fresh = Issue.objects.select_related("list").get(pk=issue.pk)
    review = IssueReview(fresh)
    checks = review.checks if fresh.is_open else []
    blocking = sum(check.is_blocking for check in checks)
    return {
        "mark": mark_of(fresh),
        "review": review,
        "checks": checks,
        "blocking": blocking,
        "advice": len(checks) - blocking,
        "mail": review.mail,
        "limits": LIMITS,
        "issue": fresh,
    }


def in_words(issue: Issue) -> str:
    """Return a line such as “Approved: goes out on 3 May 2026, 18:00 (UTC)”."""
    match issue.state:
        case Issue.State.DRAFT:
            return "Draft — nobody gets it yet"
        case Issue.State.APPROVED:
            return f"Approved: goes out on {moment_in_words(issue.send_at)}"
        case Issue.State.SENDING:
            return f"Being sent since {moment_in_words(issue.started_at)}"
        case Issue.State.PAUSED:
            reason = f": {issue.pause_reason}" if issue.pause_reason else ""
            return f"Paused since {moment_in_words(issue.paused_at)}{reason}"
        case Issue.State.SENT:
            return f"Sent on {moment_in_words(issue.finished_at or issue.started_at)}"
    return f"Cancelled on {moment_in_words(issue.finished_at)}"
