"""Two people changed the same place: both texts side by side, and a choice."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from articles import merging, policy, prose
from articles.models import Article, Author, Image, Revision, Section
from articles.models.snapshots import SINGLE

from .fields import name_of

CHOICES = {
    merging.OWN: "Yours",
    merging.THEIRS: "Theirs",
    merging.BOTH: "Both, yours first",
}


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, site: Any, key: int, revision: int) -> HttpResponse:
    """Ask what shall stand where a saved version and the working copy touch; merge on POST."""
    article = get_object_or_404(Article, pk=key)
    own = get_object_or_404(article.revisions.numbered(), pk=revision)
    if not policy.may(request.user, "change", Article, article):
        raise PermissionDenied
    choices = {name: value for name, value in request.POST.items() if value in CHOICES}
    seen = request.POST.get("seen", "")
    error = ""
    if request.method == "POST":
        try:
            kept = Revision.objects.settle(
                own,
                choices,
                seen=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
                by=cast(User, request.user),
            )
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        else:
            if kept.working_copy.beside == own:
                messages.success(request, f"{own} and the newer text are one now.")
                return HttpResponseRedirect(
                    reverse("admin:articles_article_change", args=[article.pk])
                )
            error = (
                "Choose what shall stand at each place."
                if kept.conflicts
                else "Meanwhile a colleague saved again. Look once more, then merge."
            )
    newest = article.working_copy or own
    found = merging.merge(own.begun.content, own.content, newest.content)
    return render(
        request,
        "admin/articles/article/merge.html",
        {
            **site.each_context(request),
            "title": "Two changed the same",
            "opts": Article._meta,
            "original": article,
            "own": own,
            "newest": newest,
            "who": name_of(newest.made_by) if newest.made_by else "Somebody",
            "places": [place(conflict, choices) for conflict in found.conflicts],
            "taken": found.taken,
            "error": error,
        },
        status=409 if error else 200,
    )


def place(conflict: merging.Conflict, choices: dict[str, str]) -> dict[str, Any]:
    """What the page shows of one conflict."""
    offered = CHOICES if conflict.is_prose else [merging.OWN, merging.THEIRS]
    return {
        "key": conflict.key,
        "label": conflict.label,
        "base": shown(conflict, conflict.base),
        "own": shown(conflict, conflict.own),
        "theirs": shown(conflict, conflict.theirs),
        "choices": [
            (value, CHOICES[value], choices.get(conflict.key) == value) for value in offered
        ],
    }


def shown(conflict: merging.Conflict, value: Any) -> str:
    """One side of a conflict as safe HTML or as words; empty where there is nothing."""
    if conflict.is_prose:
        html = "".join(value)
        return prose.render_body(html, Image.objects.for_prose([html])) if html else ""
    if conflict.key in SINGLE:
        return str(SINGLE[conflict.key]._default_manager.filter(pk=value).first() or "")
    if conflict.key == "authors":
        return names(Author.objects.in_bulk(value), value)
    if conflict.key == "also_in":
        return names(Section.objects.in_bulk(value), value)
    return str(value)


def names(rows: dict[int, Any], keys: Iterable[int]) -> str:
    return ", ".join(str(rows[key]) for key in keys if key in rows)
