from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from articles.models import Publication
from articles.models.revisions import publish_due_revisions

View = Callable[..., HttpResponse]


class ReaderRequest(HttpRequest):
    """The request of a view marked `@reader_page`."""

    publication: Publication


def reader_page(view: View) -> View:
    """Mark a view whose page is the same for everybody (the design's second promise).

    Who asks is taken out of the request before the view sees it, so the page cannot depend on it.
    Scheduled changes that are due are made public first. Anybody may keep the response, but it is
    validated each time (ETag and 304).
    """

    @wraps(view)
    def anonymous(request: ReaderRequest, *args: object, **kwargs: object) -> HttpResponse:
        request.COOKIES.clear()
        for header in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_LANGUAGE"):
            request.META.pop(header, None)
        request.publication = Publication.objects.current()
        if getattr(request.publication, "is_revision_due", False):
            publish_due_revisions()
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return response

    page = require_safe(anonymous)
    page.is_reader_page = True  # type: ignore[attr-defined]
    return page
