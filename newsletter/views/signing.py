from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Publication
from articles.views.reader_page import reader_page
from newsletter import limits
from newsletter.forms import SignUpForm

from .private_page import shortened


def is_from_our_pages(request: HttpRequest) -> bool:
    """Tell whether a browser says that a page of ours sent this form.

    Reader pages carry no token, so that they are the same for everybody. Browsers send
    Sec-Fetch-Site (Fetch Metadata, W3C) or at least Origin (RFC 6454) with every POST, and no page
    can forge them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return parts_of(request, "Origin").netloc == request.get_host()


def page_before(request: HttpRequest) -> str:
    """Return the path of our page that the form stood on, as far as the browser says it."""
    parts = parts_of(request, "Referer")
    return parts.path if parts.netloc == request.get_host() else ""


def parts_of(request: HttpRequest, header: str) -> SplitResult:
    try:
        return urlsplit(request.headers.get(header, ""))
    except ValueError:
        return urlsplit("")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    return receive(request) if request.method == "POST" else sign_up_page(request)


@reader_page()
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """Show the form to whoever opens its address, perhaps after it was refused there."""
    return render(request, "newsletter/subscribe.html")


def receive(request: HttpRequest) -> HttpResponse:
    if not is_from_our_pages(request):
        return render(request, "newsletter/refused.html", status=HTTPStatus.FORBIDDEN)
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return render(
            request,
            "newsletter/subscribe.html",
            {"form": form},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    if not form.is_robot:
        # Nothing here looks at who is known, so the work is the same whoever it is.
        is_open = limits.admit(
            form.cleaned_data["email"],
            network=shortened(request),
            page=page_before(request),
            wording=f"{Publication.objects.current().newsletter_blurb} [Subscribe]",
        )
        if not is_open:
            form.add_error("email", limits.CLOSED)
            return render(
                request,
                "newsletter/subscribe.html",
                {"form": form, "is_closed": True},
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            )
    # The same answer to everybody: nobody learns who is on the list.
    return HttpResponseRedirect(reverse("subscribed"), status=HTTPStatus.SEE_OTHER)


# The gateway asks the view of an address for this; what is posted there it keeps nothing of.
subscribe.reader_parameters = sign_up_page.reader_parameters  # type: ignore[attr-defined]


@reader_page()
def subscribed(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletter/subscribed.html")
