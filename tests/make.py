"""Rows for tests, each complete and as short to ask for as possible."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from articles.models import Article, Author, FrontPage, Revision, Slot, Snapshot
from articles.models.front_page import Place

numbers = itertools.count(1)

FIVE_PARAGRAPHS = "".join(
    f"<p>{word} paragraph of a report from the strait.</p>"
    for word in ("First", "Second", "Third", "Fourth", "Fifth")
)


def content_version() -> dict[str, Any]:
    """What the gateway says in a request of the version of the content; a new one each time."""
    return {"magazine.content_version": next(numbers)}


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
    made.set_byline(authors or [])
    made.tags.set(tags or [])
    return made


def author(name: str = "", **fields: Any) -> Author:
    number = next(numbers)
    return Author.objects.create(
        name=name or f"Author {number}", **{"slug": f"author-{number}", **fields}
    )


def front_page(
    slots: dict[str, Article | Slot] | None = None, *, minutes_ago: float | None = 0, **fields: Any
) -> FrontPage:
    """A version of the front page, with these articles pinned, or these slots, at places such as
    `seconds.2`; `minutes_ago=None` makes a draft, a negative number schedules it."""
    if minutes_ago is not None:
        fields["published_at"] = timezone.now() - timedelta(minutes=minutes_ago)
        fields["stage"] = FrontPage.Stage.RELEASED
    page = FrontPage.objects.create(**fields)
    page.lay_out(
        {
            Place(place.split(".")[0], int(place.split(".")[1])): (
                slot if isinstance(slot, Slot) else Slot(article=slot)
            )
            for place, slot in (slots or {}).items()
        }
    )
    return page


def autosave(
    article: Article | None,
    text: Snapshot,
    *,
    by: Any,
    session: str = "one",
    base: int | None = None,
) -> Revision:
    return Revision.objects.create(
        article=article,
        kind=Revision.Kind.AUTOSAVED,
        snapshot=text.data,
        session=session,
        base_id=base,
        made_by=by,
    )
