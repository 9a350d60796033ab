"""The pages around an account; of allauth's own, only those that we have use for."""

from collections.abc import Callable
from functools import wraps

from allauth.account import views as entrance
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from . import views

View = Callable[..., HttpResponse]


def in_newsroom(view: View, title: str) -> View:
    """Give a page of allauth the newsroom's frame, and keep it out of every cache and index."""

    @wraps(view)
    def framed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            own = response.context_data or {}
            response.context_data = {**admin.site.each_context(request), "title": title, **own}
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(framed)


def page(route: str, view: View, name: str, title: str = "") -> URLPattern:
    return path(route, in_newsroom(view, title), name=name)


urlpatterns = [
    page("", views.account, "account", "Your account"),
    # allauth leads back to these two when something has changed; we have one page for both.
    page("", views.account, "mfa_index", "Your account"),
    page("", views.account, "mfa_list_webauthn", "Your account"),
    page("invitation/<str:token>/", views.accept_invitation, "accept_invitation", "Welcome"),
    page("login/", entrance.login, "account_login", "Log in"),
    page("logout/", require_POST(entrance.logout), "account_logout"),
    page("inactive/", entrance.account_inactive, "account_inactive", "Account closed"),
    page("reauthenticate/", entrance.reauthenticate, "account_reauthenticate", "Is it you?"),
    page(
        "password/change/",
        entrance.password_change,
        "account_change_password",
        "Change the password",
    ),
    page("password/set/", entrance.password_set, "account_set_password", "Set a password"),
    page("password/reset/", entrance.password_reset, "account_reset_password", "A new password"),
    page(
        "password/reset/done/",
        entrance.password_reset_done,
        "account_reset_password_done",
        "Look at your mail",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        in_newsroom(entrance.password_reset_from_key, "Choose a new password"),
        name="account_reset_password_from_key",
    ),
    page(
        "password/reset/key/done/",
        entrance.password_reset_from_key_done,
        "account_reset_password_from_key_done",
        "Password changed",
    ),
    page("second-step/", second_step.authenticate, "mfa_authenticate", "Second step"),
    page("second-step/again/", second_step.reauthenticate, "mfa_reauthenticate", "Is it you?"),
    page("app/add/", totp.activate_totp, "mfa_activate_totp", "Add an app for codes"),
    page("app/remove/", totp.deactivate_totp, "mfa_deactivate_totp", "Remove the app"),
    page("passkey/add/", passkeys.add_webauthn, "mfa_add_webauthn", "Add a passkey"),
    page("passkey/login/", passkeys.login_webauthn, "mfa_login_webauthn"),
    page(
        "passkey/again/",
        passkeys.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
        "Is it you?",
    ),
    page(
        "passkey/<int:pk>/rename/",
        passkeys.edit_webauthn,
        "mfa_edit_webauthn",
        "Rename the passkey",
    ),
    page(
        "passkey/<int:pk>/remove/",
        passkeys.remove_webauthn,
        "mfa_remove_webauthn",
        "Remove the passkey",
    ),
    page(
        "recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes", "Recovery codes"
    ),
    page(
        "recovery-codes/new/",
        recovery.generate_recovery_codes,
        "mfa_generate_recovery_codes",
        "New recovery codes",
    ),
]
