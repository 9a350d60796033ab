"""Notes between colleagues on an article: a page of their own, and the panel beside the text."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.models import Article, Note


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text", "passage"]
        widgets = {
            "text": forms.Textarea({"rows": 4}),
            "passage": forms.TextInput,
        }

    def clean_passage(self) -> str:
        """As the browser copied it, without its line breaks."""
        return " ".join(self.cleaned_data["passage"].split())


def panel(article: Article) -> dict[str, Any]:
    """What the template `_notes.html` shows of this article."""
    notes = list(article.notes.in_order())
    return {
        "notes_of": article,
        "notes": notes,
        "open_notes": sum(note.is_open for note in notes),
    }


def article_for(request: HttpRequest, key: int) -> Article:
    article = get_object_or_404(Article, pk=key)
    if not policy.may_note(request.user, article):
        raise PermissionDenied
    return article


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, key: int) -> HttpResponse:
    """All notes of an article, and the form for a new one."""
    article = article_for(request, key)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        form.instance.article = article
        form.instance.author = cast(User, request.user)
        form.save()
        return after(request, article)
    return render(
        request,
        "admin/articles/article/notes.html",
        {
            **admin.site.each_context(request),
            **panel(article),
            "title": "Notes",
            "opts": Article._meta,
            "original": article,
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def resolve(request: HttpRequest, key: int, note: int) -> HttpResponse:
    """Call a note done, or open it again."""
    article = article_for(request, key)
    row = get_object_or_404(article.notes, pk=note)
    if "reopen" in request.POST:
        row.reopen()
    else:
        row.resolve(cast(User, request.user))
    return after(request, article)


def after(request: HttpRequest, article: Article) -> HttpResponse:
    """The panel anew for the script beside the text; for everybody else the page of the notes."""
    if request.headers.get("X-Panel"):
        return render(request, "admin/articles/article/_notes.html", panel(article))
    return HttpResponseRedirect(reverse("admin:articles_article_notes", args=[article.pk]))
