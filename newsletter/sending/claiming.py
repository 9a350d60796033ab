"""Rows change hands: by comparing and swapping state and lease, in one statement each.

A lease belongs to one claim. It is renewed while its worker lives, so it runs out only where a
worker is gone, or was stopped for a minute. The clocks of two machines may differ by half of that.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

import psycopg
from django.db import connection, models, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When
from django.utils import timezone
from psycopg.types.numeric import Int8

from newsletter.models import Delivery, Issue, Subscription

State = Delivery.State

LEASE = timedelta(seconds=60)
RENEWED_EVERY = LEASE / 4
NOT_WANTED = "Left the list, changed the address or is suppressed since the issue was prepared."
LOST = "The worker was stopped while this mail was on its way."
CALLED_OFF = "The issue was cancelled."


@dataclass(frozen=True)
class Claim:
    """A row in a worker's hand, with what is needed to write its mail."""

    delivery: int
    lease: uuid.UUID
    issue: int
    address: str
    key: str
    attempts: int
    first_tried_at: datetime | None


# What a row is again when nothing came of a claim.
WAITING = Case(
    When(due_at__isnull=True, then=Value(State.PENDING)),
    default=Value(State.DEFERRED),
    output_field=CharField(),
)
FREE = {"lease": None, "lease_until": None}


def claim(issue: int, wanted: int) -> list[Claim]:
    """Take some rows that are due: those that were never tried first. Two workers never wait for
    each other: where the database can, rows that another one is taking are skipped, and where it
    cannot, it lets one write at a time."""
    now = timezone.now()
    waiting = Delivery.objects.filter(issue=issue)
    lease = uuid.uuid4()
    with transaction.atomic():
        claims = take(waiting.filter(state=State.PENDING, due_at__isnull=True), wanted, lease)
        if not claims:
            due = waiting.filter(state=State.DEFERRED, due_at__lte=now)
            claims = take(due, wanted, lease)
        held = Delivery.objects.filter(
            pk__in=[one.delivery for one in claims], state__in=[State.PENDING, State.DEFERRED]
        )
        if claims:
            held.update(state=State.CLAIMED, lease=lease, lease_until=now + LEASE)
    return claims


def take(rows: QuerySet[Delivery], wanted: int, lease: uuid.UUID) -> list[Claim]:
    locked = rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:wanted]
    found = locked.values_list(
        "pk", "issue_id", "address", "subscription__key", "attempts", "first_tried_at"
    )
    return [
        Claim(pk, lease, issue, address, key or "", attempts, first_tried_at)
        for pk, issue, address, key, attempts, first_tried_at in found
    ]


def held_by(claims: Iterable[Claim], *states: State) -> list["QuerySet[Delivery]"]:
    """The rows of these claims as far as they still are in these states, under these leases."""
    leases: dict[uuid.UUID, list[int]] = {}
    for one in claims:
        leases.setdefault(one.lease, []).append(one.delivery)
    return [
        Delivery.objects.filter(pk__in=keys, lease=lease, state__in=states)
        for lease, keys in leases.items()
    ]


# The one statement that every mail goes through. It is written by hand, so that it is one: what was
# sent and what goes out next are committed together, and nothing is read before it is written. The
# CASE keeps PostgreSQL from the index of rows in hand, where it would wade through dead entries.
SWAP = """
    UPDATE {table} SET
        state = CASE state WHEN 'sending' THEN 'sent' ELSE 'sending' END,
        lease = CASE state WHEN 'sending' THEN NULL ELSE lease END,
        lease_until = CASE state WHEN 'sending' THEN NULL ELSE {time} END,
        finished_at = CASE state WHEN 'sending' THEN {time} ELSE NULL END,
        attempts = attempts + CASE state WHEN 'sending' THEN 1 ELSE 0 END,
        code = CASE state WHEN 'sending' THEN 250 ELSE code END,
        error = CASE state WHEN 'sending' THEN '' ELSE error END
    WHERE id IN ({keys}) AND CASE state
        WHEN 'sending' THEN ({sent})
        WHEN 'claimed' THEN ({wanted}) AND {still}
        ELSE FALSE
    END
    RETURNING id, state
"""
NOBODYS = (0, uuid.UUID(int=0))


