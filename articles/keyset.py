"""Listings cut by the last row seen instead of by a page number.

The hundredth page costs what the first costs, nothing is counted, and a new article at the top
moves nothing that a reader has already passed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404, QueryDict

LENGTH = 10
# Of the query string; `after` wins.
PARAMETERS = ("after", "before")

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page of a listing. `older` and `newer` are query strings of the pages beside it,
    None where there is none."""

    rows: list[Row]
    older: str | None
    newer: str | None


def cut(
    rows: QuerySet[Row],
    query: QueryDict,
    length: int = LENGTH,
    *,
    by: str = "published_at",
    also: Sequence[QuerySet[Row]] = (),
) -> Slice[Row]:
    """The page of `rows` that `?before=` or `?after=` asks for; the newest without either.

    `by` names the moment that orders them, which every row must have. `also` are further parts of
    the same listing: each is read by its own index, which an alternative of them has not, and of
    their rows only `by` is fetched. Raises Http404 for a mark that no page of ours could have
    written.
    """
    parts = [rows, *also]
    if after := query.get("after"):
        newer = [part.filter(_newer_than(by, *_read(after))) for part in parts]
        found = _in_order(_first(newer, length, by), by)[: length + 1]
        if len(found) > length:
            found = found[:length][::-1]
            return Slice(found, f"?before={_mark(found[-1], by)}", f"?after={_mark(found[0], by)}")
        # The top is reached: show the first page in full, at its own address.
    elif before := query.get("before"):
        older = [part.filter(_older_than(by, *_read(before))) for part in parts]
        page = top(newest(older, length, by=by), length, by=by)
        is_empty = not page.rows
        return page if is_empty else replace(page, newer=f"?after={_mark(page.rows[0], by)}")
    return top(newest(parts, length, by=by), length, by=by)


def newest(
    parts: Sequence[QuerySet[Row]], length: int = LENGTH, *, by: str = "published_at"
) -> QuerySet[Row]:
    """Return what the first page of a listing of these parts is cut from."""
    return _first(parts, length, f"-{by}")


def top(found: Iterable[Row], length: int = LENGTH, *, by: str = "published_at") -> Slice[Row]:
    """The first page, of what `newest()` found."""
    rows = _in_order(found, by)[::-1]
    has_more, rows = len(rows) > length, rows[:length]
    return Slice(rows, f"?before={_mark(rows[-1], by)}" if has_more else None, None)


def _first(parts: Sequence[QuerySet[Row]], length: int, order: str) -> QuerySet[Row]:
    # One more than a page has.
    key = "-pk" if order.startswith("-") else "pk"
    slices = [part.order_by(order, key)[: length + 1] for part in parts]
    if len(slices) == 1:
        return slices[0]
    # A sliced query cannot stand in a UNION on SQLite, but it can stand in an IN.
    every = parts[0].model._default_manager.order_by().only(order.removeprefix("-"))
    first, *others = (every.filter(pk__in=one.values("pk")) for one in slices)
    return first.union(*others)


def _in_order(found: Iterable[Row], by: str) -> list[Row]:
    return sorted(found, key=lambda row: (getattr(row, by), row.pk))


def _mark(row: Model, by: str) -> str:
    moment: datetime = getattr(row, by)
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{row.pk}"


def _read(mark: str) -> tuple[datetime, int]:
    try:
        moment, _, key = mark.partition("-")
        pk = int(key)
        if not 0 < pk < 2**63:
            raise ValueError(mark)
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), pk
    except ValueError as error:
        raise Http404("There is no such page of this listing.") from error


def _older_than(by: str, moment: datetime, pk: int) -> Q:
    return Q(**{f"{by}__lte": moment}) & (Q(**{f"{by}__lt": moment}) | Q(pk__lt=pk))


def _newer_than(by: str, moment: datetime, pk: int) -> Q:
    return Q(**{f"{by}__gte": moment}) & (Q(**{f"{by}__gt": moment}) | Q(pk__gt=pk))
