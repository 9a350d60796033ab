"""The calendar: what was published, what will be, and what is due; and moving it to another day."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.forms.utils import from_current_timezone
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from articles.dates import moment_in_words
from articles.models import Article, Section

from .page import article_for, article_page

MOST = 1_000
YEARS = range(1970, 2200)
# Entries of a day that are shown before the rest is folded.
SHOWN = {"week": 12, "month": 4}


@dataclass(frozen=True)
class Movable:
    """Something of an article that has a day. A moment keeps its time of day."""

    column: str
    words: str
    may: Callable[[policy.Person, Article], bool]
    store: Callable[[Article, Any], None]

    def value(self, article: Article) -> str:
        # As the form sends it back, to detect a change by somebody else.
        stored = getattr(article, self.column)
        return stored.isoformat() if stored else ""

    def day(self, article: Article) -> date:
        stored = getattr(article, self.column)
        return timezone.localtime(stored).date() if isinstance(stored, datetime) else stored

    def stands(self, article: Article) -> str:
        stored = getattr(article, self.column)
        if isinstance(stored, datetime):
            return f"{self.words} {moment_in_words(stored)}."
        return f"{self.words} {date_format(stored, 'l j F Y')}."

    def move(self, article: Article, day: date) -> str:
        """Move it to that day, and say so. Raises ValidationError where that cannot be."""
        stored = getattr(article, self.column)
        if not isinstance(stored, datetime):
            self.store(article, day)
        elif stored <= timezone.now():
            raise ValidationError("That has happened already, and cannot be moved.")
        else:
            self.store(article, at_same_time(stored, day))
        return self.stands(article)


MOVABLE = {
    "due": Movable(
        "due_on", "Due on", policy.may_edit, lambda article, day: article.update_columns(due_on=day)
    ),
    "scheduled": Movable(
        "published_at", "Public on", policy.may_publish_article, Article.reschedule
    ),
    "change": Movable(
        "scheduled_at",
        "Change on",
        policy.may_publish_article,
        lambda article, at: article.update_columns(scheduled_at=at),
    ),
}


def at_same_time(before: datetime, day: date) -> datetime:
    """The same time of day on another day, in the magazine's own time.

    Raises ValidationError where it is past, and where the clock skips or repeats it.
    """
    naive = datetime.combine(day, timezone.localtime(before).time())
    try:
        at = from_current_timezone(naive)
    except ValidationError as error:
        raise ValidationError(
            f"On {date_format(naive, 'j F Y')} the clock is changed, and {naive:%H:%M} is no one "
            "moment. Choose another day, or a time in the article's own form."
        ) from error
    if at <= timezone.now():
        raise ValidationError(f"{moment_in_words(at)} is past. Choose a later day.")
    return at


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
    """Return the days that `?week=2026-W48` or `?month=2026-11` asks for; this week without either.
    Raises Http404 for what is no week and no month."""
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
class CalendarEntry:
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
        return MOVABLE[self.what].value(self.article) if self.what in MOVABLE else ""


def entries(
    span: Span, user: policy.Person, section: Section | None
) -> tuple[list[CalendarEntry], bool]:
    """All that stands on these days, in order, with one query; and whether there is more of it."""
    start = timezone.make_aware(datetime.combine(span.first, time.min))
    end = timezone.make_aware(datetime.combine(span.last + timedelta(days=1), time.min))
    moments = Q()
    for column in ("published_at", "embargoed_until", "scheduled_at"):
        moments |= Q(**{f"{column}__gte": start, f"{column}__lt": end})
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


def entries_of(article: Article, user: policy.Person) -> list[CalendarEntry]:
    found: list[tuple[str, date | datetime]] = []
    if at := article.public_from:
        held = article.embargoed_until == at and article.published_at != at
        future = "embargo" if held else "scheduled"
        found.append(("published" if article.is_public else future, at))
    elif article.due_on:
        found.append(("due", article.due_on))
    if article.scheduled_at:
        found.append(("change", article.scheduled_at))
    return [
        CalendarEntry(
            what,
            article,
            timezone.localtime(at).date() if isinstance(at, datetime) else at,
            at if isinstance(at, datetime) else None,
            what in MOVABLE and MOVABLE[what].may(user, article),
        )
        for what, at in found
    ]


def days_of(span: Span, found: list[CalendarEntry], today: date) -> list[dict[str, Any]]:
    by_day: dict[date, list[CalendarEntry]] = defaultdict(list)
    for entry in found:
        by_day[entry.day].append(entry)
    most = SHOWN[span.name]
    return [
        {
            "date": day,
            "is_today": day == today,
            "is_outside": span.month is not None and day.month != span.month,
            "shown": by_day[day][:most],
            "folded": by_day[day][most:],
        }
        for day in (span.first + timedelta(days=number) for number in range(span.days))
    ]


@require_safe
def calendar(request: NewsroomRequest) -> HttpResponse:
    check_permission(policy.may(request.user, "view", Article))
    span = span_of(request.GET.get("week", ""), request.GET.get("month", ""))
    sections = list(Section.objects.all())
    slug = request.GET.get("section", "")
    section = next((section for section in sections if section.slug == slug), None)
    found, is_cut = entries(span, request.user, section)
    today = timezone.localdate()
    middle = span.first + timedelta(days=7 if span.month else 3)
    is_now = span.first <= today <= span.last
    return render_page(
        request,
        Article,
        "calendar.html",
        {
            "title": "Calendar",
            "span": span,
            "days": days_of(span, found, today),
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


# Moving


class MoveForm(forms.Form):
    """The day, and the value that somebody saw who chose it."""

    day = forms.DateField(
        label="To the day", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    was = forms.CharField(widget=forms.HiddenInput)


STALE = "Somebody has moved it meanwhile. It stands where it is now; move it again if you must."


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: NewsroomRequest, key: int, what: str) -> HttpResponse:
    """Ask for the day, then move. The calendar's script sends the same form and reads JSON."""
    kind = MOVABLE.get(what)
    if kind is None:
        raise Http404("There is nothing of that name to move.")
    article = article_for(request, key, kind.may)
    form = MoveForm(request.POST if request.method == "POST" else None)
    by_script = request.headers.get("Accept") == "application/json"
    status, words = 200, ""
    if form.is_valid():
        before = kind.day(article)
        status, words = moved(request, kind, article, form.cleaned_data)
        if status == 200 and by_script:
            days = {"before": str(before), "day": str(kind.day(article))}
            return JsonResponse({"words": words, "was": kind.value(article), **days})
        if status == 200:
            messages.success(request, words)
            return redirect(calendar_at(kind.day(article)))
    elif form.is_bound:
        status, words = 422, "Choose a day, such as 2027-03-01."
    if by_script:
        return JsonResponse({"words": words}, status=status)
    if kind.value(article) == "":
        messages.warning(request, "It has no day any more.")
        return redirect(calendar_at(timezone.localdate()))
    return article_page(
        request,
        article,
        "reschedule.html",
        status=status,
        title="Move to another day",
        error=words,
        stands=kind.stands(article),
        form=MoveForm(initial={"day": kind.day(article), "was": kind.value(article)}),
        calendar_url=calendar_at(kind.day(article)),
    )


def moved(
    request: NewsroomRequest, kind: Movable, article: Article, asked: dict[str, Any]
) -> tuple[int, str]:
    """Move it; return an HTTP status and a sentence. Refreshes `article`."""
    try:
        with transaction.atomic():
            article.lock()
            if kind.value(article) != asked["was"]:
                return 409, STALE
            words = kind.move(article, asked["day"])
            log_action(request.user, words, article)
    except ValidationError as error:
        return 422, " ".join(error.messages)
    return 200, f"“{article}”: {words}"


def calendar_at(day: date) -> str:
    return f"{reverse('admin:articles_article_calendar')}?week={week_name(day)}"
