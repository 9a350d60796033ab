"""Past issues, for anybody to read: what was mailed, as far as it is still public."""

from copy import copy
from itertools import groupby
from typing import cast

from django.conf import settings
from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html, format_html_join

from articles import keyset, link_check, prose
from articles.models import Article, Image
from articles.structured_data import absolute
from articles.templatetags.languages import lang
from articles.views.reader_page import ReaderRequest, reader_page
from newsletter.models import Issue, IssueItem
from newsletter.models.issues import IssueQuerySet
from newsletter.models.subscribers import EXAMPLE_KEY

FEED_LENGTH = 20


@reader_page(*keyset.PARAMETERS)
def issues(request: ReaderRequest) -> HttpResponse:
    page = keyset.cut(listed(), request.GET, by="started_at")
    return render(request, "newsletter/issues.html", {"page": page})


@reader_page()
def issue(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show an issue in the words of the mail, without articles that were withdrawn."""
    if slug == EXAMPLE_KEY:
        return render(request, "newsletter/example.html")
    found = get_object_or_404(Issue.objects.archived().select_related("list"), slug=slug)
    items = found.items.public().for_mail()
    (opening,) = link_check.for_readers([found.opening])
    return render(
        request,
        "newsletter/issue.html",
        {
            "issue": found,
            "opening": prose.render_body(opening, Image.objects.for_prose([opening])),
            "groups": [
                (heading, [card_of(item) for item in group])
                for heading, group in groupby(items, key=lambda item: item.heading)
            ],
        },
    )


@reader_page()
def issues_feed(request: ReaderRequest) -> HttpResponse:
    publication = request.publication
    feed = Rss201rev2Feed(
        title=f"{publication.name}: newsletter",
        link=absolute(reverse("issues")),
        description=publication.newsletter_blurb or publication.description,
        language=publication.language,
        feed_url=absolute(reverse("issues_feed")),
    )
    items = IssueItem.objects.public().annotate(language=F("article__language"))
    public = Prefetch("items", items, to_attr="public_items")
    for one in listed().newest_first().prefetch_related(public)[:FEED_LENGTH]:
        url = absolute(one.get_absolute_url())
        feed.add_item(
            title=one.subject,
            link=url,
            description=described(one),
            unique_id=url,
            pubdate=one.started_at,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, settings.DEFAULT_CHARSET)
    return response


def listed() -> IssueQuerySet:
    return Issue.objects.listed().select_related("list").defer("html", "text", "opening")


def described(one: Issue) -> str:
    """Return the preheader and the headlines as links: safe HTML, as feed readers expect it."""
    items: list[IssueItem] = getattr(one, "public_items", [])
    headlines = format_html_join(
        "",
        '<li{}><a href="{}">{}</a></li>',
        ((lang(getattr(item, "language", "")), item.frozen_url, item.headline) for item in items),
    )
    words = one.public_preheader
    preheader = format_html("<p>{}</p>", words) if words else ""
    return format_html("{}<ul>{}</ul>", preheader, headlines) if items else str(preheader)


def card_of(item: IssueItem) -> Article:
    """Return the article as a card shows it, with the words of the mail; never save it."""
    card = cast(Article, copy(item.article))
    card.headline, card.deck = item.headline, item.summary
    return card
