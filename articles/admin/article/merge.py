"""Two people changed the same place: both texts side by side, and a choice."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from articles import merging, policy, prose
from articles.admin.fields import name_of
from articles.admin.views import NewsroomRequest
from articles.keys import row_key
from articles.languages import language_in_words
from articles.models import Image, Revision, Snapshot
from articles.models.snapshots import SEVERAL, SINGLE

from .page import article_for, article_page

CHOICES = {merging.OWN: "Yours", merging.THEIRS: "Theirs", merging.BOTH: "Both, yours first"}


@require_http_methods(["GET", "POST"])
def merge(request: NewsroomRequest, key: int, revision: int) -> HttpResponse:
    article = article_for(request, key, policy.may_edit)
    own = get_object_or_404(article.revisions.numbered(), pk=revision)
    choices = {name: value for name, value in request.POST.items() if value in CHOICES}
    error = ""
    if request.method == "POST":
        try:
            kept = Revision.objects.resolve_conflicts(
                own,
                choices,
                seen=row_key(request.POST.get("seen")),
                by=request.user,
            )
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        else:
            if kept.working_copy.beside == own:
                messages.success(request, f"{own} and the newer text are one now.")
                return redirect("admin:articles_article_change", key)
            error = (
                "Choose what shall stand at each place."
                if kept.conflicts
                else "Meanwhile a colleague saved again. Look once more, then merge."
            )
    newest = article.working_copy or own
    found = merging.merge(own.begun.content, own.content, newest.content)
    return article_page(
        request,
        article,
        "merge.html",
        status=409 if error else 200,
        title="Merge two versions",
        own=own,
        newest=newest,
        who=name_of(newest.made_by) if newest.made_by else "Somebody",
        places=[place(conflict, choices) for conflict in found.conflicts],
        taken=found.taken,
        error=error,
    )


def place(conflict: merging.Conflict, choices: dict[str, str]) -> dict[str, Any]:
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
    if conflict.is_prose:
        html = "".join(value)
        return prose.render_body(html, Image.objects.for_prose([html])) if html else ""
    if model := {**SINGLE, **SEVERAL}.get(conflict.key):
        keys = value if isinstance(value, tuple) else [value]
        return ", ".join(str(row) for row in Snapshot.rows(model, keys))
    return language_in_words(value) if conflict.key == "language" else str(value)
