"""The newsroom's site: Django's admin under the publication's name."""

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

from articles import policy
from articles.context_processors import site_context
from articles.models import Article

from .scripts import IMPORT_MAP
from .views import newsroom_request


@dataclass(frozen=True)
class MenuPage:
    """A page that is no list of rows, and stands among the lists in the menu."""

    name: str
    url_name: str
    is_for: Callable[[policy.Person], bool]

    @property
    def entry(self) -> dict[str, Any]:
        return {"name": self.name, "object_name": self.name, "admin_url": reverse(self.url_name)}


CALENDAR = MenuPage(
    "Calendar",
    "admin:articles_article_calendar",
    lambda person: policy.may(person, "view", Article),
)
LOG = MenuPage("Log", "admin:log", policy.may_read_log)

# The order of the index and of the bar above: what is used most stands first.
# Other apps insert their group.
MENU: list[tuple[str, list[str | MenuPage]]] = [
    ("Articles", ["Article", CALENDAR, "FrontPage", "Image", "Author", "Tag", "Series"]),
    ("The magazine", ["Section", "Format", "Page", "Publication", "Redirect"]),
    ("People", ["User", "Invitation", LOG]),
]


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

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = str(site_context(request)["publication"])
        return {
            **super().each_context(request),
            "site_header": name,
            "site_title": name,
            # An inline script, which the policy of the page lets run by its nonce.
            "import_map": IMPORT_MAP.render(attrs={"nonce": newsroom_request(request).csp_nonce}),
        }

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from .log import log

        # Its redirects ask nobody's permission, and lead to the secret links of drafts too.
        inherited = [
            url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"
        ]
        return [path("log/", self.admin_view(log), name="log"), *inherited]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        from .dashboard import dashboard_context

        return super().index(
            request, {**dashboard_context(newsroom_request(request).user), **(extra_context or {})}
        )

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        if not self.has_permission(request):
            return []
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        groups = []
        for group, names in MENU:
            found = [
                name.entry if isinstance(name, MenuPage) else models[name]
                for name in names
                if (name.is_for(request.user) if isinstance(name, MenuPage) else name in models)
            ]
            if found:
                groups.append(
                    {
                        "name": group,
                        "app_label": group,
                        "app_url": found[0]["admin_url"],
                        "has_module_perms": True,
                        "models": found,
                    }
                )
        # The longest URL that leads to this page is the current one.
        entries = [entry for made in groups for entry in made["models"]]
        here = [one for one in entries if request.path.startswith(one["admin_url"] or "-")]
        if here:
            max(here, key=lambda one: len(one["admin_url"]))["is_here"] = True
        return groups
