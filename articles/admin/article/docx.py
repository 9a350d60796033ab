"""“New from a .docx”: a manuscript becomes a draft, and a page says what became of it."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from articles import policy
from articles.docx import LARGEST_FILE, Changes, Package, Unreadable
from articles.docx.drafting import draft
from articles.models import Article, Image

WORD = ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The newest report of a person. It lives as long as the session, and nothing of the file does.
REPORT = "docx_report"


class DocxForm(forms.Form):
    file = forms.FileField(
        label="Word document (.docx)",
        help_text="Choose it, or drop it on this box. Headings, lists, links, pictures, tables and "
        "notes come along; looks do not. The next page says what was left behind.",
        allow_empty_file=True,  # ours says in the same words what is wrong with any file
        widget=forms.FileInput({"accept": WORD, "data-largest": LARGEST_FILE}),
        error_messages={"required": "Choose a file."},
    )
    changes = forms.ChoiceField(
        label="Tracked changes in it",
        choices=[
            (Changes.ACCEPT, "Accept them all: what was deleted is gone"),
            (Changes.FLAG, "Leave them to me: what was deleted stays, struck through"),
        ],
        initial=Changes.ACCEPT,
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Package:
        return Package(self.cleaned_data["file"])

    def draft(self, person: User) -> tuple[Article, dict[str, Any]]:
        """The draft, and what its report says. Raises Unreadable."""
        changes = Changes(self.cleaned_data["changes"])
        name = cast(UploadedFile, self.files["file"]).name or ""
        article, report = draft(self.cleaned_data["file"], name, changes, person)
        data = {"key": article.pk, "name": name, "accepted": changes is Changes.ACCEPT}
        return article, {**data, **report.as_data()}


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form, and the draft made of what was sent with it."""
    if not (policy.may(request.user, "add", Article) and policy.may(request.user, "add", Image)):
        raise PermissionDenied
    sent = request.method == "POST"
    form = DocxForm(request.POST, request.FILES) if sent else DocxForm()
    if sent and form.is_valid():
        person = cast(User, request.user)
        try:
            article, report = form.draft(person)
        except Unreadable as refusal:
            form.add_error("file", refusal)
        else:
            LogEntry.objects.log_actions(
                person.pk, [article], ADDITION, "Made from a .docx.", single_object=True
            )
            request.session[REPORT] = report
            return HttpResponseRedirect(
                reverse("admin:articles_article_docx_report", args=[article.pk])
            )
    context = {**page(request), "title": "New article from a .docx", "form": form}
    return render(request, "admin/articles/article/docx.html", context)


@require_safe
def report(request: HttpRequest, key: int) -> HttpResponse:
    """What became of the manuscript that this person uploaded last."""
    article = get_object_or_404(Article, pk=key)
    if not policy.may(request.user, "view", Article, article):
        raise PermissionDenied
    found = request.session.get(REPORT, {})
    if found.get("key") != key:
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[key]))
    context = {**page(request), "title": "From the .docx", "original": article, "report": found}
    return render(request, "admin/articles/article/docx_report.html", context)


def page(request: HttpRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "opts": Article._meta}
