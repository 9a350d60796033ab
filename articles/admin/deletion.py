"""Deleting what readers may have the address of: it asks where the address should lead."""

import re
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles.admin.views import check_permission, render_page
from articles.models import Article, HasURL, Page, RedirectOutcome, Section
from articles.models.redirects import normalise_path

from .base import NewsroomAdmin

HOST = re.compile(r"^https?://[^/]*")


class DeletionForm(forms.Form):
    """Ask where the URL of `leaving` should lead once it is deleted."""

    to = forms.ChoiceField(
        label="Where should its address lead?",
        choices=[
            ("row", "To an article or page"),
            ("section", "To a section"),
            (RedirectOutcome.FRONT.value, "To the front page"),
            (RedirectOutcome.GONE.value, "Nowhere: readers are told that it was withdrawn"),
        ],
        widget=forms.RadioSelect,
    )
    row = forms.CharField(
        label="Article or page",
        required=False,
        help_text="Its address, the last part of it, or its headline to the letter.",
    )
    section = forms.ModelChoiceField(Section.objects.all(), required=False)

    def __init__(self, *args: Any, leaving: models.Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaving = leaving

    def clean_row(self) -> HasURL | None:
        typed = self.cleaned_data["row"].strip()
        if self.data.get("to") != "row":
            return None
        if not typed:
            raise ValidationError("Say which article or page.")
        found = row_called(typed)
        if found == self.leaving:
            raise ValidationError("This is the one that you are deleting.")
        if found is None:
            raise ValidationError(f"No public article or page is called “{typed}”.")
        return found

    def clean_section(self) -> Section | None:
        section: Section | None = self.cleaned_data["section"]
        if self.data.get("to") == "section" and section is None:
            raise ValidationError("Choose a section.")
        return section

    @property
    def target(self) -> HasURL | RedirectOutcome:
        to = self.cleaned_data["to"]
        return self.cleaned_data[to] if to in ("row", "section") else RedirectOutcome(to)


def row_called(typed: str) -> HasURL | None:
    slug = normalise_path(HOST.sub("", typed)).strip("/")
    public: list[tuple[models.QuerySet, str]] = [
        (Article.objects.published().newest_first(), "headline"),
        (Page.objects.published(), "title"),
    ]
    for rows, name in public:
        if found := rows.filter(models.Q(slug=slug) | models.Q(**{name: typed})).first():
            return cast(HasURL, found)
    return None


class DeletionAdmin(NewsroomAdmin):
    """The admin of a model whose rows have `has_been_public`."""

    actions = ["delete_selected"]

    @admin.action(permissions=["delete"], description="Delete selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, rows: models.QuerySet) -> HttpResponse | None:
        """Delete as Django does, except rows of which readers may have the URL."""
        known = [row for row in rows if row.has_been_public]
        if not known:
            return cast("HttpResponse | None", delete_selected(self, request, rows))
        names = ", ".join(f"“{row}”" for row in known)
        messages.error(
            request,
            f"Nothing was deleted. Readers may have the address of {names}: delete one by one "
            "what has been public, and say where each address should lead.",
        )
        return None

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not row.has_been_public:
            return super().delete_view(request, object_id, extra_context)
        check_permission(self.has_delete_permission(request, row))
        form = DeletionForm(request.POST or None, leaving=row)
        if request.method == "POST" and form.is_valid():
            return self.delete_leading(request, row.pk, form.target)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return render_page(
            request,
            self.model,
            "deletion.html",
            {
                "title": "Delete it for good?",
                "original": row,
                "form": form,
                "change_url": reverse(f"{name}_change", args=[row.pk]),
            },
        )

    def delete_leading(
        self, request: HttpRequest, key: int, target: HasURL | RedirectOutcome
    ) -> HttpResponse:
        with transaction.atomic():
            rows = self.model._default_manager.select_for_update()
            row = get_object_or_404(rows, pk=key)
            # It may have been published again meanwhile.
            check_permission(self.has_delete_permission(request, row))
            self.log_deletions(request, rows.filter(pk=key))
            row.delete_leading_to(target)
        where = target.label if isinstance(target, RedirectOutcome) else f"“{target}”"
        messages.success(request, f"“{row}” is deleted. Its address leads to: {where}.")
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        )
