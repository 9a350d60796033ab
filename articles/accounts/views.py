from http import HTTPStatus

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from articles import policy
from articles.models import Invitation

from .forms import AcceptanceForm, NameForm


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show “Your account”: who is logged in, and how they get in."""
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your name has been changed.")
        return redirect("account")
    factors = Authenticator.objects.filter(user=request.user).order_by("pk")
    of_type = {
        kind: [factor for factor in factors if factor.type == kind]
        for kind in Authenticator.Type.values
    }
    return TemplateResponse(
        request,
        "account/account.html",
        {
            "form": form,
            "apps": of_type[Authenticator.Type.TOTP],
            "passkeys": of_type[Authenticator.Type.WEBAUTHN],
            "codes_left": sum(
                len(factor.wrap().get_unused_codes())
                for factor in of_type[Authenticator.Type.RECOVERY_CODES]
            ),
            "must_have_factor": policy.must_have_second_factor(request.user),
            "needs_factor": policy.needs_second_factor(request.user),
        },
    )


@sensitive_post_parameters("password1", "password2")
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form for username and password behind the link in the mail. It makes the account,
    and leaves logging in to the login page."""
    invitation = Invitation.objects.of_token(token)
    if invitation is None:
        return gone(request)
    user = User(first_name=invitation.first_name, last_name=invitation.last_name)
    initial = {"username": invitation.suggested_username}
    form = AcceptanceForm(request.POST or None, instance=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not invitation.accept(form.save(commit=False)):
            return gone(request)
        messages.success(request, "Your account is ready. Please log in.")
        return HttpResponseRedirect(reverse("account_login"))
    return TemplateResponse(
        request, "account/invitation.html", {"form": form, "invitation": invitation}
    )


def gone(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(
        request,
        "account/invitation_gone.html",
        {"title": "This invitation is no longer good"},
        status=HTTPStatus.GONE,
    )
