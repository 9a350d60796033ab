"""What allauth asks of us: that nobody signs up, our words, and the address that readers use."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from articles.models import Publication


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "That username and password do not belong together. "
        "Please check both.",
        "too_many_login_attempts": "There were too many wrong attempts. Please wait five minutes, "
        "then try again.",
        "rate_limited": "That was too often in a short time. Please wait five minutes.",
        "incorrect_password": "That is not your password.",
        "enter_current_password": "That is not your present password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come by invitation."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Under the address that readers use: the one of a request is what its sender wrote."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Every mail can name the publication and lead to our pages."""
        context = {
            **context,
            "publication": Publication.objects.current(),
            "home": settings.SITE_URL,
        }
        return super().render_mail(template_prefix, email, context, headers)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That did not match. Please try again.",
    }

    def get_totp_issuer(self) -> str:
        """What the app on the phone writes above the code."""
        return Publication.objects.current().name

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"
