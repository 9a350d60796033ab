"""Notes between colleagues on an article: a page of their own, and the panel beside the text."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.admin.views import NewsroomRequest
from articles.models import Article, Note

from .page import article_for, article_page


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text", "passage"]
        widgets = {"text": forms.Textarea({"rows": 4}), "passage": forms.TextInput}

    def clean_passage(self) -> str:
        return " ".join(self.cleaned_data["passage"].split())


def panel(article: Article) -> dict[str, Any]:
    notes = list(article.notes.in_order())
    return {
        "notes_of": article,
        "notes": notes,
        "open_notes": sum(note.is_open for note in notes),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: NewsroomRequest, key: int) -> HttpResponse:
    article = article_for(request, key, policy.may_note)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        form.instance.article = article
        form.instance.author = request.user
        form.save()
        return after(request, article)
    status = 422 if form.is_bound else 200
    about = {"title": "Notes", "form": form, **panel(article)}
    return article_page(request, article, "notes.html", status=status, **about)


@require_POST
def resolve(request: NewsroomRequest, key: int, note: int) -> HttpResponse:
    article = article_for(request, key, policy.may_note)
    row = get_object_or_404(article.notes, pk=note)
    if "reopen" in request.POST:
        row.reopen()
    else:
        row.resolve(request.user)
    return after(request, article)


def after(request: NewsroomRequest, article: Article) -> HttpResponse:
    if request.headers.get("X-Panel"):
        return render(request, "admin/articles/article/_notes.html", panel(article))
    return redirect("admin:articles_article_notes", article.pk)
