from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User

from articles.models import Invitation


class NameForm(forms.ModelForm):
    """The part of an account that its owner may change; the rest is a chief's business."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]


class FromABrowser:
    """The answer of a passkey. What no browser would have sent is wrong, like a wrong code: allauth
    expects all parts to be there and to be readable."""

    def full_clean(self) -> None:
        form: Any = self
        try:
            super().full_clean()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError):
            form.add_error("credential", get_adapter().validation_error("incorrect_code"))


class NewPasskeyForm(FromABrowser, AddWebAuthnForm):
    name = forms.CharField(max_length=80, required=False)
    passwordless = forms.BooleanField(
        label="Log in with this passkey alone, without the password",
        initial=True,
        required=False,
        help_text="Take the tick out for a security key without a PIN or a fingerprint reader.",
    )


class PasskeyLoginForm(FromABrowser, LoginWebAuthnForm):
    pass


class PasskeyStepForm(FromABrowser, AuthenticateWebAuthnForm):
    pass


class PasskeyProofForm(FromABrowser, ReauthenticateWebAuthnForm):
    pass


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "first_name", "last_name", "groups"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("Somebody with this e-mail address has an account already.")
        return email


class AcceptanceForm(UserCreationForm):
    """The choice of an invited person: a username and a password."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name"]
