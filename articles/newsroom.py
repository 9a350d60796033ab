"""The newsroom's site: Django's admin under the publication's name.

It stands outside of `articles/admin/`, whose modules register with it while they are imported.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from . import policy
from .furniture import furniture

# The order of the index and of the side bar: what is used most stands first.
DESKS = {
    "Articles": ["Article", "FrontPage", "Image", "Author", "Tag", "Series"],
    "The magazine": ["Section", "Format", "Page", "Publication", "Redirect"],
    "People": ["Subscriber", "User", "Invitation"],
}


class Newsroom(admin.AdminSite):
    """The admin under the publication's own name, its lists in the order of the work."""

    index_title = "Newsroom"
    enable_nav_sidebar = False  # its place is above, where it leaves the text its width

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and with a second factor where the policy asks for one."""
        return super().has_permission(request) and not policy.needs_second_factor(request.user)

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nobody logs in here, past the counters and the second factor: the login page is
        allauth's. Whoever comes with a login already lacks something else."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")))
        if not super().has_permission(request):
            raise PermissionDenied
        if policy.needs_second_factor(request.user):
            return redirect("account")
        return redirect("admin:index")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = str(furniture(request)["publication"])
        return {**super().each_context(request), "site_header": name, "site_title": name}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Desks instead of Django apps; the page of one app stays as Django makes it."""
        if not self.has_permission(request):
            return []
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        desks = []
        for desk, names in DESKS.items():
            if found := [models[name] for name in names if name in models]:
                desks.append(
                    {
                        "name": desk,
                        "app_label": desk,
                        "app_url": found[0]["admin_url"],
                        "has_module_perms": True,
                        "models": found,
                    }
                )
        return desks
