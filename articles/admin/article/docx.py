"""“New from a .docx”: a manuscript becomes a draft, and a page says what became of it."""

from typing import Any

from django import forms
from django.contrib.admin.models import ADDITION
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from articles.docx import LARGEST_FILE, Changes, Unreadable
from articles.docx.drafts import create_draft
from articles.models import Article, Image

from .page import article_for, article_page

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

    def draft(self, person: User) -> tuple[Article, dict[str, Any]]:
        changes = Changes(self.cleaned_data["changes"])
        file: UploadedFile = self.cleaned_data["file"]
        name = file.name or ""
        article, report = create_draft(file, name, changes, person)
        data = {"key": article.pk, "name": name, "accepted": changes is Changes.ACCEPT}
        return article, {**data, **report.as_data()}


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: NewsroomRequest) -> HttpResponse:
    check_permission(
        policy.may(request.user, "add", Article) and policy.may(request.user, "add", Image)
    )
    sent = request.method == "POST"
    form = DocxForm(request.POST, request.FILES) if sent else DocxForm()
    if sent and form.is_valid():
        try:
            article, report = form.draft(request.user)
        except Unreadable as refusal:
            form.add_error("file", refusal)
        else:
            log_action(request.user, "Made from a .docx.", article, flag=ADDITION)
            request.session[REPORT] = report
            return redirect("admin:articles_article_docx_report", article.pk)
    context = {"title": "New article from a .docx", "form": form}
    return render_page(request, Article, "docx.html", context)


@require_safe
def report(request: NewsroomRequest, key: int) -> HttpResponse:
    article = article_for(request, key, policy.may_read)
    found = request.session.get(REPORT, {})
    if found.get("key") != key:
        return redirect("admin:articles_article_change", key)
    return article_page(request, article, "docx_report.html", title="From the .docx", report=found)
