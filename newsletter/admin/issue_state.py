"""Where an issue stands, in plain words."""

from articles.admin.state import moment
from newsletter.models import Issue


def in_words(issue: Issue) -> str:
    """What stands over the buttons: “Approved: goes out on 3 May 2026, 18:00 (UTC)”."""
    match issue.state:
        case Issue.State.DRAFT:
            return "Draft — nobody gets it yet"
        case Issue.State.APPROVED:
            return f"Approved: goes out on {moment(issue.send_at)}"
        case Issue.State.SENDING:
            return f"Being sent since {moment(issue.started_at)}"
        case Issue.State.PAUSED:
            reason = f": {issue.pause_reason}" if issue.pause_reason else ""
            return f"Paused since {moment(issue.paused_at)}{reason}"
        case Issue.State.SENT:
            return f"Sent on {moment(issue.finished_at or issue.started_at)}"
    return f"Cancelled on {moment(issue.finished_at)}"
