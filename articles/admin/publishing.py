"""The page on which an article goes public: now or later, under embargo, changed, withdrawn."""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import policy
from articles.checklist import blocking, checks
from articles.merging import LABELS
from articles.models import Article, Revision, Snapshot

from .checklist import listed, newest_text
from .fields import MomentField
from .state import in_words, moment

NOW, LATER = "now", "at"


class PublishForm(forms.Form):
    """When an article, or the change of a public one, goes out."""

    when = forms.ChoiceField(
        label="When", choices=[(NOW, "Now"), (LATER, "At a time")], widget=forms.RadioSelect
    )
    at = MomentField(required=False, label="Date and time")
    embargoed_until = MomentField(
        required=False,
        label="Embargo until",
        help_text="Nothing of it is public before, whatever is chosen above. Empty: no embargo.",
    )
    substantive = forms.BooleanField(
        required=False,
        label="Readers should see “Updated”",
        help_text="For a change of substance, not for a comma.",
    )
    note = forms.CharField(
        required=False, max_length=200, help_text="For colleagues, in the history."
    )

    def __init__(self, article: Article, data: QueryDict | None = None) -> None:
        self.article = article
        self.stored_at = article.change_at if article.is_public else article.published_at
        initial = {
            "when": LATER if self.stored_at else NOW,
            "at": self.stored_at,
            "embargoed_until": article.embargoed_until,
            "substantive": article.change_is_substantive,
        }
        super().__init__(data, initial=initial)
        del self.fields["embargoed_until" if article.is_public else "substantive"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        article = self.article
        until = cast(MomentField, self.base_fields["embargoed_until"]).clean_unless_same(
            cleaned.get("embargoed_until"), article.embargoed_until
        )
        cleaned["embargoed_until"] = until
        if cleaned.get("when") == NOW:
            self.errors.pop("at", None)  # whatever was typed there is not asked for
            cleaned["at"] = None
        elif "at" not in self.errors:
            field = cast(MomentField, self.base_fields["at"])
            at = field.clean_unless_same(cleaned.get("at"), self.stored_at)
            cleaned["at"] = at
            now = timezone.now()
            if at is None:
                self.add_error("at", "Say when.")
            elif at <= now and not (at == self.stored_at and until and until > now):
                self.add_error("at", "That is past: publish now, or choose a later time.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, key: int) -> HttpResponse:
    """Show what would go public and when; do it.

    Nothing happens to an article that a colleague has changed since the page was opened: the page
    says so, and shows it as it is now.
    """
    if request.method == "POST":
        return decide(request, key)
    article = get_object_or_404(Article, pk=key)
    demand(request, article)
    return shown(request, article, PublishForm(article))


def decide(request: HttpRequest, key: int) -> HttpResponse:
    with transaction.atomic():
        article = get_object_or_404(Article.objects.select_for_update(), pk=key)
        demand(request, article)
        article.release_change()  # which may be due, and nobody has asked for a page since
        form = PublishForm(article, request.POST)
        act = ACTS.get(request.POST.get("act", ""), go_public)
        if request.POST.get("seen") != standing(article):
            return shown(request, article, form, refusal=told(article))
        if (done := act(request, article, form)) is None:
            return shown(request, article, form)
        log(request, article, f"{done}.")
    messages.success(request, f"“{article}”: {done}. {in_words(article)}.")
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[key]))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then take an article off every public page."""
    article = get_object_or_404(Article, pk=key)
    demand(request, article)
    form = reverse("admin:articles_article_change", args=[key])
    if request.method == "POST":
        with transaction.atomic():
            article.withdraw()
            log(request, article, "Taken off the site.")
        messages.success(request, f"“{article}” is off the site: {in_words(article)}.")
        return HttpResponseRedirect(form)
    context = {
        "title": "Take it off the site?",
        "original": article,
        "state": in_words(article),
        "form_address": form,
    }
    return answer(request, "withdraw.html", context)


def log(request: HttpRequest, article: Article, message: str) -> None:
    by = cast(AbstractUser, request.user)
    LogEntry.objects.log_actions(by.pk, [article], CHANGE, message, single_object=True)


def demand(request: HttpRequest, article: Article) -> None:
    may_change = policy.may(request.user, "change", Article, article)
    if not (policy.may_publish(request.user) and may_change):
        raise PermissionDenied


# What a button does; it answers what was done, in words, or None where the form refuses.


def go_public(request: HttpRequest, article: Article, form: PublishForm) -> str | None:
    """Publish the article or its changes, now or later."""
    if not form.is_valid():
        return None
    chosen = form.cleaned_data
    at: datetime | None = chosen["at"]
    newest = Revision.objects.newest(article)
    was_public = article.is_public
    if was_public and article.is_in_step:
        form.add_error(None, "Readers see this text already: nothing waits to be published.")
        return None
    as_chosen = copy(article)
    as_chosen.embargoed_until = None if at else chosen["embargoed_until"]
    if blocking(as_chosen, newest.content):
        form.add_error(None, "It cannot be published as it is: see what must be mended.")
        return None
    by, note = cast(AbstractUser, request.user), chosen["note"]
    try:
        with transaction.atomic():
            if not was_public:
                article.point(embargoed_until=chosen["embargoed_until"])
                article.publish(at, by=by, note=note)
            elif at:
                article.schedule_change(at, substantive=chosen["substantive"])
            else:
                article.publish(by=by, note=note, substantive=chosen["substantive"])
    except ValidationError as refusal:
        article.hold()
        form.add_error(None, refusal.messages)
        return None
    if was_public:
        return f"Change scheduled for {moment(at)}" if at else "Change published"
    return f"Scheduled for {moment(at)}" if at else "Published"


def drop_change(request: HttpRequest, article: Article, form: PublishForm) -> str | None:
    article.drop_change()
    return "Scheduled change dropped"


def unschedule(request: HttpRequest, article: Article, form: PublishForm) -> str | None:
    """Take back what readers have not seen yet. What is public by now is withdrawn elsewhere."""
    if article.is_public:
        form.add_error(None, "It is public by now. It can be taken off the site.")
        return None
    article.withdraw()
    return "No longer scheduled"


ACTS: dict[str, Callable[[HttpRequest, Article, PublishForm], str | None]] = {
    "publish": go_public,
    "drop": drop_change,
    "unschedule": unschedule,
}


# The page


def standing(article: Article) -> str:
    """All on which a decision to publish rests; another value means that somebody was faster."""
    moments = (article.published_at, article.embargoed_until, article.change_at)
    keys = (article.working_copy_id, article.change_id)
    return ",".join(str(value or "") for value in (*keys, *moments))


def told(article: Article) -> str:
    """Why nothing was done, for somebody who had opened the page before."""
    newest = article.working_copy
    who = newest.made_by.get_username() if newest and newest.made_by else "Somebody"
    what = "has published it" if newest and newest.kind == "published" else "has changed it"
    return f"{who} {what} meanwhile, so nothing was done. This is how it stands now."


def shown(
    request: HttpRequest, article: Article, form: PublishForm, refusal: str = ""
) -> HttpResponse:
    text = newest_text(article)
    waits = article.is_public and not article.is_in_step
    context = {
        "title": "Publish changes" if article.is_public else "Publish",
        "original": article,
        "article": article,
        "form": form,
        "refusal": refusal,
        "seen": standing(article),
        "state": in_words(article),
        "waits": waits,
        "changed": changed_fields(article, text) if waits else [],
        "change_at": moment(article.change_at),
        "has_older_change": article.change_id and article.change_id != article.working_copy_id,
        "is_scheduled": article.published_at is not None and not article.is_public,
        **listed(checks(article, text)),
    }
    return answer(request, "publish.html", context, status=409 if refusal else 200)


def changed_fields(article: Article, text: Snapshot) -> list[str]:
    """The names of what readers would see otherwise."""
    public = Snapshot.of(article)
    return [label for name, label in LABELS.items() if getattr(public, name) != getattr(text, name)]


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), "opts": Article._meta, **context}
    return render(request, f"admin/articles/article/{template}", context, status=status)
