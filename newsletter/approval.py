"""Approval of an issue: it is checked, frozen and given its time; and back, while nobody has it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .checklist import IssueReview
from .models import Issue, IssueItem

MEANWHILE = "Somebody has changed it meanwhile, so nothing was done. This is how it stands now."
FROZEN_OF_AN_ITEM = ["headline", "summary", "frozen_url"]


@transaction.atomic
def approve(
    issue: Issue, by: User | None, send_at: datetime | None = None, *, seen: datetime | None = None
) -> None:
    """Freeze the issue: from now on its mail stays as it is, and goes out at `send_at` (at once, if
    none is given).

    `seen` is `modified_at` of what the person looked at. Raises ValidationError, and does nothing,
    if the issue was changed meanwhile or something must be mended first.
    """
    locked = Issue.objects.select_for_update().select_related("list").get(pk=issue.pk)
    if not locked.is_open or (seen and seen != locked.modified_at):
        raise ValidationError(MEANWHILE)
    review = IssueReview(locked)
    if faults := review.blocking:
        raise ValidationError([check.what for check in faults])
    mail = review.mail
    for item in review.items:
        item.freeze()
    IssueItem.objects.bulk_update(review.items, FROZEN_OF_AN_ITEM)
    now = timezone.now()
    moved = issue.move(
        Issue.State.DRAFT,
        to=Issue.State.APPROVED,
        slug=locked.slug,
        html=mail.html,
        text=mail.text,
        approved_at=now,
        approved_by=by,
        send_at=send_at or now,
    )
    if not moved:
        raise ValidationError(MEANWHILE)


@transaction.atomic
def withdraw_approval(issue: Issue) -> bool:
    """Make the issue a draft again while nobody has got it; return whether that was possible."""
    rows = Issue.objects.filter(
        pk=issue.pk,
        state__in=[Issue.State.APPROVED, Issue.State.PAUSED],
        started_at__isnull=True,
    )
    if not rows.update(
        state=Issue.State.DRAFT,
        slug=None,
        **dict.fromkeys(("html", "text", "pause_reason"), ""),
        **dict.fromkeys(("approved_at", "approved_by", "send_at", "paused_at"), None),
        modified_at=timezone.now(),
    ):
        return False
    issue.refresh_from_db()
    items = list(issue.items.for_mail())
    for item in items:
        item.thaw()
    IssueItem.objects.bulk_update(items, FROZEN_OF_AN_ITEM)
    return True
