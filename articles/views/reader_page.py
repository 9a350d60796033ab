"""Pages that are the same for everybody."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from articles import page_parts
from articles.content_stamp import cdn
from articles.models import Publication

View = Callable[..., HttpResponse]

# What a reader page may know of a request beside its path: the host, whether it came by TLS, and
# how the answer is to be sent, which the page itself does not depend on.
HEADERS = {
    *("HTTP_HOST", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"),
    *(settings.SECURE_PROXY_SSL_HEADER or ())[:1],
}
# A cache in front may answer for a second, for another while it asks, and for a day when nobody
# answers; a browser asks each time.
CACHE_CONTROL = {
    "public": True,
    "max_age": 0,
    "s_maxage": 1,
    "stale_while_revalidate": 1,
    "stale_if_error": 86_400,
}
# Which of its links a browser may fetch before they are followed.
SPECULATION_RULES = "next-page.speculationrules"


class ReaderRequest(HttpRequest):
    """The request of a view marked `@reader_page`."""

    publication: Publication
    parts: page_parts.PageParts


def reader_page(*parameters: str) -> Callable[[View], View]:
    """Mark a view whose page is the same for everybody (the design's second promise).

    Who asks is taken out of the request before the view sees it, and so is every parameter of the
    query but these: the page can depend on nothing else, and the gateway may keep it.
    """

    def marked(view: View) -> View:
        @wraps(view)
        def anonymous(request: ReaderRequest, *args: object, **kwargs: object) -> HttpResponse:
            forget_who_asks(request, parameters)
            request.META["magazine.is_reader_page"] = True
            request.parts = page_parts.of(request.META.get("magazine.content_version"))
            request.publication = request.parts.get("publication", Publication.objects.current)
            response = view(request, *args, **kwargs)
            patch_cache_control(response, **CACHE_CONTROL)
            rules = {"Speculation-Rules": f'"{static(SPECULATION_RULES)}"'}
            for name, value in (cdn.HEADERS | rules).items():
                response.headers[name] = value
            return response

        page = require_safe(anonymous)
        page.reader_parameters = parameters  # type: ignore[attr-defined]
        return page

    return marked


def forget_who_asks(request: HttpRequest, parameters: tuple[str, ...]) -> None:
    request.COOKIES.clear()
    for name in [name for name in request.META if name.startswith("HTTP_")]:
        if name not in HEADERS:
            del request.META[name]
    request.__dict__.pop("headers", None)
    request.META["QUERY_STRING"] = query_of(request.GET, parameters)
    request.GET = QueryDict(request.META["QUERY_STRING"])


def query_of(query: QueryDict, parameters: tuple[str, ...]) -> str:
    """Return the query string with these parameters alone, each once and in their order."""
    return urlencode({name: query.get(name, "") for name in parameters if name in query})
