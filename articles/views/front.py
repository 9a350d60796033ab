from django.http import HttpResponse
from django.shortcuts import render

from articles import selection
from articles.models import Section

from .reader_page import ReaderRequest, reader_page


@reader_page
def front(request: ReaderRequest) -> HttpResponse:
    menu = list(Section.objects.in_menu())
    # The rail is the band of the quick takes.
    bands = [section for section in menu if section.pk != request.publication.quick_takes_id]
    return render(
        request,
        "articles/front.html",
        {
            "menu": menu,
            "front": selection.front(request.publication, bands),
        },
    )
