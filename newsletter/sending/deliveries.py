"""Delivery rows: claimed by a worker, sent, and recorded.

Each step compares and swaps state and lease in one statement. A lease belongs to one worker. It is
renewed while that lives, so it runs out only where a worker is gone, or was stopped for a minute.
The clocks of two machines may differ by half of that.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import Delivery, Issue, MailEvent, Subscription, Suppression
from newsletter.refusals import OURS, Cause

from .replies import Outcome, SendResult

State = Delivery.State

LEASE = timedelta(seconds=60)
NOT_WANTED = "Left the list, changed the address or is suppressed since the issue was prepared."
LOST = "The worker was stopped while this mail was on its way."
CANCELLED = "The issue was cancelled."
# After a refusal for now; then every six hours, until it has been tried for two days.
BACK_OFF = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
GIVEN_UP_AFTER = timedelta(hours=48)


# What a row is again when nothing came of a claim.
WAITING = Case(
    When(due_at__isnull=True, then=Value(State.PENDING)),
    default=Value(State.DEFERRED),
    output_field=CharField(),
)
FREE = {"lease": None, "lease_until": None}


def claim(lease: UUID, issue: int, wanted: int, besides: Collection[int] = ()) -> list[Delivery]:
    """Claim up to `wanted` due rows of the issue, those that were never tried first. Two workers
    never wait for each other: PostgreSQL skips rows that another one is taking, and SQLite lets one
    write at a time."""
    now = timezone.now()
    waiting = (
        Delivery.objects.filter(issue=issue)
        .exclude(pk__in=besides)
        .select_for_update(skip_locked=True)
        .prefetch_related("subscription")
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # With old statistics it takes a sort of all that waits for as cheap as the first few
            # of an index that gives them in order: 300 ms, not 0.3, for 60,000 recipients.
            cursor.execute("SET LOCAL enable_sort = off")
        rows = list(waiting.filter(state=State.PENDING).order_by("pk")[:wanted]) or list(
            waiting.filter(state=State.DEFERRED, due_at__lte=now).order_by("due_at", "pk")[:wanted]
        )
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.CLAIMED, lease=lease, lease_until=now + LEASE
        )
    return rows


def leased(lease: UUID, *states: State) -> QuerySet[Delivery]:
    return Delivery.objects.filter(lease=lease, state__in=states or [State.CLAIMED, State.SENDING])


# The one statement that every mail goes through. It is written by hand, so that it is one: what was
# sent and what goes out next are committed together, and nothing is read before it is written. The
# CASE keeps PostgreSQL from the index of rows in hand, where it would wade through dead entries.
ADVANCE = """
    UPDATE {table} SET
        state = CASE state WHEN 'sending' THEN 'sent' ELSE 'sending' END,
        lease = CASE state WHEN 'sending' THEN NULL ELSE lease END,
        lease_until = CASE state WHEN 'sending' THEN NULL ELSE {value} END,
        finished_at = CASE state WHEN 'sending' THEN {value} ELSE NULL END,
        attempts = attempts + CASE state WHEN 'sending' THEN 1 ELSE 0 END,
        code = CASE state WHEN 'sending' THEN 250 ELSE code END,
        error = CASE state WHEN 'sending' THEN '' ELSE error END
    WHERE lease = {value} AND id IN ({keys}, {keys}) AND CASE state
        WHEN 'sending' THEN id IN ({keys})
        WHEN 'claimed' THEN id IN ({keys}) AND {still}
        ELSE FALSE
    END
    RETURNING id, state
"""


def advance(
    lease: UUID, sent: list[Delivery], wanted: list[Delivery], *, slots: int
) -> list[Delivery]:
    """Record that some mails were sent and that others are on their way; return those that are.
    Commit before anything more is sent.

    The same statement checks that the issue still runs and that the person still wants it. Rows of
    people who do not are skipped; rows of a paused issue wait again. `slots` is the most that
    either list holds: the statement is always the same text, which databases need not parse again.
    """
    if not (sent or wanted):
        return []
    statement, values = advance_statement(slots)
    now = timezone.now()
    # In one width, however small: types are part of a prepared statement.
    keys = [
        connection.ops.adapt_integerfield_value(row.pk if row else 0, "BigIntegerField")
        for rows in (sent, wanted)
        for row in [*rows, *[None] * (slots - len(rows))]
    ]
    with prepared_cursor() as cursor:
        cursor.execute(
            statement,
            [*stored(lease_until=now + LEASE, finished_at=now, lease=lease), *keys, *keys, *values],
        )
        begun = {key for key, state in cursor.fetchall() if state == State.SENDING}
    if left := [row.pk for row in wanted if row.pk not in begun]:
        running = Issue.objects.running().filter(pk=OuterRef("issue_id"))
        rows = leased(lease, State.CLAIMED).filter(pk__in=left)
        rows.filter(Exists(running)).update(
            state=State.SKIPPED, finished_at=now, error=NOT_WANTED, **FREE
        )
        rows.update(state=WAITING, **FREE)
    return [row for row in wanted if row.pk in begun]


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """Open a cursor that prepares the statement on PostgreSQL, where parsing it costs more than
    running it. Django's own cursors put the values into the text."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as server_side:
        connection.connection.prepare_threshold = 0
        yield server_side


