"""Telling readers what was wrong in an article."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from articles import policy
from articles.admin.views import NewsroomRequest, log_action
from articles.models import Article, Correction

from .page import article_for, article_page


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


def corrections(request: NewsroomRequest, key: int) -> HttpResponse:
    # There is no form for changing one: a wrong one is followed by another.
    article = article_for(request, key, policy.may_correct)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add(request, article, form)
        return redirect("admin:articles_article_change", key)
    return article_page(
        request,
        article,
        "corrections.html",
        title="Add a correction",
        form=form,
        corrections=article.corrections.select_related("made_by"),
    )


def add(request: NewsroomRequest, article: Article, form: CorrectionForm) -> None:
    kind = Correction.Kind(form.cleaned_data["kind"])
    with transaction.atomic():
        substantive = form.cleaned_data["substantive"]
        article.correct(kind, form.cleaned_data["text"], by=request.user, substantive=substantive)
        log_action(request.user, f"{kind.label} added.", article)
    where = "is on the article’s page" if article.is_public else "will be there when it is public"
    messages.success(request, f"{kind.label}: it {where}.")
