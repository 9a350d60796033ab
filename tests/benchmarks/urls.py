from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.cache import cache_page
from django.views.generic import ListView

from articles.models import Article, Section
from articles.views.front import front


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@cache_page(60, cache="memory")
def by_djangos_cache(request: HttpRequest) -> HttpResponse:
    """The front page, kept as Django's own cache middleware does it."""
    response = front(request)
    del response.headers["Cache-Control"]
    return response


class Plain(ListView):
    """A page as one would write it with Django and nothing else: three queries, 49 KB."""

    queryset = (
        Article.objects.filter(published_at__isnull=False)
        .select_related("section", "format", "lead_image")
        .prefetch_related("authors")
        .order_by("-published_at")[:24]
    )
    extra_context = {"sections": Section.objects.filter(in_menu=True)}
    template_name = "plain.html"


urlpatterns = [
    path("empty/", empty),
    path("by-djangos-cache/", by_djangos_cache),
    path("plain/", Plain.as_view()),
    path("", include("magazine.urls")),
]

handler404 = "magazine.errors.not_found"
handler500 = "magazine.errors.failed"
