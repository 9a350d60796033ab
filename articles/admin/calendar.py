"""The calendar: what was published, what will be, and what is due, by week and by month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from articles import policy
from articles.models import Article, Section

from .moving import MOVABLE
from .state import public_from

MOST = 1_000
YEARS = range(1970, 2200)
# Entries of a day that are shown before the rest is folded.
SHOWN = {"week": 12, "month": 4}


@dataclass(frozen=True)
class Span:
    """The days of a page: a week, or a month with the weeks at its edges in full."""

    name: str
    title: str
    first: date
    days: int
    month: int | None
    previous: str
    following: str

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)


def span_of(week: str, month: str) -> Span:
    """What `?week=2026-W48` or `?month=2026-11` asks for; this week without either.

    Raises Http404 for what is no week and no month.
    """
    try:
        if month:
            year, number = (int(part) for part in month.split("-"))
            return month_of(date(year, number, 1))
        if week:
            year, number = (int(part) for part in week.split("-W"))
            return week_of(date.fromisocalendar(year, number, 1))
    except (ValueError, OverflowError) as error:
        raise Http404("There is no such week or month.") from error
    return week_of(timezone.localdate())


def week_of(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    if monday.year not in YEARS:
        raise ValueError(day)
    sunday = monday + timedelta(days=6)
    return Span(
        "week",
        f"Week {monday.isocalendar().week}: {date_format(monday, 'j F')} to "
        f"{date_format(sunday, 'j F Y')}",
        monday,
        7,
        None,
        f"week={week_name(monday - timedelta(days=7))}",
        f"week={week_name(monday + timedelta(days=7))}",
    )


def month_of(first: date) -> Span:
    if first.year not in YEARS:
        raise ValueError(first)
    following = (first + timedelta(days=31)).replace(day=1)
    monday = first - timedelta(days=first.weekday())
    weeks = -((monday - following).days // 7)
    return Span(
        "month",
        date_format(first, "F Y"),
        monday,
        weeks * 7,
        first.month,
        f"month={first - timedelta(days=1):%Y-%m}",
        f"month={following:%Y-%m}",
    )


def week_name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


LABELS = {
    "published": "Public",
    "scheduled": "Scheduled",
    "embargo": "Embargo ends",
    "change": "Change",
    "due": "Due",
}


@dataclass(frozen=True)
class Entry:
    """An article on a day. `what` is one of the movable kinds, or `published` or `embargo`."""

    what: str
    article: Article
    day: date
    at: datetime | None
    can_move: bool

    @property
    def label(self) -> str:
        return LABELS[self.what]

    @property
    def was(self) -> str:
        """The value that a move begins with, as the form sends it back."""
        return MOVABLE[self.what].value(self.article) if self.what in MOVABLE else ""


@dataclass(frozen=True)
class Day:
    date: date
    is_today: bool
    is_outside: bool
    shown: list[Entry]
    folded: list[Entry]


def entries(span: Span, user: policy.Person, section: Section | None) -> tuple[list[Entry], bool]:
    """All that stands on these days, in order, with one query; and whether there is more of it."""
    start = timezone.make_aware(datetime.combine(span.first, time.min))
    end = timezone.make_aware(datetime.combine(span.last + timedelta(days=1), time.min))
    within = {"gte": start, "lt": end}
    moments = Q()
    for column in ("published_at", "embargoed_until", "change_at"):
        moments |= Q(**{f"{column}__{bound}": value for bound, value in within.items()})
    planned = Q(due_on__range=(span.first, span.last), published_at__isnull=True)
    rows = Article.objects.filter(moments | planned).select_related("section", "assignee")
    if section:
        rows = rows.filter(section=section)
    articles = list(rows.defer("body", "teaser")[: MOST + 1])
    found = [
        entry
        for article in articles[:MOST]
        for entry in entries_of(article, user)
        if span.first <= entry.day <= span.last
    ]
    found.sort(key=lambda entry: (entry.day, entry.at is None, entry.at or start, entry.article.pk))
    return found, len(articles) > MOST


def entries_of(article: Article, user: policy.Person) -> list[Entry]:
    """The moments of one article; all its columns are in hand."""
    found: list[tuple[str, date | datetime]] = []
    if at := public_from(article):
        held = article.embargoed_until == at and article.published_at != at
        future = "embargo" if held else "scheduled"
        found.append(("published" if article.is_public else future, at))
    elif article.due_on:
        found.append(("due", article.due_on))
    if article.change_at:
        found.append(("change", article.change_at))
    return [
        Entry(
            what,
            article,
            timezone.localtime(at).date() if isinstance(at, datetime) else at,
            at if isinstance(at, datetime) else None,
            what in MOVABLE and MOVABLE[what].may(user, article),
        )
        for what, at in found
    ]


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A week in columns or a month in rows; on a phone, a list of days."""
    if not policy.may(request.user, "view", Article):
        raise PermissionDenied
    span = span_of(request.GET.get("week", ""), request.GET.get("month", ""))
    sections = list(Section.objects.all())
    slug = request.GET.get("section", "")
    section = next((section for section in sections if section.slug == slug), None)
    found, is_cut = entries(span, request.user, section)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in found:
        by_day[entry.day].append(entry)
    today = timezone.localdate()
    most = SHOWN[span.name]
    days = [
        Day(
            day,
            day == today,
            span.month is not None and day.month != span.month,
            by_day[day][:most],
            by_day[day][most:],
        )
        for day in (span.first + timedelta(days=number) for number in range(span.days))
    ]
    middle = span.first + timedelta(days=7 if span.month else 3)
    is_now = span.first <= today <= span.last
    return render(
        request,
        "admin/articles/article/calendar.html",
        {
            **admin.site.each_context(request),
            "title": "Calendar",
            "opts": Article._meta,
            "span": span,
            "days": days,
            "sections": sections,
            "section": section,
            "also": f"&section={section.slug}" if section else "",
            "this_week": f"week={week_name(today if is_now else middle)}",
            "this_month": f"month={(today if is_now else middle):%Y-%m}",
            "now": f"{span.name}="
            + (week_name(today) if span.name == "week" else f"{today:%Y-%m}"),
            "is_cut": is_cut,
            "most": MOST,
            "zone": timezone.get_current_timezone_name(),
        },
    )
