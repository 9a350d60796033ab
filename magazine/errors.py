"""What is answered when something is missing, refused or broken."""

import errno
import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers

from articles import link_check
from articles.models import Redirect
from articles.models.redirects import normalise_path

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer with the 404 page, one permanent redirect to where the thing is now, or 410 if it is
    gone. Old paths come first, so that a stale path in an odd spelling needs one step too."""
    if request.method in ("GET", "HEAD"):
        old = Redirect.objects.at(request.path)
        if old and old.is_gone:
            return render(request, "410.html", status=HTTPStatus.GONE)
        address = old.url if old else canonical(request.path)
        if old and link_check.hidden([old.url]):
            address = None  # which would say what is being written
        if address and address != request.path:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(address + (f"?{query}" if query else ""))
    return refuse(request, HTTPStatus.NOT_FOUND)


# What the newsroom's people are told; readers have pages of their own.
REFUSALS = {
    HTTPStatus.BAD_REQUEST: (
        "This request cannot be understood",
        "Something in it is of a kind that no form of ours sends: a number that is too large, or "
        "a sign that is no letter. Nothing has been changed.",
    ),
    HTTPStatus.FORBIDDEN: (
        "This is not yours to do",
        "Your account does not allow it; an editor or a chief can help. Nothing has been changed.",
    ),
    HTTPStatus.NOT_FOUND: (
        "There is nothing at this address",
        "It may have been deleted, or the address lost a letter on its way to you.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "This address only takes what a form sends",
        "Nothing has been changed. Go back to the form, and send it once more.",
    ),
    HTTPStatus.CONFLICT: (
        "Somebody changed the same thing at the same moment",
        "Your change was not made. Go back in your browser, where your words still stand, and "
        "send them again.",
    ),
    HTTPStatus.INSUFFICIENT_STORAGE: (
        "The server's disk takes no more",
        "Nothing has been stored, and no half of it. Tell whoever looks after the server; then go "
        "back in your browser, where your words still stand, and send them again.",
    ),
}
TOO_OLD = (
    "This form was too old",
    "It was opened before you logged in, or in another window. Nothing has been changed. Go back, "
    "load the page again, and send it once more.",
)


def refuse(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """Answer with a page for readers, or one of the newsroom where somebody works there."""
    if is_newsroom(request):
        return refuse_in_newsroom(request, status, *REFUSALS[status])
    return render(request, f"{status}.html", status=status)


def is_newsroom(request: HttpRequest) -> bool:
    # What is refused early, such as a host that is not ours, has no user.
    is_inside = request.path.startswith(reverse("admin:index"))
    return is_inside and hasattr(request, "user") and admin.site.has_permission(request)


def refuse_in_newsroom(
    request: HttpRequest, status: HTTPStatus, title: str, reason: str
) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, "reason": reason}
    response = render(request, "admin/newsroom/refusal.html", context, status=status)
    add_never_cache_headers(response)
    return response


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, HTTPStatus.FORBIDDEN)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, HTTPStatus.BAD_REQUEST)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token of this session (CSRF_FAILURE_VIEW)."""
    if is_newsroom(request):
        return refuse_in_newsroom(request, HTTPStatus.FORBIDDEN, *TOO_OLD)
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def refuse_methods(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Give a page to whoever types the address that a form sends to; a middleware."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        page = refuse(request, HTTPStatus.METHOD_NOT_ALLOWED)
        for name, value in response.headers.items():
            page.headers.setdefault(name, value)
        return page

    return respond


def read_as_utf8(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Read forms with files as UTF-8, as ours are sent; a middleware. Django takes any codec of
    Python's that a request names, also one that makes no text."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data":
            request.encoding = settings.DEFAULT_CHARSET
        return get_response(request)

    return respond


def canonical(path: str) -> str | None:
    """Return the spelling of `path` that we answer under: lower case, closed by a slash; None if
    none."""
    path = normalise_path(path)
    try:
        resolve(path)
    except Resolver404:
        return None
    return path


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 while the database cannot be reached. Neither page asks the database."""
    if is_away(sys.exception()):
        response = HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


# Seconds after which somebody may ask again whom the absent database cost an answer.
RETRY_AFTER = 30
# PostgreSQL's classes of errors in which it cannot do its work: connection, resources, operator (a
# statement that takes too long among them), system; and a lock that a migration keeps. Without a
# code there was no answer at all.
AWAY = ("08", "53", "55P03", "57", "58")
# SQLite's, by their names: another process writes for too long, or the disk fails.
AWAY_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")
# Two requests at the same moment: a key that is taken or gone by now, a deadlock, transactions
# that cannot stand one after the other.
CONFLICTS = ("23505", "23503", "23P01", "40001", "40P01")
CONFLICTS_SQLITE = tuple(
    f"SQLITE_CONSTRAINT_{kind}" for kind in ("UNIQUE", "PRIMARYKEY", "FOREIGNKEY")
)
ATTEMPTS = 3


def codes_of(error: BaseException | None) -> tuple[str, str]:
    """Return PostgreSQL's code and SQLite's name of an error; "" where there is none."""
    cause = getattr(error, "__cause__", None)
    return getattr(cause, "sqlstate", None) or "", getattr(cause, "sqlite_errorname", "")


def is_away(error: BaseException | None) -> bool:
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state, name = codes_of(error)
    return name.startswith(AWAY_SQLITE) if name else not state or state.startswith(AWAY)


def is_full(error: BaseException | None) -> bool:
    if not isinstance(error, OSError):
        error = error.__cause__ if error else None
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def is_conflict(error: BaseException) -> bool:
    if isinstance(error, (ProtectedError, RestrictedError)):
        return True  # Django's own refusal: somebody began to need what is being deleted
    state, name = codes_of(error)
    return isinstance(error, DatabaseError) and (state in CONFLICTS or name in CONFLICTS_SQLITE)


class ConflictMiddleware:
    """Answers what a database refuses for a reason of the request, and not for one of its own.

    A view that met somebody else's change is run again: by then it sees the change, and its form
    says what is wrong with one's own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        for _ in range(1, ATTEMPTS):
            if match is None or not is_conflict(error):
                break
            for _, files in request.FILES.lists():
                for file in files:
                    file.seek(0)
            try:
                return match.func(request, *match.args, **match.kwargs)
            except DatabaseError as again:
                error = again
        if is_conflict(error):
            logger.warning("Not solved by running it again: %s %s", request.path, error)
            return refuse(request, HTTPStatus.CONFLICT)
        if is_full(error):
            logger.error("The disk takes no more: %s %s", request.path, error)
            return refuse(request, HTTPStatus.INSUFFICIENT_STORAGE)
        # A value that no column can hold, or a letter that is none.
        if isinstance(error, (DataError, OverflowError, UnicodeEncodeError)):
            logger.warning("Refused at %s: %s", request.path, str(error)[:200])
            return refuse(request, HTTPStatus.BAD_REQUEST)
        return None
