"""Permissions of the newsletter: its group, and the rules that narrow a grant to single rows."""

from articles.policy import GROUPS, ROW_RULES, Person, grants, may

from .models import Issue, Subscriber

SEND = "newsletter.send_issue"

NEWSLETTER = (
    grants("view", "articles.article", "newsletter.mailevent")
    | grants("view add change delete", "newsletter.issue", "newsletter.mailinglist")
    | grants("view add delete", "newsletter.subscriber")
    | grants("view change", "newsletter.letterhead")
    | {SEND}
)


def may_send_issue(user: Person) -> bool:
    """Decide that an issue of the newsletter goes out: approve, schedule, pause, cancel."""
    return user.has_perm(SEND)


def may_write_issue(user: Person, issue: Issue) -> bool:
    """Write a draft: an approved issue is frozen, so that the same words go to everybody."""
    return issue.is_open


def may_lift_suppression(user: Person) -> bool:
    return may(user, "add", Subscriber)


GROUPS["Newsletter"] = NEWSLETTER
GROUPS["Chief"].update(NEWSLETTER)
for verb in ("change", "delete"):
    ROW_RULES[verb, "newsletter.issue"] = may_write_issue
