"""Subscribers as a file."""

from typing import cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import policy
from newsletter import spreadsheets
from newsletter.exporting import table
from newsletter.models import MailingList, Subscriber
from newsletter.models.subscribers import SubscriberQuerySet

from .importing import download


class ExportForm(forms.Form):
    """Whom; all of them when nothing is chosen."""

    state = forms.ChoiceField(
        required=False, choices=[("", "Any"), *Subscriber.Standing.choices], label="State"
    )
    list = forms.ModelChoiceField(
        MailingList.objects.all(),
        required=False,
        empty_label="Any",
        label="List",
        to_field_name="slug",
    )

    def people(self) -> SubscriberQuerySet:
        people = Subscriber.objects.all()
        if state := self.cleaned_data["state"]:
            people = people.in_standing(Subscriber.Standing(state))
        if one := self.cleaned_data["list"]:
            people = people.on_list(one.slug)
        return people


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Ask whom; send them line by line, however many there are. Who took them away is logged."""
    if not policy.may(request.user, "view", Subscriber):
        raise PermissionDenied
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by = cast(User, request.user)
        LogEntry.objects.log_actions(
            by.pk, [Subscriber(email="Subscribers")], CHANGE, "Exported as CSV."
        )
        name = f"subscribers-{timezone.localdate():%Y-%m-%d}.csv"
        return download(spreadsheets.lines(table(form.people())), name)
    context = {
        **admin.site.each_context(request),
        "opts": Subscriber._meta,
        "title": "Export subscribers",
        "form": form,
    }
    return render(request, "admin/newsletter/subscriber/export.html", context)
