"""The page on which an issue is written: its form, what stands beside it, and finding articles."""

from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION
from django.db.models import Max
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from js_asset import Media

from articles import policy
from articles.admin.scripts import module
from articles.admin.views import (
    NewsroomRequest,
    check_permission,
    log_action,
    render_page,
)
from articles.dates import moment_in_words
from articles.keys import row_key
from articles.models import Article, Section
from newsletter import new_issue
from newsletter.models import Issue, IssueItem, MailingList
from newsletter.policy import may_send_issue

from .actions import frozen
from .form import Draft, ItemFormSet, differences, mark_of
from .pages import LIST, TEMPLATES, beside, in_words, page_url

FOUND = 12


class NewIssueForm(forms.Form):
    """The list of a new issue, asked if there is a choice."""

    list = forms.ModelChoiceField(
        MailingList.objects.all(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose the list that it is for."},
    )


def add(request: NewsroomRequest) -> HttpResponse:
    check_permission(policy.may(request.user, "add", Issue))
    lists = list(MailingList.objects.all()[:2])
    data = request.POST if request.method == "POST" else None
    if data is not None and len(lists) == 1:
        data = cast(Any, {"list": lists[0].pk})
    form = NewIssueForm(data, initial={"list": lists[0] if lists else None})
    if request.method == "POST" and form.is_valid():
        issue = new_issue.begin(form.cleaned_data["list"], request.user)
        log_action(request.user, "Begun.", issue, flag=ADDITION)
        number = issue.items.count()
        articles = f"{number} article{'' if number == 1 else 's'}"
        messages.success(
            request, f"A draft with {articles} is begun. Nobody gets it before you say so."
        )
        return HttpResponseRedirect(page_url(issue, "change"))
    return render_page(
        request,
        Issue,
        "add.html",
        {"title": "New issue", "form": form, "lists": lists, "most": new_issue.MOST},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: NewsroomRequest, key: int) -> HttpResponse:
    """Show the form of a draft, or the frozen mail of any other issue. A POST with `_kept` comes
    from the form while somebody types: it is answered with what stands beside the form."""
    issue = get_object_or_404(Issue.objects.select_related("list", "approved_by"), pk=key)
    check_permission(policy.may(request.user, "view", Issue, issue))
    if request.method == "POST":
        return store(request, issue)
    if not policy.may(request.user, "change", Issue, issue):
        return frozen(request, issue)
    return form_page(request, issue, Draft(issue))


def store(request: NewsroomRequest, issue: Issue) -> HttpResponse:
    check_permission(policy.may(request.user, "change", Issue))
    draft = Draft(issue, request.POST)
    if not draft.is_valid():
        return form_page(request, issue, draft, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not draft.store():
        return meanwhile(request, draft)
    if "_kept" in request.POST:
        return render(request, f"{TEMPLATES}/_beside.html", beside(issue))
    log_action(request.user, "Changed.", issue)
    if "_approve" in request.POST:
        return HttpResponseRedirect(page_url(issue, "approve"))
    messages.success(request, "Saved.")
    is_done = "_save" in request.POST
    return HttpResponseRedirect(reverse(LIST) if is_done else page_url(issue, "change"))


def meanwhile(request: NewsroomRequest, draft: Draft) -> HttpResponse:
    """Show a colleague's newer words, and keep those that were typed in the form. Saving once more
    puts them in the place of the colleague's, now that somebody has seen both."""
    stored = Issue.objects.select_related("list").get(pk=draft.issue.pk)
    data = request.POST.copy()
    data["seen"] = mark_of(stored)
    again = Draft(draft.issue, data)
    again.is_valid()
    return form_page(
        request,
        stored,
        again,
        status=HTTPStatus.CONFLICT,
        is_late=True,
        differences=differences(draft),
    )


def form_page(
    request: NewsroomRequest, issue: Issue, draft: Draft, *, status: int = 200, **context: Any
) -> HttpResponse:
    stored = Issue.objects.select_related("list").get(pk=issue.pk) if draft.form.is_bound else issue
    media = draft.form.media + Media(
        js=[
            module(name)
            for name in (
                "issue/form",
                "issue/items",
                "issue/preview",
                "base/counts",
                "base/named-keys",
            )
        ]
    )
    return render_page(
        request,
        Issue,
        "change_form.html",
        {
            "title": "Issue",
            "original": stored,
            "state": in_words(stored),
            "draft": draft,
            "form": draft.form,
            "items": draft.items.in_order,
            "blank": ItemFormSet(prefix="items").empty_form,
            "headings": Section.objects.values_list("name", flat=True),
            "media": media,
            "may_send": may_send_issue(request.user),
            "errors": draft.errors if draft.form.is_bound else [],
            **beside(stored),
            **found(request, stored),
            **context,
        },
        status=status,
    )


# Finding articles


def found(request: NewsroomRequest, issue: Issue) -> dict[str, Any]:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    there = set(issue.items.values_list("article", flat=True))
    public = Article.objects.published().with_headline(words).newest_first().for_cards()
    articles = public[:FOUND] if "q" in request.GET else public.none()
    return {
        "words": words,
        "is_searched": "q" in request.GET,
        "found": [
            {
                "article": article,
                "is_there": article.pk in there,
                "when": moment_in_words(article.published_at),
            }
            for article in articles
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: NewsroomRequest, key: int) -> HttpResponse:
    """List the articles that may be added (GET), or add one to the stored draft (POST)."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    check_permission(policy.may(request.user, "change", Issue, issue))
    if request.method != "POST":
        return render(
            request, f"{TEMPLATES}/_found.html", {**found(request, issue), "original": issue}
        )
    public = Article.objects.published().select_related("section")
    article = get_object_or_404(public, pk=row_key(request.POST.get("article")))
    if issue.write(issue.modified_at):
        last = issue.items.aggregate(last=Max("position"))["last"] or 0
        heading = article.section.name[:80] if article.section else ""
        _, is_new = IssueItem.objects.get_or_create(
            issue=issue, article=article, defaults={"position": last + 1, "heading": heading}
        )
        said = "is added at the end" if is_new else "stands in the issue already"
        messages.success(request, f"“{article}” {said}.")
    return HttpResponseRedirect(page_url(issue, "change"))
