"""The mail as people will see it: beside the form, and in one's own inbox."""

from contextlib import closing
from copy import copy
from secrets import randbelow

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.timezone import now
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, log_action
from newsletter.mime import IssueMessage
from newsletter.models import Issue, Letterhead
from newsletter.models.subscribers import EXAMPLE_KEY
from newsletter.rendering import example_of
from newsletter.sending.replies import Outcome
from newsletter.sending.smtp import new_transport

from .pages import page_url

# Tests are numbered from here on, far beyond every delivery: what bounces of one is nobody's.
NO_DELIVERY = 10**17
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
def preview(request: NewsroomRequest, key: int) -> HttpResponse:
    """Show the mail of a draft as it is now, or as it was frozen. `?scheme=light` or `dark` shows
    it as a mail program of that setting does, `?as=text` its text version."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    check_permission(policy.may(request.user, "view", Issue, issue))
    mail = example_of(issue)
    if request.GET.get("as") == "text":
        context = {"mail": mail, "scheme": request.GET.get("scheme", "")}
        response = render(request, "admin/newsletter/issue/text.html", context)
    else:
        response = HttpResponse(mail.in_scheme(request.GET.get("scheme", "")))
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
def send_test(request: NewsroomRequest, key: int) -> HttpResponse:
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=key)
    check_permission(policy.may(request.user, "view", Issue, issue))
    person = request.user
    if not person.email:
        messages.error(
            request,
            "Your account has no mail address to send a test to. A chief can add one under Users.",
        )
    elif refusal := mail_test(issue, person.email):
        messages.error(request, f"The test could not be sent: {refusal}")
    else:
        log_action(request.user, "Test sent to oneself.", issue)
        messages.success(request, f"A test is on its way to {person.email}.")
    return HttpResponseRedirect(page_url(issue, "change"))


def mail_test(issue: Issue, recipient: str) -> str:
    """Send the mail as a subscriber would get it, by the same way and marked in its subject. Return
    why that failed; empty if it is on its way."""
    mail, test = example_of(issue), copy(issue)
    test.subject = f"[Test] {mail.subject or issue.list.name}"
    test.html, test.text = mail.html, mail.text
    try:
        message = IssueMessage(test, Letterhead.objects.current())
        wire = message.mail(NO_DELIVERY + randbelow(NO_DELIVERY), recipient, EXAMPLE_KEY, now())
        transport = new_transport()
    except ValueError as fault:
        return str(fault)
    with closing(transport):
        result = transport.send(wire)
    return "" if result.outcome == Outcome.SENT else result.words
