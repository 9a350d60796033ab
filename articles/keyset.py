"""Listings cut by the last row seen instead of by a page number.

The hundredth page costs what the first costs, nothing is counted, and a new article at the top
moves nothing that a reader has already passed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from django.db.models import Q
from django.http import Http404, QueryDict

from .models import Article
from .models.articles import ArticleQuerySet

LENGTH = 10


@dataclass(frozen=True)
class Slice:
    """One page of a listing. `older` and `newer` are query strings of the pages beside it,
    None where there is none."""

    articles: list[Article]
    older: str | None
    newer: str | None


def cut(articles: ArticleQuerySet, query: QueryDict, length: int = LENGTH) -> Slice:
    """The page of `articles` that `?before=` or `?after=` asks for; the newest without either.

    Raises Http404 for a mark that no page of ours could have written.
    """
    if after := query.get("after"):
        rows = list(
            articles.filter(_newer_than(*_read(after))).order_by("published_at", "pk")[: length + 1]
        )
        more, rows = len(rows) > length, rows[:length][::-1]
        if not more:
            # The top is reached: show the first page in full, at its own address.
            return cut(articles, QueryDict(), length)
        return Slice(rows, f"?before={_mark(rows[-1])}", f"?after={_mark(rows[0])}")
    before = query.get("before")
    if before:
        articles = articles.filter(_older_than(*_read(before)))
    rows = list(articles.newest_first()[: length + 1])
    more, rows = len(rows) > length, rows[:length]
    return Slice(
        rows,
        older=f"?before={_mark(rows[-1])}" if more else None,
        newer=f"?after={_mark(rows[0])}" if before and rows else None,
    )


def _mark(article: Article) -> str:
    """A row's place in the order, as it stands in an address."""
    moment = cast(datetime, article.published_at)  # listings hold published rows only
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{article.pk}"


def _read(mark: str) -> tuple[datetime, int]:
    try:
        moment, _, key = mark.partition("-")
        pk = int(key)
        if not 0 < pk < 2**63:
            raise ValueError(mark)
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), pk
    except ValueError as error:
        raise Http404("There is no such page of this listing.") from error


def _older_than(moment: datetime, pk: int) -> Q:
    return Q(published_at__lte=moment) & (Q(published_at__lt=moment) | Q(pk__lt=pk))


def _newer_than(moment: datetime, pk: int) -> Q:
    return Q(published_at__gte=moment) & (Q(published_at__gt=moment) | Q(pk__gt=pk))
