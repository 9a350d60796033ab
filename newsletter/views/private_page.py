"""Pages whose address holds a key: whoever has it in a mail is the person it was mailed to."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from ipaddress import IPv4Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.views.preview import unseen
from newsletter.models.subscribers import EXAMPLE_KEY

View = Callable[..., HttpResponse]


class KeyConverter:
    """A key or token in a URL, with or without the slash that some mail programs drop at its end.
    (A URL without it would be answered with one in lower case, which is another key.)"""

    regex = "[^/]+/?"

    def to_python(self, value: str) -> str:
        return value.removesuffix("/")

    def to_url(self, value: str) -> str:
        return f"{value}/"


def private_page(view: View) -> View:
    """Mark a view whose URL holds a key: kept by nobody, found by no search engine, and told to
    nobody.

    GET and HEAD change nothing, since mail scanners open every link. A POST needs neither cookie
    nor CSRF token: the key in the URL is what no stranger's page can know. Nor is Origin looked at:
    under this Referrer-Policy browsers send “null”, and mail providers send none.
    """

    @wraps(view)
    def private(request: HttpRequest, **keys: str) -> HttpResponse:
        if EXAMPLE_KEY in keys.values():
            return unseen(render(request, "newsletter/example.html"))
        return unseen(view(request, **keys))

    page = csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(private))
    page.is_private_page = True  # type: ignore[attr-defined]
    return page


def pressed(request: HttpRequest) -> str:
    """Return the name of the pressed button; empty for a POST that no page of ours sent."""
    try:
        return request.POST.get("act", "")
    except MultiPartParserError:
        return ""


def where(request: HttpRequest, wording: str) -> dict[str, str]:
    """Return what a record of consent says of the moment: the words, the page (without the key in
    its URL), the network."""
    match = request.resolver_match
    page = match.route.partition("<")[0] if match else ""
    return {"wording": wording, "page": f"/{page}", "network": shortened(request)}


def shortened(request: HttpRequest) -> str:
    """Return the network of a visitor, never the machine: the first 24 bits of an IPv4 address, the
    first 48 of an IPv6 one; empty if it cannot be told."""
    try:
        machine = ip_address(get_adapter(request).get_client_ip(request).partition("%")[0])
    except (ValueError, PermissionDenied):
        return ""
    inner = getattr(machine, "ipv4_mapped", None) or machine
    return str(ip_network(f"{inner}/{24 if isinstance(inner, IPv4Address) else 48}", strict=False))


def again(request: HttpRequest) -> HttpResponse:
    """Redirect to the same page, which shows what has become of it and can be reloaded safely."""
    return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)


def unknown_link(request: HttpRequest) -> HttpResponse:
    """Answer a link that was cut off on its way, or whose place a newer mail has taken."""
    return render(request, "newsletter/unknown_link.html", status=HTTPStatus.NOT_FOUND)
