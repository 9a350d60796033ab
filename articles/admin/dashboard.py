"""The dashboard of the newsroom: the work that waits for its user."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import policy
from articles.dates import moment_in_words
from articles.models import Article
from articles.models.articles import COMES_AT, ArticleQuerySet

from .fields import name_of

SHOWN = 5
COUNTED = 100


@dataclass(frozen=True)
class PanelRow:
    """A line of a panel. `until` is a moment that the browser counts down to."""

    text: str
    url: str
    when: str = ""
    details: list[str] = field(default_factory=list)
    until: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Panel:
    """The first rows of one kind, how many there are in words, and where all of them stand."""

    title: str
    rows: list[PanelRow]
    count: str
    url: str
    nothing: str


@dataclass(frozen=True)
class Kind:
    """A panel of articles before anything was fetched. `query` is what the list of articles is
    asked to show the same rows; `order` is one of the columns of `COLUMNS`, with a minus before it
    for the highest first."""

    title: str
    articles: ArticleQuerySet
    order: str
    query: str
    nothing: str


COLUMNS = ["modified_at", "published_at", "due_on", "comes_at"]


def kinds(user: User) -> list[Kind]:
    """Editors see everybody's work; writers what they began or were given."""
    is_editor = policy.may_publish(user)
    every = Article.objects.all() if is_editor else Article.objects.of(user)
    whose = "" if is_editor else "&whose=mine"
    waiting = every.unpublished()
    stage = Article.Stage
    drafts = Article.objects.unpublished().filter(stage=stage.DRAFT, created_by=user)
    given = Article.objects.unpublished().filter(assignee=user)
    return [
        Kind(
            "My drafts",
            drafts,
            "-modified_at",
            "state=draft&whose=begun",
            "You have no draft open.",
        ),
        Kind(
            "Assigned to me",
            given,
            "-modified_at",
            "state=unpublished&assignee=me",
            "Nobody has given you anything.",
        ),
        Kind(
            "Awaiting review",
            waiting.filter(stage=stage.IN_REVIEW),
            "-modified_at",
            f"state=in_review{whose}",
            "Nothing waits to be read.",
        ),
        Kind(
            "Due today and overdue",
            waiting.filter(due_on__lte=timezone.localdate()),
            "due_on",
            f"due=today{whose}",
            "Nothing is due.",
        ),
        Kind(
            "Ready to publish",
            waiting.filter(stage=stage.READY),
            "-modified_at",
            f"state=ready{whose}",
            "Nothing is ready and waits.",
        ),
        Kind(
            "Scheduled",
            every.scheduled(),
            "comes_at",
            f"waiting=coming{whose}",
            "Nothing is scheduled.",
        ),
        Kind(
            "Changes not published",
            every.with_unpublished_changes(),
            "-modified_at",
            f"waiting=change{whose}",
            "Every public article shows its newest text.",
        ),
        Kind(
            "Published this week",
            every.published_since(timezone.now() - timedelta(days=7)),
            "-published_at",
            f"state=new{whose}",
            "Nothing came out in the last seven days.",
        ),
    ]


def panels_of_articles(user: User) -> list[Panel]:
    """All panels with four queries, whatever they hold: each row of the first is a key."""
    asked = kinds(user)
    members = [
        Article.objects.filter(
            pk__in=kind.articles.order_by(kind.order).values("pk")[: COUNTED + 1]
        )
        .annotate(panel=Value(number), comes_at=COMES_AT)
        .values_list("panel", "pk", *COLUMNS)
        for number, kind in enumerate(asked)
    ]
    found: dict[int, list[Any]] = defaultdict(list)
    for panel, *row in members[0].union(*members[1:], all=True):
        found[panel].append(row)
    for number, kind in enumerate(asked):
        column = 1 + COLUMNS.index(kind.order.lstrip("-"))
        found[number].sort(key=lambda row: row[column], reverse=kind.order.startswith("-"))
    shown = {row[0] for rows in found.values() for row in rows[:SHOWN]}
    articles = Article.objects.for_lists().in_bulk(shown)
    return [
        Panel(
            kind.title,
            [row_of(articles[row[0]]) for row in found[number][:SHOWN] if row[0] in articles],
            f"{COUNTED}+" if len(found[number]) > COUNTED else str(len(found[number])),
            f"{reverse('admin:articles_article_changelist')}?{kind.query}",
            kind.nothing,
        )
        for number, kind in enumerate(asked)
    ]


def row_of(article: Article) -> PanelRow:
    details = [", ".join(author.name for author in article.byline)]
    if article.section:
        details.append(article.section.name)
    if article.assignee:
        details.append(f"with {name_of(article.assignee)}")
    notes: int | None = getattr(article, "open_notes", None)
    if notes:
        details.append(f"{notes} open {'note' if notes == 1 else 'notes'}")
    until = article.scheduled_at or article.public_from
    now, today = timezone.now(), timezone.localdate()
    is_coming = until is not None and until > now
    is_late = False
    if is_coming:
        when = f"{'Change' if article.scheduled_at else 'Public'} on {moment_in_words(until)}"
    elif article.published_at:
        when = f"Public since {moment_in_words(until)}"
    elif article.due_on:
        is_late = article.due_on < today
        when = f"{'Overdue since' if is_late else 'Due'} {day_in_words(article.due_on, today)}"
    else:
        when = f"Changed {moment_in_words(article.modified_at)}"
    return PanelRow(
        article.headline,
        reverse("admin:articles_article_change", args=[article.pk]),
        when,
        [detail for detail in details if detail],
        until if is_coming else None,
        is_late,
    )


def day_in_words(day: date, today: date) -> str:
    return "today" if day == today else date_format(day, "j F")


# Whoever has something else to say on the first page adds a function here.
SOURCES: list[Callable[[User], Iterable[Panel]]] = [panels_of_articles]


def dashboard_context(person: User) -> dict[str, Any]:
    works_on_articles = policy.may(person, "view", Article)
    sources = SOURCES if works_on_articles else []
    return {
        "panels": [panel for source in sources for panel in source(person)],
        "may_add": policy.may(person, "add", Article),
        "works_on_articles": works_on_articles,
    }
