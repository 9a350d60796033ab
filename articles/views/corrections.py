from django.http import HttpResponse
from django.shortcuts import render

from articles import keyset, selection
from articles.models import Correction

from .reader_page import ReaderRequest, reader_page


@reader_page
def corrections(request: ReaderRequest) -> HttpResponse:
    """Everything that was corrected in published articles, newest first."""
    rows = Correction.objects.published().select_related("article").defer("article__body")
    around = selection.surroundings(request.publication)
    return render(
        request,
        "articles/corrections.html",
        {
            "page": keyset.cut(rows, request.GET, by="made_at"),
            "latest": around.latest,
            "quick": around.quick,
        },
    )