def stored(**columns: Any) -> list[Any]:
    field = cast(Any, Delivery._meta.get_field)
    return [field(name).get_db_prep_value(value, connection) for name, value in columns.items()]


@cache
def advance_statement(slots: int) -> tuple[str, list[Any]]:
    """Return the statement and its last values, which never change. The conditions are those of the
    querysets."""
    running = Issue.objects.running().filter(pk=OuterRef("issue_id"))
    wanted = Subscription.objects.active().filter(
        pk=OuterRef("subscription_id"), subscriber__email=OuterRef("address")
    )
    query = Delivery.objects.filter(Exists(running), Exists(wanted)).query
    still, values = query.get_compiler(connection=connection).compile(query.where)
    statement = ADVANCE.format(
        table=Delivery._meta.db_table, value="%s", keys=", ".join(["%s"] * slots), still=still
    )
    return statement, list(values)


def release(lease: UUID, besides: Collection[int] = ()) -> None:
    """Let the rows wait again, besides those in a thread's hands: nothing was begun with them."""
    leased(lease).exclude(pk__in=besides).update(state=WAITING, **FREE)


def record(lease: UUID, row: Delivery, result: SendResult) -> None:
    """Record what became of a mail that was not sent, if the lease still holds its row. `advance()`
    records those that were sent."""
    now = timezone.now()
    first_tried_at = row.first_tried_at or now
    columns: dict[str, Any] = {
        **FREE,
        "attempts": F("attempts") + 1,
        "first_tried_at": first_tried_at,
        "code": result.code,
        "error": result.words[:500],
    }
    if result.outcome is Outcome.REQUEUED:
        columns = {**FREE, "state": WAITING}
    elif result.outcome is Outcome.DEFERRED and now - first_tried_at < GIVEN_UP_AFTER:
        wait = BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]
        columns |= {"state": State.DEFERRED, "due_at": now + wait}
    else:
        is_unclear = result.outcome is Outcome.UNKNOWN
        columns |= {"state": State.UNKNOWN if is_unclear else State.FAILED, "finished_at": now}
    if leased(lease, State.SENDING).filter(pk=row.pk).update(**columns):
        record_refusal(row, result)


def record_refusal(row: Delivery, result: SendResult) -> None:
    """Suppress an address that does not exist. Keep what may be a fault of its mailbox, which
    counts together with the bounces that come by mail, and every refusal of us or of the mail."""
    if result.cause is Cause.GONE and result.outcome is Outcome.FAILED:
        Suppression.objects.suppress(digest_of(row.address), Suppression.Reason.BOUNCED)
    elif result.cause in OURS or (result.cause and result.outcome is Outcome.FAILED):
        MailEvent.objects.create(
            source="smtp",
            event=str(uuid4()),
            kind=MailEvent.Kind.SOFT,
            cause=result.cause,
            address=row.address,
            delivery=row,
            raw=f"{result.code} {result.words}",
            happened_at=timezone.now(),
        )


def renew(lease: UUID) -> None:
    leased(lease).update(lease_until=timezone.now() + LEASE)


def expire(*, all_of_them: bool = False) -> int:
    """Take back the rows whose lease has expired; return how many mails are in doubt by that.

    A claimed row waits again; a mail that was on its way may have arrived, and is never sent again
    by itself. With `all_of_them` every lease counts as expired: use it only when no other worker is
    running.
    """
    now = timezone.now()
    in_hand = Delivery.objects.filter(state__in=[State.CLAIMED, State.SENDING])
    if not all_of_them:
        in_hand = in_hand.filter(lease_until__lt=now)
    with transaction.atomic():
        # Locked in any order by several workers at once, so none may wait for another.
        keys = list(in_hand.select_for_update(skip_locked=True).values_list("pk", flat=True))
        if not keys:
            return 0
        gone = in_hand.filter(pk__in=keys)
        gone.filter(state=State.CLAIMED).update(state=WAITING, **FREE)
        return gone.filter(state=State.SENDING).update(
            state=State.UNKNOWN,
            finished_at=now,
            attempts=F("attempts") + 1,
            error=LOST,
            **FREE,
        )


def skip_cancelled() -> int:
    cancelled = Issue.objects.filter(state=Issue.State.CANCELLED, started_at__isnull=False)
    waiting = Delivery.objects.filter(state__in=[State.PENDING, State.DEFERRED])
    # Their keys stand in the statement: a join might walk through all that waits.
    keys = list(cancelled.order_by().values_list("pk", flat=True))
    return waiting.filter(issue__in=keys).update(
        state=State.SKIPPED, finished_at=timezone.now(), error=CANCELLED
    )


def make_durable() -> None:
    """Let this connection's commits survive a loss of power: a mail that went out must not be found
    unsent afterwards. The magazine's SQLite gives up its last moments for speed (synchronous=NORMAL
    syncs only at checkpoints, in WAL mode), and PostgreSQL may be set up so."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=FULL")
        else:
            cursor.execute("SELECT set_config('synchronous_commit', 'on', false)")
