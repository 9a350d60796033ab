"""The page on which an issue is written: its form, what stands beside it, and finding articles."""

from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from js_asset import Media

from articles import policy
from articles.admin.state import moment
from articles.admin.widgets import module
from articles.models import Article, Section
from newsletter import round_up
from newsletter.models import Issue, IssueItem, MailingList

from .issue_acts import frozen
from .issue_form import Draft, ItemFormSet, differences, mark_of
from .issue_page import LIST, TEMPLATES, address, answer, beside, log
from .issue_state import in_words

FOUND = 12


class NewIssueForm(forms.Form):
    """Whom a new issue is for; asked where there is a choice."""

    list = forms.ModelChoiceField(
        MailingList.objects.all(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose the list that it is for."},
    )


def add(request: HttpRequest) -> HttpResponse:
    """Begin a draft, filled with what has come out since the issue before."""
    if not policy.may(request.user, "add", Issue):
        raise PermissionDenied
    lists = list(MailingList.objects.all()[:2])
    data = request.POST if request.method == "POST" else None
    if data is not None and len(lists) == 1:
        data = cast(Any, {"list": lists[0].pk})
    form = NewIssueForm(data, initial={"list": lists[0] if lists else None})
    if request.method == "POST" and form.is_valid():
        issue = round_up.begin(form.cleaned_data["list"], cast(User, request.user))
        log(request, issue, "Begun.", ADDITION)
        number = issue.items.count()
        articles = f"{number} article{'' if number == 1 else 's'}"
        messages.success(
            request, f"A draft with {articles} is begun. Nobody gets it before you say so."
        )
        return HttpResponseRedirect(address(issue, "change"))
    return answer(
        request,
        "add.html",
        {"title": "New issue", "form": form, "lists": lists, "most": round_up.MOST},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: int) -> HttpResponse:
    """The form of a draft; the frozen mail of any other issue.

    A POST with `_kept` comes from the form itself while one types: what it is answered is only
    what stands beside the form.
    """
    issue = get_object_or_404(Issue.objects.select_related("list", "approved_by"), pk=key)
    if not policy.may(request.user, "view", Issue, issue):
        raise PermissionDenied
    if request.method == "POST":
        return store(request, issue)
    if not policy.may(request.user, "change", Issue, issue):
        return frozen(request, issue)
    return form_page(request, issue, Draft(issue))


def store(request: HttpRequest, issue: Issue) -> HttpResponse:
    if not policy.may(request.user, "change", Issue):
        raise PermissionDenied
    draft = Draft(issue, request.POST)
    if not draft.is_valid():
        return form_page(request, issue, draft, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not draft.store():
        return meanwhile(request, draft)
    if "_kept" in request.POST:
        return render(request, f"{TEMPLATES}/_beside.html", beside(issue))
    log(request, issue, "Changed.")
    if "_approve" in request.POST:
        return HttpResponseRedirect(address(issue, "approve"))
    messages.success(request, "Saved.")
    is_done = "_save" in request.POST
    return HttpResponseRedirect(reverse(LIST) if is_done else address(issue, "change"))


def meanwhile(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A colleague was faster: their words are shown, and those that were typed stay in the form.

    Saving once more puts them in the place of the colleague's, now that somebody has seen both.
    """
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
    request: HttpRequest, issue: Issue, draft: Draft, *, status: int = 200, **context: Any
) -> HttpResponse:
    stored = Issue.objects.select_related("list").get(pk=issue.pk) if draft.form.is_bound else issue
    media = Media.from_media(draft.form.media) + Media(
        js=[
            module(name)
            for name in ("issue", "issue-items", "issue-preview", "counts", "named-keys")
        ]
    )
    return answer(
        request,
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
            "media": media.with_nonce(request.csp_nonce),  # type: ignore[attr-defined]
            "may_send": policy.may_send_issue(request.user),
            "errors": draft.errors if draft.form.is_bound else [],
            **beside(stored),
            **found(request, stored),
            **context,
        },
        status=status,
    )


# Finding articles


def search(words: str) -> list[Article]:
    """Those that readers see whose headline has all of these words, the newest first."""
    articles = Article.objects.published().newest_first()
    for word in words.split()[:10]:
        articles = articles.filter(headline__icontains=word)
    return list(articles.for_cards()[:FOUND])


def found(request: HttpRequest, issue: Issue) -> dict[str, Any]:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    there = set(issue.items.values_list("article", flat=True))
    articles = search(words) if "q" in request.GET else []
    return {
        "words": words,
        "is_searched": "q" in request.GET,
        "found": [
            {
                "article": article,
                "is_there": article.pk in there,
                "when": moment(article.published_at),
            }
            for article in articles
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: HttpRequest, key: int) -> HttpResponse:
    """Search what may be added (GET, the list alone); add one to the stored draft (POST)."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    if not policy.may(request.user, "change", Issue, issue):
        raise PermissionDenied
    if request.method != "POST":
        return render(
            request, f"{TEMPLATES}/_found.html", {**found(request, issue), "original": issue}
        )
    article = get_object_or_404(
        Article.objects.published().select_related("section"),
        pk=request.POST.get("article") if request.POST.get("article", "").isdecimal() else 0,
    )
    if issue.write(issue.modified_at):
        last = issue.items.aggregate(last=Max("position"))["last"] or 0
        heading = article.section.name[:80] if article.section else ""
        _, is_new = IssueItem.objects.get_or_create(
            issue=issue, article=article, defaults={"position": last + 1, "heading": heading}
        )
        said = "is added at the end" if is_new else "stands in the issue already"
        messages.success(request, f"“{article}” {said}.")
    return HttpResponseRedirect(address(issue, "change"))
