"""The page on which an issue is frozen, to go out now or later."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles.admin.fields import MomentField
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from newsletter import approval
from newsletter.models import Issue
from newsletter.policy import may_send_issue

from .actions import LATE
from .form import mark_of, read_mark
from .pages import beside, in_words, page_url

NOW, LATER = "now", "at"


class ApproveForm(forms.Form):
    """The time at which an issue goes out."""

    when = forms.ChoiceField(
        label="When", choices=[(NOW, "Now"), (LATER, "At a time")], widget=forms.RadioSelect
    )
    at = MomentField(required=False, label="Date and time")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == NOW:
            self.errors.pop("at", None)  # whatever was typed there is not asked for
            cleaned["at"] = None
        elif "at" not in self.errors:
            at: datetime | None = cleaned.get("at")
            if at is None:
                self.add_error("at", "Say when.")
            elif at <= timezone.now():
                self.add_error("at", "That is past: send it now, or choose a later time.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: NewsroomRequest, key: int) -> HttpResponse:
    """Show what would go out, to whom and when; on POST, freeze it. Nothing happens to an issue
    that a colleague has changed since the page was opened."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    check_permission(may_send_issue(request.user))
    if not issue.is_open:
        if request.method == "POST":
            messages.error(request, LATE)
        return HttpResponseRedirect(page_url(issue, "change"))
    form = ApproveForm(request.POST if request.method == "POST" else None, initial={"when": NOW})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        seen = read_mark(request.POST.get("seen", ""))
        try:
            if seen is None:
                raise ValidationError("Look at it once more, then approve it.")
            approval.approve(issue, request.user, form.cleaned_data["at"], seen=seen)
        except ValidationError as refusal:
            refusals = refusal.messages
        else:
            log_action(request.user, f"{in_words(issue)}.", issue)
            messages.success(request, f"“{issue}”: {in_words(issue)}.")
            return HttpResponseRedirect(page_url(issue, "change"))
    status = 409 if refusals else 422 if form.errors else 200
    return render_page(
        request,
        Issue,
        "approve.html",
        {
            "title": "Approve and send",
            "original": issue,
            "form": form,
            "refusals": refusals,
            "seen": mark_of(issue),
            **beside(issue),
        },
        status=status,
    )
