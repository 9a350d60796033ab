"""Issues that go out: prepared with a row for each recipient, paused, finished."""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Value
from django.utils import timezone

from articles.database.statistics import refresh_statistics
from newsletter.models import Delivery, Issue, MailEvent, Subscription
from newsletter.refusals import OURS, Cause

# A copy of the database that is brought back after days must not mail everybody at once.
OVERDUE = timedelta(hours=12)
TOO_LATE = (
    "It should have been sent more than 12 hours ago, while no worker was running. Resume it if it "
    "should still go out."
)
AT_ONCE = 5_000

# An issue pauses itself above so many failures among the last ones.
TOO_MANY_FAILURES = 0.05
LAST_ONES = 200
FEWEST_TO_JUDGE = 20

INSERT = """
    INSERT INTO {table} (issue_id, subscription_id, address, state, attempts, error)
    {audience}
    ON CONFLICT DO NOTHING
"""


def start_due_issues() -> list[Issue]:
    """Start due issues and go on with those that a stopped worker left half prepared; return those
    that became ready to be sent."""
    for issue in Issue.objects.due().select_related("list").order_by("send_at", "pk"):
        # Whoever resumed it since then knows that it is late.
        is_late = timezone.now() - max(filter(None, (issue.send_at, issue.resumed_at))) > OVERDUE
        if reason := TOO_LATE if is_late else issue.blocking_reason():
            issue.pause(reason)
        else:
            issue.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    begun = Issue.objects.running().filter(prepared_at__isnull=True).order_by("started_at", "pk")
    return [issue for issue in begun.select_related("list") if prepare(issue)]


def prepare(issue: Issue) -> bool:
    """Add a row for each recipient; return whether the issue became ready by that.

    It may run again at will, by several workers at once: existing rows stay. Afterwards nobody is
    added: people who confirm later get the next issue.
    """
    subscriptions = Subscription.objects.filter(list=issue.list_id)
    last = subscriptions.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last + 1, AT_ONCE):
        if not Issue.objects.running().filter(pk=issue.pk, prepared_at__isnull=True).exists():
            return False
        add_recipients(issue, start, start + AT_ONCE)
    refresh_statistics(Delivery)
    rows = Issue.objects.running().filter(pk=issue.pk, prepared_at__isnull=True)
    return bool(rows.update(prepared_at=timezone.now()))


def add_recipients(issue: Issue, start: int, end: int) -> None:
    """Add the recipients whose subscription has its key in this range. The rows never leave the
    database, and each statement is a transaction of its own, so that nobody waits for it long."""
    audience = (
        issue.audience()
        .filter(pk__gte=start, pk__lt=end)
        .order_by("pk")
        .annotate(of_issue=Value(issue.pk), state=Value(Delivery.State.PENDING.value))
        .annotate(attempts=Value(0), error=Value(""))
        .values_list("of_issue", "pk", "subscriber__email", "state", "attempts", "error")
    )
    statement, values = audience.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(table=Delivery._meta.db_table, audience=statement), values)


def pause_if_failing(issue: Issue) -> bool:
    """Pause the issue if too many of its last mails failed since a person resumed it. Mails in
    doubt are no failures, and skipped ones are not counted. Return whether it was paused."""
    ended = Delivery.objects.filter(
        issue=issue,
        state__in=[Delivery.State.SENT, Delivery.State.FAILED],
        finished_at__isnull=False,
    )
    resumed_at = Issue.objects.values_list("resumed_at", flat=True).get(pk=issue.pk)
    if resumed_at:
        ended = ended.filter(finished_at__gt=resumed_at)
    last = list(ended.order_by("-finished_at").values_list("state", flat=True)[:LAST_ONES])
    failed = last.count(Delivery.State.FAILED)
    if len(last) < FEWEST_TO_JUDGE or failed <= TOO_MANY_FAILURES * len(last):
        return False
    return issue.pause(
        f"{failed} of the last {len(last)} mails failed. See why before you resume it: their "
        "errors stand beside their addresses."
    )


def pause_if_refused(issue: Issue) -> bool:
    """Pause the issue when its message is refused, or when we are for the second time. Whoever
    resumed it knows of it: from then on only two refusals without a mail between them count, since
    a few hosts may go on to block us. Return whether it was paused."""
    events = MailEvent.objects.filter(source="smtp", cause__in=OURS, delivery__issue=issue)
    if issue.resumed_at:
        sent = issue.deliveries.filter(state=Delivery.State.SENT).aggregate(at=Max("finished_at"))
        events = events.filter(
            received_at__gt=max(issue.resumed_at, sent["at"] or issue.resumed_at)
        )
    last = list(events.order_by("-received_at")[:2])
    is_of_message = any(one.cause == Cause.MESSAGE for one in last)
    if len(last) < (1 if is_of_message and not issue.resumed_at else 2):
        return False
    what = "The mail itself is" if last[0].cause == Cause.MESSAGE else "We are"
    return issue.pause(f"{what} refused: {last[0].raw}"[:200] + ". Resume it when that is mended.")


def finish_issues() -> list[Issue]:
    """Mark the issues as sent of which no delivery waits any more, and return them."""
    unfinished = Delivery.objects.unfinished().filter(issue=OuterRef("pk"))
    done = Issue.objects.running().filter(~Exists(unfinished), prepared_at__isnull=False)
    now = timezone.now()
    return [
        issue
        for issue in done
        if done.filter(pk=issue.pk).update(state=Issue.State.SENT, finished_at=now, modified_at=now)
    ]
