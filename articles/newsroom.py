"""The newsroom's site: Django's admin under the publication's name.

It stands outside of `articles/admin/`, whose modules register with it while they are imported.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .furniture import furniture

# The order of the index and of the side bar: what is used most stands first.
DESKS = {
    "Articles": ["Article", "FrontPage", "Image", "Author", "Tag", "Series"],
    "The magazine": ["Section", "Format", "Page", "Publication", "Redirect"],
    "People": ["Subscriber", "User"],
}


class Newsroom(admin.AdminSite):
    """The admin under the publication's own name, its lists in the order of the work."""

    index_title = "Newsroom"
    enable_nav_sidebar = False  # its place is above, where it leaves the text its width

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = str(furniture(request)["publication"])
        return {**super().each_context(request), "site_header": name, "site_title": name}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Desks instead of Django apps; the page of one app stays as Django makes it."""
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
