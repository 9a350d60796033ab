"""Every kind of page that a reader can meet, as the demo has it."""

from django.template.loader import render_to_string
from playwright.sync_api import Page

# An article with all that one can have: deck, series, tags, pictures, notes, an embed.
ARTICLE = "/pilots-of-the-long-strait/"
PATHS = {
    "front": "/",
    "section": "/section/asia-pacific/",
    "format": "/format/analysis/",
    "series": "/series/the-long-strait/",
    "author": "/author/ilse-brandvold/",
    "tag": "/tag/shipping/",
    "article": ARTICLE,
    "corrections": "/corrections/",
    "static page": "/about/",
    "404": "/there-is-nothing-here/",
    "subscribed": "/newsletter/subscribed/",
    "unknown link": "/newsletter/confirm/cut-o/",
}
# Pages that no address leads to while all is well.
BROKEN = ["500", "503"]
PAGE_KINDS = [*PATHS, "subscribe error", *BROKEN]


def visit(page: Page, kind: str) -> None:
    """Bring the page of this kind into the window, as a reader would come to it."""
    if kind == "subscribe error":
        page.goto("/about/")
        # A browser takes this for an address, and the form of Django does not.
        page.get_by_label("E-mail address").fill("reader@nowhere")
        # As without script, which would show the error in place.
        with page.expect_navigation():
            page.locator(".signup form").evaluate("form => form.submit()")
    elif kind in BROKEN:
        show_broken(page, kind)
    else:
        page.goto(PATHS[kind])


def show_broken(page: Page, kind: str) -> None:
    """Answer with the page of this failure, under the headers of the page that is not found."""
    html = render_to_string(f"{kind}.html")
    page.route(
        "**/broken/",
        lambda route: route.fulfill(response=route.fetch(), body=html, status=int(kind)),
    )
    page.goto("/broken/")
