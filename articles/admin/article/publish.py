"""The page on which an article goes public: now or later, under embargo, changed, withdrawn."""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import comparing, policy
from articles.admin.fields import MomentField
from articles.admin.status import status_in_words
from articles.admin.views import NewsroomRequest, log_action
from articles.checklist import checks, publish_refusals
from articles.dates import moment_in_words
from articles.models import Article, Revision, Snapshot

from .checklist import listed, newest_text
from .page import article_for, article_page

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
        self.stored_at = article.scheduled_at if article.is_public else article.published_at
        initial = {
            "when": LATER if self.stored_at else NOW,
            "at": self.stored_at,
            "embargoed_until": article.embargoed_until,
            "substantive": article.scheduled_is_substantive,
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

    @property
    def blocking_embargo(self) -> datetime | None:
        if not self.is_bound:
            return self.article.embargoed_until
        chosen = getattr(self, "cleaned_data", {})
        return None if chosen.get("at") else chosen.get("embargoed_until")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: NewsroomRequest, key: int) -> HttpResponse:
    """Show what would go public and when; do it.

    Nothing happens to an article that a colleague has changed since the page was opened: the page
    says so, and shows it as it is now.
    """
    if request.method == "POST":
        return decide(request, key)
    article = article_for(request, key, policy.may_publish_article)
    return shown(request, article, PublishForm(article))


def decide(request: NewsroomRequest, key: int) -> HttpResponse:
    with transaction.atomic():
        locked = Article.objects.select_for_update()
        article = article_for(request, key, policy.may_publish_article, locked)
        article.publish_scheduled_revision()  # it may be due without a request since
        form = PublishForm(article, request.POST)
        action = ACTIONS.get(request.POST.get("act", ""), go_public)
        if request.POST.get("seen") != state_token(article):
            return shown(request, article, form, refusal=stale_message(article))
        if (done := action(request, article, form)) is None:
            return shown(request, article, form)
        log_action(request.user, f"{done}.", article)
    # What is to come was named already, with its moment.
    is_coming = article.scheduled_at or (article.published_at and not article.is_public)
    status = "" if is_coming else f" {status_in_words(article)}."
    messages.success(request, f"“{article}”: {done}.{status}")
    return redirect("admin:articles_article_change", key)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: NewsroomRequest, key: int) -> HttpResponse:
    article = article_for(request, key, policy.may_publish_article)
    if request.method == "POST":
        with transaction.atomic():
            article.withdraw()
            log_action(request.user, "Taken off the site.", article)
        messages.success(request, f"“{article}” is off the site: {status_in_words(article)}.")
        return redirect("admin:articles_article_change", key)
    return article_page(request, article, "withdraw.html", title="Take it off the site?")


# What a button does; it answers what was done, in words, or None where the form refuses.


def go_public(request: NewsroomRequest, article: Article, form: PublishForm) -> str | None:
    if not form.is_valid():
        return None
    chosen = form.cleaned_data
    at: datetime | None = chosen["at"]
    newest = Revision.objects.newest(article)
    was_public = article.is_public
    if refusals := publish_refusals(article, newest.content, form.blocking_embargo):
        form.add_error(None, " ".join(["It cannot be published as it is.", *refusals]))
        return None
    by, note = request.user, chosen["note"]
    try:
        with transaction.atomic():
            if not was_public:
                article.update_columns(embargoed_until=chosen["embargoed_until"])
                article.publish(at, by=by, note=note)
            elif at:
                article.schedule_revision(at, substantive=chosen["substantive"])
            else:
                article.publish(by=by, note=note, substantive=chosen["substantive"])
    except ValidationError as refusal:
        article.lock()
        form.add_error(None, refusal.messages)
        return None
    if was_public:
        return f"Change scheduled for {moment_in_words(at)}" if at else "Change published"
    if article.embargoed_until and at and article.embargoed_until > at:
        return f"{status_in_words(article)}, which is later than the time that was chosen"
    return f"Scheduled for {moment_in_words(at)}" if at else "Published"


def unschedule_revision(
    request: NewsroomRequest, article: Article, form: PublishForm
) -> str | None:
    article.unschedule_revision()
    return "Scheduled change dropped"


def unschedule(request: NewsroomRequest, article: Article, form: PublishForm) -> str | None:
    if article.is_public:
        form.add_error(None, "It is public by now. It can be taken off the site.")
        return None
    article.withdraw()
    return "No longer scheduled"


ACTIONS: dict[str, Callable[[NewsroomRequest, Article, PublishForm], str | None]] = {
    "publish": go_public,
    "drop": unschedule_revision,
    "unschedule": unschedule,
}


# The page


def state_token(article: Article) -> str:
    # All on which a decision to publish rests; another value means that somebody was faster.
    moments = (article.published_at, article.embargoed_until, article.scheduled_at)
    keys = (article.working_copy_id, article.scheduled_revision_id)
    return ",".join(str(value or "") for value in (*keys, *moments))


def stale_message(article: Article) -> str:
    newest = article.working_copy
    who = newest.made_by.get_username() if newest and newest.made_by else "Somebody"
    what = "has published it" if newest and newest.kind == "published" else "has changed it"
    return f"{who} {what} meanwhile, so nothing was done. This is how it stands now."


def shown(
    request: NewsroomRequest, article: Article, form: PublishForm, refusal: str = ""
) -> HttpResponse:
    text = newest_text(article)
    judged = copy(article)
    judged.embargoed_until = form.blocking_embargo
    waits = article.is_public and article.has_unpublished_changes
    return article_page(
        request,
        article,
        "publish.html",
        status=409 if refusal else 200,
        title="Publish changes" if article.is_public else "Publish",
        form=form,
        refusal=refusal,
        seen=state_token(article),
        waits=waits,
        changed=comparing.changes(Snapshot.of(article), text) if waits else [],
        scheduled_at=moment_in_words(article.scheduled_at),
        has_older_change=article.scheduled_revision_id
        and article.scheduled_revision_id != article.working_copy_id,
        is_scheduled=article.published_at is not None and not article.is_public,
        **listed(checks(judged, text)),
    )
