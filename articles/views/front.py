from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.arrangement import arrange
from articles.models import Publication, Section

from .reader_page import reader_page


@reader_page
def front(request: HttpRequest) -> HttpResponse:
    publication = Publication.objects.current()
    menu = list(Section.objects.in_menu())
    return render(
        request,
        "articles/front.html",
        {"publication": publication, "menu": menu, "front": arrange(publication, menu)},
    )
