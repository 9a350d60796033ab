"""The working copy as its page will look: beside the form, and for somebody outside."""

from datetime import datetime, time, timedelta
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, newsroom_request
from articles.models import Article, PreviewLink, Revision
from articles.structured_data import absolute
from articles.views.preview import page_of

from .page import article_for, article_page, article_url, typed_text

USUAL_DAYS = 7
MOST_DAYS = 60


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def preview(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """Show what this person has typed in the form `?session=`, else the working copy. It may stand
    in a frame, but of our own pages only."""
    article = get_object_or_404(Article.objects.for_page(), pk=key) if key else None
    check_permission(policy.may(request.user, "view" if article else "add", Article, article))
    typed = typed_text(newsroom_request(request), article)
    if article is None and typed is None:
        raise Http404("Nothing was typed in this form yet.")
    # What was never stored has a key that no row can have, so that its lists can be asked for.
    article = article or Article(pk=0)
    version = typed or (article.working_copy if article.has_unpublished_changes else None)
    return page_of(request, version.content.apply_to(article) if version else article)


class PreviewLinkForm(forms.Form):
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
        day = self.cleaned_data["last_day"]
        ahead = (day - timezone.localdate()).days
        if ahead < 0:
            raise ValidationError("That day is over.")
        if ahead > MOST_DAYS:
            raise ValidationError(f"Choose a day within the next {MOST_DAYS} days.")
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def preview_links(request: NewsroomRequest, key: int) -> HttpResponse:
    article = article_for(request, key, policy.may_share_preview)
    form = PreviewLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            article = Article.objects.locked(key)
            link = PreviewLink.objects.create(
                revision=Revision.objects.newest(article),
                note=form.cleaned_data["note"],
                expires_at=form.cleaned_data["last_day"],
                made_by=request.user,
            )
        messages.success(request, f"The link for {link.note} is made. Copy it below.")
        return redirect(request.path)
    links = PreviewLink.objects.of(article).select_related("revision", "made_by")
    return article_page(
        request,
        article,
        "preview_links.html",
        title="Show it to somebody outside",
        form=form,
        links=[(link, absolute(link.get_absolute_url())) for link in links],
    )


@require_POST
def revoke(request: NewsroomRequest, key: int, link: int) -> HttpResponse:
    article = article_for(request, key, policy.may_share_preview)
    found = get_object_or_404(PreviewLink.objects.of(article), pk=link)
    found.revoke()
    messages.success(request, f"The link for {found.note} is closed.")
    return redirect("admin:articles_article_preview_links", key)


def panel(user: Any, article: Article | None) -> dict[str, Any]:
    found: dict[str, Any] = {"preview_url": article_url("preview", article)}
    if article and policy.may_share_preview(user, article):
        links = PreviewLink.objects.open().of(article)
        found |= {"may_share_preview": True, "open_links": links.count()}
    return found
