"""What somebody typed and has not saved: kept every few seconds, and offered on return."""

import re
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles import policy
from articles.models import Article, Author, Revision, Snapshot

from .state import in_words, moment

MOST_OFFERED = 5


@require_http_methods(["GET", "POST"])
def autosave(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """POST keeps the fields of an open form; GET says whether what a browser still holds of a form
    (`?session=`) was saved after all."""
    typed = request.POST if request.method == "POST" else request.GET
    session = session_of(typed)
    person = cast(User, request.user)
    row = row_of(person, session, key)
    article = row.article if row else get_object_or_404(Article, pk=key) if key else None
    if not policy.may_type(person, article):
        raise PermissionDenied
    if request.method == "POST" and row and row.overwrite(Snapshot.typed(typed)):
        return kept(row, article, person)
    # A late request must not bring back what was saved with the form.
    saved = Revision.objects.numbered().filter(made_by=person, session=session).exists()
    if request.method == "GET":
        return JsonResponse({"saved": saved})
    if saved:
        return JsonResponse({"saved": True}, status=HTTPStatus.CONFLICT)
    return kept(begin(typed, article, person), article, person)


def row_of(person: User, session: str, article: int | None) -> Revision | None:
    """What is kept of an open form already. Raises Http404 where it is another article's."""
    own = Revision.objects.autosaves_of(person).filter(session=session)
    row = own.select_related("article").first()
    if row and row.article_id != article:
        raise Http404("This form is that of another article.")
    return row


def begin(typed: Any, article: Article | None, person: User) -> Revision:
    base = typed.get("base", "")
    return Revision.objects.begin_autosave(
        article,
        Snapshot.typed(typed),
        session=session_of(typed),
        base=int(base) if re.fullmatch(r"\d{1,18}", base) else None,
        by=person,
    )


def kept(row: Revision, article: Article | None, person: User) -> JsonResponse:
    return JsonResponse(
        {
            "revision": row.pk,
            "at": timezone.localtime().strftime("%H:%M:%S"),
            "newer": bool(article and row.base_id and article.working_copy_id != row.base_id),
            "taken_over": bool(article and not policy.may(person, "change", Article, article)),
        }
    )


def out_of_reach(request: HttpRequest, article: Article | None) -> HttpResponse | None:
    """What somebody wanted to save in an article that was deleted, or taken over by an editor,
    while the form was open: kept and shown. None where it can be saved, or was never theirs."""
    person = cast(User, request.user)
    if article and policy.may(person, "change", Article, article):
        return None
    if not policy.may_type(person, article):
        return None
    key = article.pk if article else None
    row = row_of(person, session_of(request.POST), key)
    if row is None or not row.overwrite(Snapshot.typed(request.POST)):
        row = begin(request.POST, article, person)
    messages.warning(request, why(article, row))
    return HttpResponseRedirect(f"{address_of_form(key)}?take_up={row.pk}")


def why(article: Article | None, row: Revision) -> str:
    name = f"“{row.content.headline or 'The article'}”"
    if article is None:
        return f"{name} was deleted meanwhile. Your text stands below: save it as a new article."
    state = in_words(article)
    return f"{name} is an editor’s now: {state}. Your text was not saved there."


def session_of(typed: Any) -> str:
    """The name of an open form. Raises Http404 for what cannot be one."""
    try:
        return str(UUID(typed.get("session", "")))
    except ValueError:
        raise Http404("This names no open form.") from None


@require_POST
def discard(request: HttpRequest, revision: int) -> HttpResponse:
    """Throw away what one typed oneself."""
    row = get_object_or_404(Revision.objects.autosaves_of(request.user), pk=revision)
    form = address_of_form(row.article_id)
    row.delete()
    messages.success(request, f"What you had typed at {moment(row.made_at)} was thrown away.")
    return HttpResponseRedirect(form)


def address_of_form(article: int | None) -> str:
    if article is None:
        return reverse("admin:articles_article_add")
    return reverse("admin:articles_article_change", args=[article])


def autosave_address(article: Article | None) -> str:
    if article is None:
        return reverse("admin:articles_article_autosave_new")
    return reverse("admin:articles_article_autosave", args=[article.pk])


def form_data(unsaved: Revision) -> dict[str, Any]:
    """A text that belongs to no article yet, as the form's first values."""
    content = unsaved.content
    return {
        **content.data,
        "byline": Snapshot.rows(Author, content.authors),
        "session": unsaved.session,
    }


def offered(person: Any, article: Article | None, taken_up: Revision | None) -> list[Revision]:
    """What this person typed here and did not save, newest first; not while one is in the form."""
    if taken_up:
        return []
    return list(Revision.objects.autosaves_of(person).filter(article=article)[:MOST_OFFERED])


def taken_up(request: HttpRequest, article: Article | None) -> Revision | None:
    """The unsaved text that `?take_up=` names; none where it was saved since, or is another's."""
    key = request.GET.get("take_up", "")
    if not re.fullmatch(r"\d{1,18}", key):
        return None
    own = Revision.objects.autosaves_of(cast(User, request.user))
    return own.filter(pk=key, article=article).first()
