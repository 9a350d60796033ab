"""What the buttons behind the links of a confirmation do."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from newsletter import email_change, limits, personal_data
from newsletter.forms import ListsForm
from newsletter.models import TransactionalMail

from .private_page import again, pressed, private_page, unknown_link, where


@private_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show “This address is mine”: the lists, and one button. An expired link offers another."""
    link = TransactionalMail.objects.of_token(token, TransactionalMail.Purpose.CONFIRM)
    if link is None:
        return unknown_link(request)
    subscriber = link.subscriber
    if link.used_at:
        subscriptions = subscriber.subscriptions.wanted().select_related("list")
        return render(
            request, "newsletter/confirmed.html", {"link": link, "subscriptions": subscriptions}
        )
    if link.is_expired:
        return expired(request, link)
    is_pressed = request.method == "POST"
    form = ListsForm(subscriber, request.POST if is_pressed else None, required=True)
    if form.is_valid():
        wording = f"{link.email}: {', '.join(map(str, form.wanted))} [Yes, subscribe me]"
        link.confirm(form.wanted, **where(request, wording))
        return again(request)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "newsletter/confirm.html", {"link": link, "form": form}, status=status)


@private_page
def move(request: HttpRequest, token: str) -> HttpResponse:
    link = TransactionalMail.objects.of_token(token, TransactionalMail.Purpose.MOVE)
    if link is None:
        return unknown_link(request)
    if link.is_expired and not link.used_at:
        return expired(request, link)
    if request.method == "POST":
        email_change.accept(link, **where(request, f"{link.email} [Yes, send it here]"))
        return again(request)
    return render(request, "newsletter/move.html", {"link": link})


def expired(request: HttpRequest, link: TransactionalMail) -> HttpResponse:
    is_asked = request.method == "POST" and pressed(request) == "again"
    is_open = True
    if is_asked:
        is_open = limits.admit(
            link.email,
            **where(request, "The time of this link is over [Send a new link]"),
            mover=link.subscriber if link.purpose == TransactionalMail.Purpose.MOVE else None,
        )
    status = HTTPStatus.OK if is_asked and is_open else HTTPStatus.GONE
    context = {"link": link, "is_asked": is_asked, "closed": "" if is_open else limits.CLOSED}
    return render(request, "newsletter/expired.html", context, status=status)


@private_page
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Show “This was not me, never write to me again”: one button. Afterwards the link is unknown,
    like one that never was, and the page says what that may mean."""
    link = TransactionalMail.objects.of_token(token, TransactionalMail.Purpose.REFUSE)
    is_done = request.method == "POST"
    if link and is_done:
        personal_data.refuse(link)
    return render(
        request,
        "newsletter/refuse.html",
        {"link": link, "is_done": is_done},
        status=HTTPStatus.OK if link or is_done else HTTPStatus.NOT_FOUND,
    )
