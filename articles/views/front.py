from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles import selection
from articles.models import Publication, Section

from .reader_page import reader_page


@reader_page
def front(request: HttpRequest) -> HttpResponse:
    publication = Publication.objects.current()
    menu = list(Section.objects.in_menu())
    # The rail is the band of the quick takes.
    bands = [section for section in menu if section.pk != publication.quick_takes_id]
    return render(
        request,
        "articles/front.html",
        {
            "publication": publication,
            "menu": menu,
            "front": selection.front(publication, bands),
        },
    )
