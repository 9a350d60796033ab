"""What a subscriber may see and change by the key in every mail."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from newsletter import limits, personal_data
from newsletter.forms import ListsForm, NewAddressForm
from newsletter.models import Subscriber, Subscription, Suppression

from .private_page import pressed, private_page, unknown_link, where

SAVED = {
    "lists": "Your choice is saved.",
    "address": "We are writing to the new address, with a link to a page with one button. Until "
    "that is pressed, mail goes where it went before.",
}


def person_of(key: str) -> Subscriber | None:
    subscription = Subscription.objects.of_key(key)
    return subscription.subscriber if subscription else None


@private_page
def preferences(request: HttpRequest, key: str) -> HttpResponse:
    subscriber = person_of(key)
    if subscriber is None:
        return unknown_link(request)
    act = pressed(request) if request.method == "POST" else ""
    lists = ListsForm(subscriber, request.POST if act == "lists" else None, required=False)
    address = NewAddressForm(subscriber, request.POST if act == "address" else None)
    if lists.is_valid():
        chosen = list(lists.cleaned_data["lists"])
        names = ", ".join(map(str, chosen)) or "none"
        subscriber.choose(chosen, **where(request, f"{names} [Save my lists]"))
        return saved(request, act)
    if address.is_valid():
        email = address.cleaned_data["email"]
        wording = where(request, f"{email} [Change my address]")
        # It may be anybody's address: the limits of the sign-up form hold for it too.
        if limits.admit(email, mover=subscriber, **wording):
            return saved(request, act)
        address.add_error("email", limits.CLOSED)
    context = {
        "subscriber": subscriber,
        "key": key,
        "lists": lists,
        "address": address,
        "saved": SAVED.get(request.GET.get("saved", "")),
        "suppression": Suppression.objects.filter(digest=subscriber.digest).first(),
    }
    is_wrong = lists.errors or address.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "newsletter/preferences.html", context, status=status)


def saved(request: HttpRequest, what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{request.path}?saved={what}", status=HTTPStatus.SEE_OTHER)


@private_page
def preferences_data(request: HttpRequest, key: str) -> HttpResponse:
    subscriber = person_of(key)
    if subscriber is None:
        return unknown_link(request)
    response = JsonResponse(
        personal_data.own_data(subscriber), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response.headers["Content-Disposition"] = 'attachment; filename="newsletter-data.json"'
    return response


@private_page
def erase(request: HttpRequest, key: str) -> HttpResponse:
    subscriber = person_of(key)
    if request.method == "POST":
        if subscriber:
            personal_data.erase(subscriber)
        return render(request, "newsletter/erased.html")
    if subscriber is None:
        return unknown_link(request)
    return render(request, "newsletter/erase.html", {"subscriber": subscriber, "key": key})
