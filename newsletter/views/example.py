from django.http import HttpResponse
from django.shortcuts import render

from articles.views.reader_page import ReaderRequest, reader_page


@reader_page
def example(request: ReaderRequest) -> HttpResponse:
    """Where the links of a test mail lead: it says what the real ones do, and does nothing."""
    return render(request, "newsletter/example.html")
