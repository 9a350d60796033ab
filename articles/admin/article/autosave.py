"""Open forms: what is typed is kept every few seconds, and colleagues see who else is there.

An autosave has no age limit: it is kept until it is saved or discarded. It belongs to one form: a
form that takes up the text of another goes on in the same row while nobody else does, and in a row
of its own otherwise. So no text is overwritten by a form that has not shown it.
"""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.admin.fields import name_of
from articles.admin.status import status_in_words
from articles.admin.views import NewsroomRequest, check_permission
from articles.comparing import first_difference
from articles.dates import moment_in_words
from articles.models import Article, Author, OpenForm, Revision, Snapshot

from .page import article_for

MOST_OFFERED = 50


@require_http_methods(["GET", "POST"])
def autosave(request: NewsroomRequest, key: int | None = None) -> HttpResponse:
    """POST keeps the fields of an open form; GET shows what else was typed here and not saved."""
    typed = request.POST if request.method == "POST" else request.GET
    session, person = session_of(typed), request.user
    row = row_of(person, session, key)
    article = row.article if row else get_object_or_404(Article, pk=key) if key else None
    # Somebody else may have logged in in this browser since the form was opened.
    check_permission(typed.get("person") in (None, str(person.pk)))
    check_permission(policy.may_type(person, article))
    if request.method == "GET":
        context = {"offered": offered(person, article, typed)}
        return render(request, "admin/articles/article/_offered.html", context)
    content = Snapshot.from_post(typed)
    if row and row.overwrite(content, typed_at(typed)):
        return kept(row, article, person)
    # A late request must not bring back what was saved with the form.
    if Revision.objects.numbered().filter(made_by=person, session=session).exists():
        return JsonResponse({"saved": True, "is_over": True})
    if content == saved_content(article):
        return JsonResponse({"saved": True})
    return kept(keep(typed, article, person), article, person)


def saved_content(article: Article | None) -> Snapshot:
    return article.content if article else Snapshot()


def typed_at(typed: Any) -> int:
    moment = typed.get("typed_at", "")
    return int(moment) if re.fullmatch(r"[0-9]{1,18}", moment) else 0


def row_of(person: User, session: str, article: int | None) -> Revision | None:
    own = Revision.objects.autosaves_of(person).filter(session=session)
    row = own.select_related("article").first()
    if row and row.article_id != article:
        raise Http404("This form is that of another article.")
    return row


def keep(typed: Any, article: Article | None, person: User) -> Revision:
    """Write down what a form holds for the first time: in the row that it took up, if that is as
    the form has seen it, else in a new one. A request that is sent twice finds its row."""
    session, content, moment = session_of(typed), Snapshot.from_post(typed), typed_at(typed)
    row = took_up(typed, article, person)
    if row and row.move_to(session, content, moment):
        return row
    base = typed.get("base", "")
    saved = Revision.objects.numbered().filter(article=article)
    row, is_new = Revision.objects.get_or_create(
        kind=Revision.Kind.AUTOSAVED,
        made_by=person,
        session=session,
        defaults={
            "article": article,
            "base": saved.filter(pk=base).first() if re.fullmatch(r"[0-9]{1,18}", base) else None,
            "snapshot": content.data,
            "typed_at": moment,
        },
    )
    if not is_new:
        row.overwrite(content, moment)
    return row


def took_up(typed: Any, article: Article | None, person: User) -> Revision | None:
    token = str(typed.get("took_up") or "")
    key = token.partition(" ")[0]
    if not re.fullmatch(r"[0-9]{1,18}", key):
        return None
    row = Revision.objects.autosaves_of(person).filter(pk=key, article=article).first()
    return row if row and row.as_seen == token else None


def kept(row: Revision, article: Article | None, person: User) -> JsonResponse:
    return JsonResponse(
        {
            "revision": row.pk,
            "at": timezone.localtime().strftime("%H:%M:%S"),
            "newer": bool(article and row.base_id and article.working_copy_id != row.base_id),
            "taken_over": bool(article and not policy.may_edit(person, article)),
        }
    )


