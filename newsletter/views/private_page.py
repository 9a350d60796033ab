"""Pages whose address holds a key: whoever has it in a mail is the person it was mailed to."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.views.preview import unseen
from newsletter.networks import shortened

View = Callable[..., HttpResponse]


class KeyConverter:
    """A key or token in an address, with or without the slash that some mail programs drop at its
    end. (An address without it would be answered with one in lower case, which is another key.)"""

    regex = "[^/]+/?"

    def to_python(self, value: str) -> str:
        return value.removesuffix("/")

    def to_url(self, value: str) -> str:
        return f"{value}/"


def private_page(view: View) -> View:
    """Mark a view whose address holds a key: kept by nobody, found by no search engine, and its
    address told to nobody.

    GET and HEAD change nothing, since mail scanners open every link. A POST needs neither cookie
    nor CSRF token: the key in the address is what no stranger's page can know. Nor is Origin
    looked at: under this Referrer-Policy browsers send “null”, and mail providers send none.
    """

    @wraps(view)
    def private(request: HttpRequest, **keys: str) -> HttpResponse:
        return unseen(view(request, **keys))

    page = csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(private))
    page.is_private_page = True  # type: ignore[attr-defined]
    return page


def pressed(request: HttpRequest) -> str:
    """The name of the button that was pressed; empty for a POST that no page of ours sent."""
    try:
        return request.POST.get("act", "")
    except MultiPartParserError:
        return ""


def where(request: HttpRequest, wording: str) -> dict[str, str]:
    """What a record of consent says of the moment: the words, the page (without the key in its
    address), the network."""
    match = request.resolver_match
    page = match.route.partition("<")[0] if match else ""
    return {"wording": wording, "page": f"/{page}", "network": shortened(request)}


def again(request: HttpRequest) -> HttpResponse:
    """To the same page, which shows what has become of it, and can be loaded again safely."""
    return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)


def unknown_link(request: HttpRequest) -> HttpResponse:
    """The link was cut off on its way, or a newer mail has taken its place."""
    return render(request, "newsletter/unknown_link.html", status=HTTPStatus.NOT_FOUND)
