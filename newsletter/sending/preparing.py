"""An issue whose time has come gets a row for each recipient."""

from datetime import timedelta

from django.db import connection
from django.db.models import Max, Value
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscription

# A copy of the database that is brought back after days must not mail everybody at once.
OVERDUE = timedelta(hours=12)
AT_ONCE = 5_000

INSERT = """
    INSERT INTO {table} (issue_id, subscription_id, address, state, attempts, error)
    {audience}
    ON CONFLICT DO NOTHING
"""


def start_due_issues() -> list[Issue]:
    """Start what is due, go on where a worker was stopped in the middle; the issues that are
    ready to be sent now and were not before."""
    for issue in Issue.objects.due().select_related("list").order_by("send_at", "pk"):
        if reason := lateness(issue) or issue.hindrance():
            issue.pause(reason)
        else:
            issue.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    begun = Issue.objects.running().filter(prepared_at__isnull=True).order_by("started_at", "pk")
    return [issue for issue in begun.select_related("list") if prepare(issue)]


def lateness(issue: Issue) -> str:
    """Why an issue that is overdue must wait for a person; empty where it is not."""
    # Whoever resumed it since then knows that it is late.
    since = max(filter(None, (issue.send_at, issue.resumed_at)))
    if timezone.now() - since > OVERDUE:
        return (
            "It should have been sent more than 12 hours ago, while no worker was running. Resume "
            "it if it should still go out."
        )
    return ""


def prepare(issue: Issue) -> bool:
    """Give everybody in the audience a row; whether the issue became ready by that.

    It may be run again at will, by several workers at once: who has a row keeps it. Once it is
    done nobody is added: who confirms later gets the next issue.
    """
    subscriptions = Subscription.objects.filter(list=issue.list_id)
    last = subscriptions.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last + 1, AT_ONCE):
        if not Issue.objects.running().filter(pk=issue.pk, prepared_at__isnull=True).exists():
            return False
        add_recipients(issue, start, start + AT_ONCE)
    rows = Issue.objects.running().filter(pk=issue.pk, prepared_at__isnull=True)
    return bool(rows.update(prepared_at=timezone.now()))


def add_recipients(issue: Issue, start: int, end: int) -> None:
    """Those whose subscription has its key in this range. The rows never leave the database, and
    each statement is a transaction of its own, so that nobody waits for it long."""
    audience = (
        Subscription.objects.audience(issue)
        .filter(pk__gte=start, pk__lt=end)
        .order_by("pk")
        .annotate(of_issue=Value(issue.pk), state=Value(Delivery.State.PENDING.value))
        .annotate(attempts=Value(0), error=Value(""))
        .values_list("of_issue", "pk", "subscriber__email", "state", "attempts", "error")
    )
    statement, values = audience.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(table=Delivery._meta.db_table, audience=statement), values)
