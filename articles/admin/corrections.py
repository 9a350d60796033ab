"""Telling readers what was wrong in an article."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles import policy
from articles.models import Article, Correction

from .state import in_words


class CorrectionForm(forms.ModelForm):
    text = forms.CharField(
        max_length=4_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=Correction._meta.get_field("text").help_text,
    )
    substantive = forms.BooleanField(
        required=False,
        label="Call the article updated",
        help_text="Sets the date “Updated” to now. Leave it unless the change matters to "
        "somebody who has read the article already.",
    )

    class Meta:
        model = Correction
        fields = ["kind", "text"]
        widgets = {"kind": forms.RadioSelect}


def corrections(request: HttpRequest, key: int) -> HttpResponse:
    """The records of an article, and a form for the next. There is none for changing one."""
    article = get_object_or_404(Article, pk=key)
    if not policy.may_correct(request.user, article):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add(request, article, form)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[key]))
    return render(
        request,
        "admin/articles/article/corrections.html",
        {
            **admin.site.each_context(request),
            "title": "Add a correction",
            "opts": Article._meta,
            "original": article,
            "form": form,
            "state": in_words(article),
            "form_address": reverse("admin:articles_article_change", args=[key]),
            "corrections": article.corrections.select_related("made_by"),
        },
    )


def add(request: HttpRequest, article: Article, form: CorrectionForm) -> None:
    kind = Correction.Kind(form.cleaned_data["kind"])
    with transaction.atomic():
        article.correct(
            kind,
            form.cleaned_data["text"],
            by=cast(User, request.user),
            substantive=form.cleaned_data["substantive"],
        )
        desk = admin.site.get_model_admin(Article)
        desk.log_change(request, article, f"{kind.label} added.")
    where = "is on the article’s page" if article.is_public else "will be there when it is public"
    messages.success(request, f"{kind.label}: it {where}.")
