from django.http import HttpResponse
from django.shortcuts import render

from articles.arrangement import arrange
from articles.models import Section

from .reader_page import ReaderRequest, reader_page


@reader_page
def front(request: ReaderRequest) -> HttpResponse:
    menu = list(Section.objects.in_menu())
    return render(
        request,
        "articles/front.html",
        {"menu": menu, "front": arrange(request.publication, menu)},
    )
