from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from articles import public
from articles.front_page import arrange
from articles.models import Section

from .reader_page import ReaderRequest, reader_page


@reader_page()
def front(request: ReaderRequest) -> HttpResponse:
    menu = request.parts.get("menu", lambda: list(Section.objects.in_menu()))
    page = arrange(request.publication, menu, parts=request.parts)
    # The section's own articles fill the rail, but pins may stand there while it has none.
    quick = public.rows(Section).filter(pk=request.publication.quick_takes_id)
    is_named = request.publication.quick_takes in menu or (page.quick and quick.exists())
    if not is_named:
        page = replace(page, areas=[area for area in page.areas if area.key != "quick"])
    return render(request, "articles/front.html", {"front": page})
