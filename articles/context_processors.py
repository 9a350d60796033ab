"""What stands on every reader page around its matter: the magazine's name, menu and footer."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Page, Publication, Section


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Context processor: three short queries, made only where a template asks for them."""
    return {
        "publication": getattr(request, "publication", None)
        or SimpleLazyObject(Publication.objects.current),
        "menu": SimpleLazyObject(lambda: list(Section.objects.in_menu())),
        "footer_pages": SimpleLazyObject(
            lambda: list(Page.objects.published().filter(in_footer=True).only("title", "slug"))
        ),
    }
