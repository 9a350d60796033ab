"""The lists, and what stands on the mails of all of them."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.base import NewsroomAdmin, OneRowAdmin
from articles.admin.protection import PROTECTIONS, Protection
from newsletter.models import AddressFile, Issue, Letterhead, MailingList, Subscription
from newsletter.models.lists import FOLLOWED

admin.site.register(Letterhead, OneRowAdmin)

PROTECTIONS[MailingList] = Protection(
    "The mailing list {row} follows {protected}.",
    "Let the list follow something else, or delete the list, and try again.",
)
KEEP_IT = "Keep the list: it can stay, no longer offered to readers."
PROTECTIONS.update(
    {
        Issue: Protection(
            "The issue {row} was written for {protected}.", KEEP_IT, changes_row=False
        ),
        AddressFile: Protection(
            "The file {row} was imported for {protected}.", KEEP_IT, changes_row=False
        ),
        Subscription: Protection(
            "{row} is or was on {protected}.",
            KEEP_IT,
            lambda subscription: subscription.subscriber,
            changes_row=False,
        ),
    }
)


@admin.register(MailingList)
class MailingListAdmin(NewsroomAdmin):
    list_display = ["name", "blurb", "position", "is_offered", "opens_on"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "blurb", "position", "is_offered"]}),
        (
            "Only what is new of",
            {"fields": [*FOLLOWED], "description": "One at most; without one, of everything."},
        ),
        ("By itself", {"fields": ["opens_on", "opens_at"]}),
    ]

    def save_model(
        self, request: HttpRequest, obj: MailingList, form: forms.ModelForm, change: bool
    ) -> None:
        if {"opens_on", "opens_at"} & set(form.changed_data):
            obj.opened_at = timezone.now()  # a time that is past already is not made up for
        super().save_model(request, obj, form, change)
