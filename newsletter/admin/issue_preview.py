"""The mail as people will see it: beside the form, and in one's own inbox."""

import smtplib
from email.utils import formataddr, parseaddr
from typing import cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from articles import policy
from articles.models import Publication
from newsletter.models import Issue, Letterhead
from newsletter.rendering import example_of

from .issue_page import address, log

# Mail has its styles on its elements, which no page of ours may: this one document has a policy
# of its own, that allows them and nothing else. It loads pictures of this site alone and runs
# nothing: sandboxed without scripts. The origin stays ours so that the page around it may scroll
# it and open its links beside it.
OF_A_MAIL = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-same-origin", "allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_safe
@xframe_options_sameorigin
@csp(OF_A_MAIL)  # type: ignore[arg-type]
def preview(request: HttpRequest, key: int) -> HttpResponse:
    """The mail as a draft makes it now, or as it was frozen; `?scheme=light` or `dark` shows it as
    a mail program of that setting does, `?as=text` its text version."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    if not policy.may(request.user, "view", Issue, issue):
        raise PermissionDenied
    mail = example_of(issue)
    if request.GET.get("as") == "text":
        context = {"mail": mail, "scheme": request.GET.get("scheme", "")}
        response = render(request, "admin/newsletter/issue/text.html", context)
    else:
        response = HttpResponse(mail.in_scheme(request.GET.get("scheme", "")))
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
def send_test(request: HttpRequest, key: int) -> HttpResponse:
    """Mail it to whoever asks, and to nobody else."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    if not policy.may(request.user, "view", Issue, issue):
        raise PermissionDenied
    person = cast(User, request.user)
    if not person.email:
        messages.error(
            request,
            "Your account has no mail address to send a test to. A chief can add one under Users.",
        )
    else:
        try:
            message_to(person.email, issue).send()
        except (OSError, smtplib.SMTPException) as fault:
            messages.error(request, f"The test could not be sent: {fault}")
        else:
            log(request, issue, "Test sent to oneself.")
            messages.success(request, f"A test is on its way to {person.email}.")
    return HttpResponseRedirect(address(issue, "change"))


def message_to(recipient: str, issue: Issue) -> EmailMultiAlternatives:
    mail = example_of(issue)
    letterhead = Letterhead.objects.current()
    name = letterhead.sender_name or Publication.objects.current().name
    message = EmailMultiAlternatives(
        f"[Test] {mail.subject or issue.list.name}",
        mail.text,
        formataddr((name, parseaddr(settings.NEWSLETTER_FROM)[1])),
        [recipient],
        reply_to=[letterhead.reply_to] if letterhead.reply_to else None,
    )
    message.attach_alternative(mail.html, "text/html")
    return message
