"""The magazine's name, menu, rails and footer for every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import related
from .database.prepared import Prepared
from .models import Page, Publication, Section
from .page_parts import PageParts

MENU = Prepared(lambda: Section.objects.in_menu())
FOOTER_PAGES = Prepared(
    lambda: Page.objects.published().filter(in_footer=True).only("title", "slug")
)


def site_context(request: HttpRequest) -> dict[str, Any]:
    """Add lazy values: each costs a query or two, made only when a template uses it."""
    parts = getattr(request, "parts", None) or PageParts()

    def publication() -> Publication:
        return parts.get("publication", Publication.objects.current)

    return {
        "parts": parts,
        "publication": SimpleLazyObject(publication),
        "menu": SimpleLazyObject(lambda: parts.get("menu", MENU.rows)),
        "rails": SimpleLazyObject(lambda: related.rails(publication())),
        "footer_pages": SimpleLazyObject(FOOTER_PAGES.rows),
    }
