"""What readers get when something is missing or broken."""

import sys
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from articles.models import Redirect
from articles.models.addresses import normalise_path


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page, or one permanent step to where the thing is now, or 410 if it is gone.

    Old addresses come first, so that a stale address in an odd spelling needs one step too.
    """
    if request.method in ("GET", "HEAD"):
        old = Redirect.objects.at(request.path)
        if old and old.is_gone:
            return render(request, "410.html", status=HTTPStatus.GONE)
        address = old.address if old else canonical(request.path)
        if address and address != request.path:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(address + (f"?{query}" if query else ""))
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def canonical(path: str) -> str | None:
    """The spelling of `path` that we answer under: lower case, closed by a slash; None if none."""
    path = normalise_path(path)
    try:
        resolve(path)
    except Resolver404:
        return None
    return path


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database cannot be reached. Neither page asks the database."""
    if isinstance(sys.exception(), (DatabaseError, InterfaceError)):
        response = HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = "30"
        return response
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
