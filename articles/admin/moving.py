"""An article moved to another day in the calendar: its due date, its publication or its change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms.utils import from_current_timezone
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from articles import policy
from articles.models import Article

from .log import write_down
from .state import moment


@dataclass(frozen=True)
class Movable:
    """Something of an article that has a day. A moment keeps its time of day."""

    column: str
    words: str
    may: Callable[[policy.Person, Article], bool]
    store: Callable[[Article, Any], None]

    def value(self, article: Article) -> str:
        """As the form sends it back, to tell whether it is still the same."""
        stored = getattr(article, self.column)
        return stored.isoformat() if stored else ""

    def day(self, article: Article) -> date:
        stored = getattr(article, self.column)
        return timezone.localtime(stored).date() if isinstance(stored, datetime) else stored

    def stands(self, article: Article) -> str:
        """Where it stands, as a sentence."""
        stored = getattr(article, self.column)
        is_moment = isinstance(stored, datetime)
        return f"{self.words} {moment(stored) if is_moment else date_format(stored, 'l j F Y')}."

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


def may_change(user: policy.Person, article: Article) -> bool:
    return policy.may(user, "change", Article, article)


def may_publish(user: policy.Person, article: Article) -> bool:
    return policy.may_publish(user)


MOVABLE = {
    "due": Movable("due_on", "Due on", may_change, lambda article, day: article.point(due_on=day)),
    "scheduled": Movable("published_at", "Public on", may_publish, Article.reschedule),
    "change": Movable(
        "change_at", "Change on", may_publish, lambda article, at: article.point(change_at=at)
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
        raise ValidationError(f"{moment(at)} is past. Choose a later day.")
    return at


class MoveForm(forms.Form):
    """The day, and the value that somebody saw who chose it."""

    day = forms.DateField(
        label="To the day", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    was = forms.CharField(widget=forms.HiddenInput)


STALE = "Somebody has moved it meanwhile. It stands where it is now; move it again if you must."


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, key: int, what: str) -> HttpResponse:
    """Ask for the day, then move. The calendar's script sends the same form and reads JSON."""
    article = get_object_or_404(Article, pk=key)
    kind = MOVABLE.get(what)
    if kind is None:
        raise Http404("There is nothing of that name to move.")
    if not kind.may(request.user, article):
        raise PermissionDenied
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
            return HttpResponseRedirect(calendar_at(kind.day(article)))
    elif form.is_bound:
        status, words = 422, "Choose a day, such as 2027-03-01."
    if by_script:
        return JsonResponse({"words": words}, status=status)
    if kind.value(article) == "":
        messages.warning(request, "It has no day any more.")
        return HttpResponseRedirect(calendar_at(timezone.localdate()))
    return render(
        request,
        "admin/articles/article/move.html",
        {
            **admin.site.each_context(request),
            "title": "Move to another day",
            "opts": Article._meta,
            "original": article,
            "error": words,
            "stands": kind.stands(article),
            "form": MoveForm(initial={"day": kind.day(article), "was": kind.value(article)}),
            "calendar_address": calendar_at(kind.day(article)),
        },
        status=status,
    )


def moved(
    request: HttpRequest, kind: Movable, article: Article, asked: dict[str, Any]
) -> tuple[int, str]:
    """What became of it: a status and a sentence. `article` is as stored afterwards."""
    try:
        with transaction.atomic():
            article.hold()
            if kind.value(article) != asked["was"]:
                return 409, STALE
            words = kind.move(article, asked["day"])
            write_down(request.user, article, words)
    except ValidationError as error:
        return 422, " ".join(error.messages)
    return 200, f"“{article}”: {words}"


def calendar_at(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{reverse('admin:articles_article_calendar')}?week={year}-W{week:02}"
