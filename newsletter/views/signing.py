from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.models import Publication
from articles.views.reader_page import reader_page
from newsletter import limits
from newsletter.forms import SignUpForm
from newsletter.networks import shortened


def is_from_our_pages(request: HttpRequest) -> bool:
    """Whether a browser says that a page of ours sent this form.

    Reader pages carry no token, so that they are the same for everybody. Browsers send
    Sec-Fetch-Site (Fetch Metadata, W3C) or at least Origin (RFC 6454) with every POST, and no
    page can forge them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()


def page_before(request: HttpRequest) -> str:
    """The path of our page that the form stood on, as far as the browser says it."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return parts.path if parts.netloc == request.get_host() else ""


@csrf_exempt
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
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
        limits.admit(
            form.cleaned_data["email"],
            network=shortened(request),
            page=page_before(request),
            wording=f"{Publication.objects.current().newsletter_blurb} [Subscribe]",
        )
    # The same answer to everybody: nobody learns who is on the list.
    return HttpResponseRedirect(reverse("subscribed"), status=HTTPStatus.SEE_OTHER)


@reader_page
def subscribed(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletter/subscribed.html")
