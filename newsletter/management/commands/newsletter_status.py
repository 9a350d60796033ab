"""How the issues stand, as text."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter import limits
from newsletter.models import Delivery, Issue
from newsletter.progress import IssueProgress, progress_of


class Command(BaseCommand):
    help = (
        "Say how the issues in hand stand, or the one with this number. Ends with 0 while all is "
        "well, and with 1 where somebody should look; the lines that begin with ! say why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("issue", type=int, nargs="?", help="the number in its address")

    def handle(self, *, issue: int | None, **options: Any) -> None:
        issues = Issue.objects.select_related("list").defer("html", "text", "opening")
        if issue is not None:
            issues = issues.filter(pk=issue)
            if not issues:
                raise CommandError(f"There is no issue {issue}.", returncode=2)
        else:
            in_hand = [Issue.State.APPROVED, Issue.State.SENDING, Issue.State.PAUSED]
            doubted = Delivery.objects.in_doubt_since_seen().values("issue")
            issues = issues.filter(state__in=in_hand) | issues.filter(pk__in=doubted)
        seen = [progress_of(one) for one in issues.order_by("pk")]
        if not seen:
            self.stdout.write("No issue is in hand.")
        for one in seen:
            self.stdout.write("\n".join(in_words(one)))
        if closed := limits.closed_because():
            self.stdout.write(f"! The sign-up form is closed: {closed}")
        if closed or any(one.warnings for one in seen):
            raise SystemExit(1)


def in_words(seen: IssueProgress) -> list[str]:
    issue, counts = seen.issue, seen.counts
    lines = [f"{issue.pk}  {issue}  ({issue.list})"]
    when = f", due {timezone.localtime(issue.send_at):%Y-%m-%d %H:%M}" if issue.send_at else ""
    lines.append(f"   {issue.get_state_display()}{when}")
    if seen.total:
        lines.append(f"   {seen.done} of {seen.total} done ({seen.percent} %)")
        parts = [f"{number} {state}" for state, number in counts.items() if number]
        lines.append(f"   {', '.join(parts)}")
    if issue.state == Issue.State.SENDING:
        lines.append(f"   {seen.last_minute} in the last minute; {seen.time_left_in_words} left")
    if seen.rates:
        lines.append(f"   {', '.join(seen.rates)}")
    if seen.reported:
        reported = ", ".join(f"{number} {kind}" for kind, number in sorted(seen.reported.items()))
        lines.append(f"   came back: {reported}")
    lines += [f"   error: {one.address}: {one.error}" for one in seen.errors]
    return [*lines, *(f"   ! {concern}" for concern in seen.warnings)]
