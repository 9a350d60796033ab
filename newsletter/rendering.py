"""An issue as a mail: its HTML, made for programs of very different age, and its plain text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import link_check, prose
from articles.models import Article, Image, Publication
from articles.models.images import Rendition, shown
from articles.structured_data import absolute

from .models import Issue, IssueItem, Letterhead
from .models.subscribers import EXAMPLE_KEY
from .transactional import INLINER

WIDTH = 78  # characters of a line of plain text (RFC 5322, 2.1.1)
THUMBNAIL = 120  # pixels across; its rendition has four times as many
# Gmail cuts a mail off at 102 KB of HTML and hides the rest, the way out with it.
LARGE, TOO_LARGE = 80 * 1024, 100 * 1024
# Kept in the mail as it stands, for those programs that know it.
IN_THE_DARK = "@media (prefers-color-scheme: dark)"
# What fills the line beside the subject where the preheader ends, else the first headlines do.
PADDING = "\u034f\u200c\u00a0" * 40


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML, by which mail programs cut."""
        return len(self.html.encode())

    @property
    def kilobytes(self) -> str:
        return f"{self.size / 1024:.0f} KB"

    @property
    def is_large(self) -> bool:
        return LARGE < self.size <= TOO_LARGE

    @property
    def is_too_large(self) -> bool:
        return self.size > TOO_LARGE

    def in_scheme(self, scheme: str) -> str:
        """Return the HTML as a mail program shows it that is set to “light” or “dark”, whatever the
        browser is set to."""
        media = {"light": "@media not all", "dark": "@media all"}.get(scheme, IN_THE_DARK)
        return self.html.replace(IN_THE_DARK, media, 1)


@dataclass(frozen=True)
class ArticleLine:
    """An article as it stands in the mail."""

    headline: str
    summary: str
    language: str
    url: str
    authors: list[str]
    picture: Rendition | None
    alt: str


def render(issue: Issue, items: Iterable[IssueItem]) -> RenderedMail:
    """Render the mail of an issue with these items (of `for_mail()`), in their order. Its links
    hold the marker, which gives way to the key of each recipient."""
    publication, letterhead = Publication.objects.current(), Letterhead.objects.current()
    (opening,) = link_check.for_readers([issue.opening])
    context: dict[str, Any] = {
        "issue": issue,
        "subject": issue.subject or issue.list.name,
        "groups": grouped(items),
        "publication": publication,
        "letterhead": letterhead,
        "leave_url": absolute(reverse("leave", args=[issue.marker])),
        "preferences_url": absolute(reverse("preferences", args=[issue.marker])),
        "archive_url": absolute(issue.get_absolute_url()) if issue.is_in_archive else "",
        "home": absolute("/"),
        "date": date_format(timezone.localdate(), "j F Y"),
        "padding": PADDING,
        "opening": prose.render_mail(opening, pictures_of(opening), settings.SITE_URL),
    }
    html = render_to_string("newsletter/mail/issue.html", context)
    return RenderedMail(issue.subject, INLINER.inline(html), plain_text(context, opening))


def example_of(issue: Issue) -> RenderedMail:
    """Return the mail for looking at, as frozen or as the draft is now; its links do nothing."""
    mail = RenderedMail(issue.subject, issue.html, issue.text)
    if issue.is_open or not issue.html:
        issue.slug = issue.slug or EXAMPLE_KEY  # the page of an issue that has none yet
        mail = render(issue, issue.items.for_mail())
    html, text = (part.replace(issue.marker, EXAMPLE_KEY) for part in (mail.html, mail.text))
    return replace(mail, html=html, text=text)


def pictures_of(html: str) -> dict[int, Image]:
    """Return the images in prose that readers may see today."""
    found = Image.objects.for_prose([html])
    return {key: image for key, image in found.items() if shown(image)}


def grouped(items: Iterable[IssueItem]) -> list[tuple[str, list[ArticleLine]]]:
    lines = [(item.heading, line_of(item, item.article)) for item in items if item.article]
    return [
        (heading, [line for _, line in group])
        for heading, group in groupby(lines, key=itemgetter(0))
    ]


def line_of(item: IssueItem, article: Article) -> ArticleLine:
    lead = shown(article.lead_image)
    picture = next(iter(lead.sizes("card", "jpg") if lead else []), None)
    if picture:
        height = round(THUMBNAIL * picture.height / picture.width)
        picture = picture._replace(url=absolute(picture.url), width=THUMBNAIL, height=height)
    return ArticleLine(
        headline=item.shown_headline,
        summary=item.shown_summary,
        language=article.language,
        url=item.url,
        authors=[author.name for author in article.byline],
        picture=picture,
        alt=article.alt,
    )


def byline(authors: list[str]) -> str:
    *first, last = authors or [""]
    names = f"{', '.join(first)} and {last}" if first else last
    return f"By {names}" if names else ""


def plain_text(context: dict[str, Any], opening: str) -> str:
    """Return the same words for those who read text; URLs stand on lines of their own, whole."""
    issue, publication, letterhead = (
        context[name] for name in ("issue", "publication", "letterhead")
    )
    parts = [wrapped(f"{publication.name} · {issue.list.name}"), context["date"]]
    if opening:
        parts.append(prose.mail_text(opening, settings.SITE_URL, WIDTH))
    for heading, lines in context["groups"]:
        if heading:
            title = wrapped(heading.upper())
            parts.append(f"{title}\n{'-' * max(map(len, title.splitlines()))}")
        for line in lines:
            words = [line.headline, byline(line.authors), line.summary]
            parts.append("\n".join([*map(wrapped, filter(None, words)), line.url]))
    footer = [wrapped(letterhead.reason)]
    if letterhead.postal_address:
        sender = [publication.name, *letterhead.postal_address.splitlines()]
        footer.append("\n".join(wrapped(line) for line in sender if line.strip()))
    if context["archive_url"]:
        footer.append(f"Read it in the browser:\n{context['archive_url']}")
    footer.append(f"Choose what you get, or change your address:\n{context['preferences_url']}")
    footer.append(f"Unsubscribe from “{issue.list.name}”:\n{context['leave_url']}")
    return "\n\n".join([*parts, "-" * 40, *footer]) + "\n"


def wrapped(words: str) -> str:
    return "\n".join(prose.wrap(words, WIDTH))