def out_of_reach(request: NewsroomRequest, article: Article | None) -> HttpResponse | None:
    """Answer a save in an article that was deleted, or taken over by an editor, while the form was
    open: the text is kept and shown. None if it can be saved, or was never theirs."""
    person = request.user
    if article and policy.may_edit(person, article):
        return None
    if not policy.may_type(person, article):
        return None
    key = article.pk if article else None
    typed = request.POST
    row = row_of(person, session_of(typed), key)
    if row is None or not row.overwrite(Snapshot.from_post(typed), typed_at(typed)):
        row = keep(typed, article, person)
    messages.warning(request, why(article, row))
    return redirect(f"{form_url(key)}?take_up={row.pk}")


def why(article: Article | None, row: Revision) -> str:
    name = f"“{row.content.headline or 'The article'}”"
    if article is None:
        return f"{name} was deleted meanwhile. Your text stands below: save it as a new article."
    state = status_in_words(article)
    return f"{name} is an editor’s now: {state}. Your text was not saved there."


def session_of(typed: Any) -> str:
    if session := session_named(typed):
        return session
    raise Http404("This names no open form.")


def session_named(form: Any) -> str:
    """Return the session of a form as it is stored; "" for what is none."""
    try:
        return str(UUID(str(form.get("session"))))
    except ValueError:
        return ""


@require_POST
def discard(request: NewsroomRequest, revision: int) -> HttpResponse:
    row = get_object_or_404(Revision.objects.autosaves_of(request.user), pk=revision)
    row.delete()
    messages.success(
        request, f"What you had typed at {moment_in_words(row.made_at)} was thrown away."
    )
    return redirect(form_url(row.article_id))


def form_url(article: int | None) -> str:
    if article:
        return reverse("admin:articles_article_change", args=[article])
    return reverse("admin:articles_article_add")


def form_data(unsaved: Revision) -> dict[str, Any]:
    content = unsaved.content
    return {**content.data, "byline": Snapshot.rows(Author, content.authors)}


def offered(person: Any, article: Article | None, form: Any) -> list[dict[str, Any]]:
    """Return every text that this person typed here and that is neither saved nor in this form,
    newest first, each with its time and its first words that differ from what is saved."""
    rows = Revision.objects.autosaves_of(person).filter(article=article)
    rows = rows.exclude(session=session_named(form))[:MOST_OFFERED]
    saved = saved_content(article)
    found: dict[Snapshot, Revision] = {}
    for row in rows:
        if row.as_seen != form.get("took_up"):
            found.setdefault(row.content, row)
    found.pop(saved, None)
    return [
        {"row": row, "when": moment_in_words(row.made_at), "what": first_difference(saved, content)}
        for content, row in found.items()
    ]


def forget(person: User, article: Article, form: Any) -> None:
    Revision.objects.autosaves_of(person).filter(session=session_named(form)).delete()
    for begun in (article, None):
        if row := took_up(form, begun, person):
            row.delete()


def taken_up(request: NewsroomRequest, article: Article | None) -> Revision | None:
    key = request.GET.get("take_up", "")
    if not re.fullmatch(r"\d{1,18}", key):
        return None
    own = Revision.objects.autosaves_of(request.user)
    return own.filter(pk=key, article=article).first()


@require_POST
def presence(request: NewsroomRequest, key: int) -> JsonResponse:
    """Say that this form is open (or, with `gone`, that it was closed); hear of the others."""
    articles = Article.objects.select_related("working_copy__made_by")
    article = article_for(request, key, policy.may_edit, articles)
    session = session_of(request.POST)
    person = request.user
    if "gone" in request.POST:
        OpenForm.objects.filter(session=session, person=person).delete()
        return JsonResponse({})
    OpenForm.objects.note(article, person, session)
    newest = article.working_copy
    moved_on = newest is not None and request.POST.get("base") not in ("", str(newest.pk))
    return JsonResponse(
        {
            "people": [name_of(one) for one in OpenForm.objects.colleagues(article, person)],
            "newest": {
                "who": name_of(newest.made_by) if newest.made_by else "Somebody",
                "when": moment_in_words(newest.made_at),
            }
            if newest and moved_on
            else None,
        }
    )
