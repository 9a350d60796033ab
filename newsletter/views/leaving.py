from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from newsletter.models import Subscription, Suppression
from newsletter.models.subscribers import AS_KEY

from .private_page import again, pressed, private_page, unknown_link, where


@private_page
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Show one button to leave this list or, after that, to come back.

    A POST that no page of ours sent is a mail program's own button (RFC 8058): whatever is in it,
    it is answered at once, without a redirect and without asking for anything; also twice, and also
    for a person who is not known any more.
    """
    if not AS_KEY.fullmatch(key):
        return unknown_link(request)
    subscription = Subscription.objects.of_key(key)
    if subscription is None:
        status = HTTPStatus.OK if request.method == "POST" else HTTPStatus.NOT_FOUND
        return render(request, "newsletter/left_behind.html", status=status)
    is_suppressed = Suppression.objects.filter(digest=subscription.subscriber.digest).exists()
    if request.method == "POST":
        act = pressed(request)
        name = subscription.list.name
        if act == "return" and not is_suppressed:
            subscription.come_back(**where(request, f"{name} [Subscribe me again]"))
        elif act != "return":
            button = "Leave this list" if act else "One-Click"
            subscription.leave(**where(request, f"{name} [{button}]"))
        if act:
            return again(request)
    context = {"subscription": subscription, "is_suppressed": is_suppressed}
    return render(request, "newsletter/leave.html", context)
