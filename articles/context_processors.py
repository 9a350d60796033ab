"""The magazine's name, menu and footer for every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Page, Publication, Section


def site_context(request: HttpRequest) -> dict[str, Any]:
    """Add lazy values: each costs one query, made only when a template uses it."""
    return {
        "publication": getattr(request, "publication", None)
        or SimpleLazyObject(Publication.objects.current),
        "menu": SimpleLazyObject(lambda: list(Section.objects.in_menu())),
        "footer_pages": SimpleLazyObject(
            lambda: list(Page.objects.published().filter(in_footer=True).only("title", "slug"))
        ),
    }
