from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from articles.context_processors import MENU
from articles.front_page import arrange
from articles.public import is_public

from .reader_page import ReaderRequest, reader_page


@reader_page()
def front(request: ReaderRequest) -> HttpResponse:
    menu = request.parts.get("menu", MENU.rows)
    page = arrange(request.publication, menu, parts=request.parts)
    # The section's own articles fill the rail, but pins may stand there while it has none.
    section = request.publication.quick_takes
    if section not in menu and not (page.quick and section and is_public(section)):
        page = replace(page, areas=[area for area in page.areas if area.key != "quick"])
    return render(request, "articles/front.html", {"front": page})