def swap(sent: list[Claim], wanted: list[Claim], *, slots: int) -> list[Claim]:
    """Say that some mails were sent and that others are on their way; those of the others for
    which it is true. To be committed before anything more is sent.

    The same statement asks whether the issue still runs and the person still wants it. Who does
    not is skipped; rows of an issue that was paused wait again. `slots` is how many of either there
    are at most: the statement is always the same text, which databases need not read again.
    """
    if not (sent or wanted):
        return []
    statement, values = swap_statement(slots)
    now = timezone.now()
    pairs = [
        (claim.delivery, claim.lease) if claim else NOBODYS
        for claims in (sent, wanted)
        for claim in [*claims, *[None] * (slots - len(claims))]
    ]
    with swap_cursor() as cursor:
        cursor.execute(
            statement,
            [
                as_stored("lease_until", now + LEASE),
                as_stored("finished_at", now),
                *[as_key(key) for key, _ in pairs],
                *[value for key, of in pairs for value in (as_key(key), as_stored("lease", of))],
                *values,
            ],
        )
        begun = {key for key, state in cursor.fetchall() if state == State.SENDING}
    left = [one for one in wanted if one.delivery not in begun]
    if left:
        put_aside(left)
    return [one for one in wanted if one.delivery in begun]


@contextmanager
def swap_cursor() -> Iterator[Any]:
    """On PostgreSQL one that has the statement prepared: reading it anew costs more than doing it.
    Django's own put the values into the text."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as server_side:
        connection.connection.prepare_threshold = 0
        yield server_side


def as_key(key: int) -> Any:
    """Of one width, however small: the types belong to what is prepared."""
    return key if connection.vendor == "sqlite" else Int8(key)


def as_stored(column: str, value: Any) -> Any:
    field = cast("models.Field[Any, Any]", Delivery._meta.get_field(column))
    return field.get_db_prep_value(value, connection)


@cache
def swap_statement(slots: int) -> tuple[str, list[Any]]:
    """With its last values, which never change. What makes an issue run and a person want it is
    said where it always is."""
    running = Issue.objects.running().filter(pk=OuterRef("issue_id"))
    wanted = Subscription.objects.active().filter(
        pk=OuterRef("subscription_id"), subscriber__email=OuterRef("address")
    )
    query = Delivery.objects.filter(Exists(running), Exists(wanted)).query
    still, values = query.get_compiler(connection=connection).compile(query.where)
    pairs = " OR ".join(["(id = %s AND lease = %s)"] * slots)
    keys = ", ".join(["%s"] * 2 * slots)
    statement = SWAP.format(
        table=Delivery._meta.db_table, time="%s", keys=keys, sent=pairs, wanted=pairs, still=still
    )
    return statement, list(values)


def put_aside(claims: list[Claim]) -> None:
    running = Issue.objects.running().filter(pk=OuterRef("issue_id"))
    for rows in held_by(claims, State.CLAIMED):
        rows.filter(Exists(running)).update(
            state=State.SKIPPED, finished_at=timezone.now(), error=NOT_WANTED, **FREE
        )
    release(claims)


def release(claims: Iterable[Claim], state: State = State.CLAIMED) -> None:
    """Give back what was not sent; it is as if it had never been taken."""
    for rows in held_by(claims, state):
        rows.update(state=WAITING, **FREE)


def renew(claims: Iterable[Claim]) -> None:
    """Say that the worker which has these in hand is alive."""
    for rows in held_by(claims, State.CLAIMED, State.SENDING):
        rows.update(lease_until=timezone.now() + LEASE)


def expire(*, all_of_them: bool = False) -> int:
    """Take back what workers that are gone had in hand; how many mails are in doubt now.

    What was claimed waits again; what was on its way may have arrived, and is never sent again by
    itself. With `all_of_them` no lease is good: for the one who knows that no other worker runs.
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


def call_off() -> int:
    """Skip what still waits of issues that were cancelled; how many rows."""
    cancelled = Issue.objects.filter(pk=OuterRef("issue_id"), state=Issue.State.CANCELLED)
    waiting = Delivery.objects.filter(state__in=[State.PENDING, State.DEFERRED])
    return waiting.filter(Exists(cancelled)).update(
        state=State.SKIPPED, finished_at=timezone.now(), error=CALLED_OFF
    )


def make_durable() -> None:
    """Have this connection's commits survive a loss of power: a mail that went out must not be
    found unsent afterwards. The magazine's SQLite is set up to give up its last moments for speed
    (synchronous=NORMAL syncs only at checkpoints, in WAL mode); PostgreSQL may be."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=FULL")
        else:
            cursor.execute("SELECT set_config('synchronous_commit', 'on', false)")
