"""Past issues, for anybody to read: what was mailed, as far as it is still public."""

from copy import copy
from itertools import groupby
from typing import cast

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html, format_html_join

from articles import keyset, prose
from articles.models import Article, Image
from articles.structured_data import absolute
from articles.views.reader_page import ReaderRequest, reader_page
from newsletter.models import Issue, IssueItem
from newsletter.models.issues import IssueQuerySet

FEED_LENGTH = 20


@reader_page
def issues(request: ReaderRequest) -> HttpResponse:
    page = keyset.cut(listed(), request.GET, by="started_at")
    return render(request, "newsletter/issues.html", {"page": page})


@reader_page
def issue(request: ReaderRequest, slug: str) -> HttpResponse:
    """In the words of the mail; an article that was taken off the site is left out."""
    found = get_object_or_404(Issue.objects.archived().select_related("list"), slug=slug)
    items = found.items.public().for_mail()
    images = Image.objects.for_prose([found.opening])
    return render(
        request,
        "newsletter/issue.html",
        {
            "issue": found,
            "opening": prose.render_body(found.opening, images),
            "groups": [
                (heading, [card_of(item) for item in group])
                for heading, group in groupby(items, key=lambda item: item.heading)
            ],
        },
    )


@reader_page
def issues_feed(request: ReaderRequest) -> HttpResponse:
    """RSS 2.0 of the newest issues, each with the headlines that are public."""
    publication = request.publication
    feed = Rss201rev2Feed(
        title=f"{publication.name}: newsletter",
        link=absolute(reverse("issues")),
        description=publication.newsletter_blurb or publication.description,
        language="en",
        feed_url=absolute(reverse("issues_feed")),
    )
    public = Prefetch("items", IssueItem.objects.public(), to_attr="public_items")
    for one in listed().newest_first().prefetch_related(public)[:FEED_LENGTH]:
        address = absolute(one.get_absolute_url())
        feed.add_item(
            title=one.subject,
            link=address,
            description=described(one),
            unique_id=address,
            pubdate=one.started_at,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, settings.DEFAULT_CHARSET)
    return response


def listed() -> IssueQuerySet:
    return Issue.objects.archived().select_related("list").defer("html", "text", "opening")


def described(one: Issue) -> str:
    """The preheader, and the headlines as links: safe HTML, as feed readers expect it."""
    items: list[IssueItem] = one.public_items  # type: ignore[attr-defined]
    headlines = format_html_join(
        "", '<li><a href="{}">{}</a></li>', ((item.address, item.headline) for item in items)
    )
    preheader = format_html("<p>{}</p>", one.preheader) if one.preheader else ""
    return format_html("{}<ul>{}</ul>", preheader, headlines) if items else str(preheader)


def card_of(item: IssueItem) -> Article:
    """The article as a card shows it, with the words of the mail; never to be saved."""
    card = cast(Article, copy(item.article))
    card.headline, card.deck = item.headline, item.summary
    return card
