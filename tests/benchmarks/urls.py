from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("empty/", empty), path("", include("magazine.urls"))]

handler404 = "magazine.errors.not_found"
handler500 = "magazine.errors.failed"
