"""The working copy as its page will look: beside the form, and for somebody outside."""

from datetime import datetime, time, timedelta
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from articles import policy
from articles.models import Article, PreviewLink, Revision
from articles.structured_data import absolute
from articles.views.preview import page_of

USUAL_DAYS = 7
MOST_DAYS = 60


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def preview(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """What this person has typed in the form `?session=`, else the working copy.

    May stand in a frame, but of our own pages only.
    """
    article = get_object_or_404(Article.objects.for_page(), pk=key) if key else None
    if not policy.may(request.user, "view" if article else "add", Article, article):
        raise PermissionDenied
    typed = (
        Revision.objects.autosaves_of(cast(User, request.user))
        .filter(session=request.GET.get("session", "").replace("\0", ""), article=article)
        .first()
    )
    if article is None and typed is None:
        raise Http404("Nothing was typed in this form yet.")
    # What was never stored has a key that no row can have, so that its lists can be asked for.
    article = article or Article(pk=0)
    version = typed or (None if article.is_in_step else article.working_copy)
    return page_of(request, version.shown_on(article) if version else article)


class PreviewLinkForm(forms.Form):
    """For whom, and until when."""

    note = forms.CharField(
        label="For whom",
        max_length=200,
        help_text="Seen in the newsroom only, so that you know later whom to ask.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    last_day = forms.DateField(
        label="Last day",
        help_text=f"The link ends when this day does; at most {MOST_DAYS} days from now.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: timezone.localdate() + timedelta(days=USUAL_DAYS),
    )

    def clean_last_day(self) -> datetime:
        """The moment at which that day ends where the magazine is."""
        day = self.cleaned_data["last_day"]
        ahead = (day - timezone.localdate()).days
        if ahead < 0:
            raise ValidationError("That day is over.")
        if ahead > MOST_DAYS:
            raise ValidationError(f"Choose a day within the next {MOST_DAYS} days.")
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def preview_links(request: HttpRequest, key: int) -> HttpResponse:
    """Every link to a version of this article, and a form for another one to its working copy."""
    article = shared(request, key)
    form = PreviewLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            article = Article.objects.held(key)
            link = PreviewLink.objects.create(
                revision=Revision.objects.newest(article),
                note=form.cleaned_data["note"],
                expires_at=form.cleaned_data["last_day"],
                made_by=cast(User, request.user),
            )
        messages.success(request, f"The link for {link.note} is made. Copy it below.")
        return HttpResponseRedirect(request.path)
    links = PreviewLink.objects.of(article).select_related("revision", "made_by")
    return render(
        request,
        "admin/articles/article/preview_links.html",
        {
            **admin.site.each_context(request),
            "title": "Show it to somebody outside",
            "opts": Article._meta,
            "original": article,
            "form": form,
            "form_address": reverse("admin:articles_article_change", args=[key]),
            "links": [(link, absolute(link.get_absolute_url())) for link in links],
        },
    )


@require_POST
def revoke(request: HttpRequest, key: int, link: int) -> HttpResponse:
    """Close a link; whoever has it is told that it has ended."""
    article = shared(request, key)
    found = get_object_or_404(PreviewLink.objects.of(article), pk=link)
    found.revoke()
    messages.success(request, f"The link for {found.note} is closed.")
    return HttpResponseRedirect(reverse("admin:articles_article_preview_links", args=[key]))


def shared(request: HttpRequest, key: int) -> Article:
    article = get_object_or_404(Article, pk=key)
    if not policy.may_share_preview(request.user, article):
        raise PermissionDenied
    return article


def panel(user: Any, article: Article | None) -> dict[str, Any]:
    """What the panel in the article form needs."""
    if article is None:
        return {"preview_address": reverse("admin:articles_article_preview_new")}
    may_share = policy.may_share_preview(user, article)
    return {
        "preview_address": reverse("admin:articles_article_preview", args=[article.pk]),
        "may_share_preview": may_share,
        "open_links": PreviewLink.objects.open().of(article).count() if may_share else 0,
    }
