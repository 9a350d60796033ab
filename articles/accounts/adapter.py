"""What allauth asks of us: that nobody signs up, our words, and the address that readers use."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from articles.models import Publication

from .secrets import decrypt, encrypt

logger = logging.getLogger(__name__)

# Mails that leave behind the answer, one after the other. What is queued is sent before the process
# ends.
MAILS = ThreadPoolExecutor(1, "mail")
# How long a login from a network keeps its doors open to that name, in seconds.
KNOWN_FOR = 90 * 24 * 3600


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
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count by name and network: whoever guesses elsewhere keeps nobody out."""
        name = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{name}@{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse after too many wrong passwords: from this network, and by a slower count from all
        networks together, which does not hold where that name has logged in before."""
        super().pre_authenticate(request, **credentials)
        by_name = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_by_name",
            key=super()._get_login_attempts_cache_key(request, **credentials),
        )
        if by_name:
            self._login_failed_rl_usage.usage.extend(by_name.usage)
        elif not cache.get(self.known_network(request, **credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user:
            cache.set(self.known_network(request, **credentials), True, KNOWN_FOR)
        return user

    def known_network(self, request: HttpRequest, **credentials: Any) -> str:
        key = self._get_login_attempts_cache_key(request, **credentials)
        return "known:" + sha256(key.encode()).hexdigest()

    def send_password_reset_mail(
        self, user: AbstractBaseUser, email: str, context: dict[str, Any]
    ) -> None:
        """Send behind the answer, which so takes as long for an address that nobody has here."""
        send = partial(super().send_password_reset_mail, user, email, context)
        MAILS.submit(copy_context().run, deliver, send)

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return super().is_safe_url(url)
        except ValueError:  # such as http://[
            return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Build the URL on SITE_URL: the host of a request is what its sender wrote."""
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
        """Let every mail name the publication and lead to our pages."""
        context = {
            **context,
            "publication": Publication.objects.current(),
            "home": settings.SITE_URL,
        }
        return super().render_mail(template_prefix, email, context, headers)


def deliver(send: Callable[[], None]) -> None:
    try:
        send()
    except Exception:  # nobody waits for it any more
        logger.exception("The mail with the link for a new password could not be sent")
    finally:
        connection.close()


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That did not match. Please try again.",
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name that the app on the phone writes above the code."""
        return Publication.objects.current().name

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"
