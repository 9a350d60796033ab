"""The newsroom's site: Django's admin under the publication's name.

It stands outside of `articles/admin/`, whose modules register with it while they are imported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from . import policy
from .furniture import furniture
from .models import Article


@dataclass(frozen=True)
class Page:
    """A page that is no list of rows, and stands among the lists in the menu."""

    name: str
    address: str
    is_for: Callable[[policy.Person], bool]

    @property
    def entry(self) -> dict[str, Any]:
        """As Django describes a list in the menu."""
        return {"name": self.name, "object_name": self.name, "admin_url": reverse(self.address)}


CALENDAR = Page(
    "Calendar",
    "admin:articles_article_calendar",
    lambda person: policy.may(person, "view", Article),
)
LOG = Page("Log", "admin:log", policy.may_read_log)

# The order of the index and of the bar above: what is used most stands first.
DESKS: dict[str, list[str | Page]] = {
    "Articles": ["Article", CALENDAR, "FrontPage", "Image", "Author", "Tag", "Series"],
    "The magazine": ["Section", "Format", "Page", "Publication", "Redirect"],
    "Newsletter": ["Issue", "Subscriber", "MailingList", "Letterhead", "Notice"],
    "People": ["User", "Invitation", LOG],
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

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from .admin.log import log

        return [path("log/", self.admin_view(log), name="log"), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        from .admin.first_page import first_page

        return super().index(request, {**first_page(request.user), **(extra_context or {})})

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
            found = [
                name.entry if isinstance(name, Page) else models[name]
                for name in names
                if (name.is_for(request.user) if isinstance(name, Page) else name in models)
            ]
            if found:
                desks.append(
                    {
                        "name": desk,
                        "app_label": desk,
                        "app_url": found[0]["admin_url"],
                        "has_module_perms": True,
                        "models": found,
                    }
                )
        # The longest address that leads to this page is where one is.
        entries = [entry for desk in desks for entry in desk["models"]]
        here = [one for one in entries if request.path.startswith(one["admin_url"] or "-")]
        if here:
            max(here, key=lambda one: len(one["admin_url"]))["is_here"] = True
        return desks
