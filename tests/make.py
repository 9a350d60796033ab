"""Rows for tests, each complete and as short to ask for as possible."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from articles.models import Article, Author

numbers = itertools.count(1)

FIVE_PARAGRAPHS = "".join(
    f"<p>{word} paragraph of a report from the strait.</p>"
    for word in ("First", "Second", "Third", "Fourth", "Fifth")
)


def article(
    headline: str = "",
    *,
    authors: list[Author] | None = None,
    tags: list[str] | None = None,
    minutes_ago: float | None = 60,
    **fields: Any,
) -> Article:
    """A published article; `minutes_ago=None` makes a draft, a negative number schedules it."""
    number = next(numbers)
    if minutes_ago is not None:
        fields.setdefault("published_at", timezone.now() - timedelta(minutes=minutes_ago))
    made = Article.objects.create(
        headline=headline or f"Headline {number}",
        **{"slug": f"article-{number}", "body": FIVE_PARAGRAPHS, **fields},
    )
    made.sign(authors or [])
    made.tags.set(tags or [])
    return made


def author(name: str = "", **fields: Any) -> Author:
    number = next(numbers)
    return Author.objects.create(
        name=name or f"Author {number}", **{"slug": f"author-{number}", **fields}
    )
