"""An issue as a mail: its HTML, made for programs of very different age, and its plain text."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import prose
from articles.models import Article, Image, Publication
from articles.models.images import Rendition, shown
from articles.structured_data import absolute

from .models import Issue, IssueItem, Letterhead

WIDTH = 78  # characters of a line of plain text (RFC 5322, 2.1.1)
THUMBNAIL = 120  # pixels across; its rendition has four times as many
# Gmail cuts a mail off at 102 KB of HTML and hides the rest, the way out with it.
LARGE, TOO_LARGE = 80 * 1024, 100 * 1024
# Kept in the mail as it stands, for those programs that know it.
IN_THE_DARK = "@media (prefers-color-scheme: dark)"
# What fills the line beside the subject where the preheader ends, else the first headlines do.
PADDING = "\u034f\u200c\u00a0" * 40

# Styles must stand on the elements: programs throw away the sheet, or prefix its selectors.
INLINER = CSSInliner(
    keep_at_rules=True,
    minify_css=True,
    remove_inlined_selectors=True,
    load_remote_stylesheets=False,
)


@dataclass(frozen=True)
class Links:
    """Where the links of a mail's footer lead: full addresses, empty where there is none."""

    leave: str
    preferences: str
    archive: str

    @classmethod
    def of(cls, issue: Issue) -> "Links":
        """Of the mail that is sent: with the marker, which gives way to each recipient's key."""
        return cls(
            leave=absolute(reverse("leave", args=[issue.marker])),
            preferences=absolute(reverse("preferences", args=[issue.marker])),
            archive=absolute(issue.get_absolute_url()) if issue.is_in_archive else "",
        )

    @classmethod
    def example(cls) -> "Links":
        """Of a test or a preview: to a page that does nothing for anybody."""
        page = absolute(reverse("example"))
        return cls(leave=page, preferences=page, archive=page)


@dataclass(frozen=True)
class Mail:
    subject: str
    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML, by which mail programs cut."""
        return len(self.html.encode())

    @property
    def in_kilobytes(self) -> float:
        return self.size / 1024

    def in_scheme(self, scheme: str) -> str:
        """The HTML as a program shows it that is set to “light” or “dark”, whatever the browser
        is set to that shows it here."""
        media = {"light": "@media not all", "dark": "@media all"}.get(scheme, IN_THE_DARK)
        return self.html.replace(IN_THE_DARK, media, 1)


@dataclass(frozen=True)
class Line:
    """An article as it stands in the mail."""

    headline: str
    summary: str
    address: str
    authors: list[str]
    picture: Rendition | None
    alt: str

    @property
    def width(self) -> int:
        return THUMBNAIL

    @property
    def height(self) -> int:
        if self.picture is None:
            return 0
        return round(THUMBNAIL * self.picture.height / self.picture.width)


@dataclass(frozen=True)
class Group:
    """Articles under one heading; empty for those that stand under none."""

    heading: str
    lines: list[Line]


def rendered(issue: Issue, items: Iterable[IssueItem], links: Links | None = None) -> Mail:
    """The mail of an issue with these items (of `for_mail()`), in their order."""
    publication, letterhead = Publication.objects.current(), Letterhead.objects.current()
    context: dict[str, Any] = {
        "issue": issue,
        "subject": issue.subject or issue.list.name,
        "groups": grouped(items),
        "publication": publication,
        "letterhead": letterhead,
        "links": links or Links.of(issue),
        "home": absolute("/"),
        "date": date_format(timezone.localdate(), "j F Y"),
        "padding": PADDING,
        "opening": prose.render_mail(issue.opening, pictures_of(issue.opening), settings.SITE_URL),
    }
    html = render_to_string("newsletter/mail/issue.html", context)
    return Mail(issue.subject, INLINER.inline(html), plain_text(issue, context))


def example_of(issue: Issue) -> Mail:
    """The mail to look at: as it was frozen, or as the draft is now; its links do nothing."""
    if issue.is_open or not issue.html:
        return rendered(issue, issue.items.for_mail(), Links.example())
    html, text = issue.html, issue.text
    real, example = Links.of(issue), Links.example()
    for name in ("leave", "preferences"):
        html = html.replace(getattr(real, name), getattr(example, name))
        text = text.replace(getattr(real, name), getattr(example, name))
    return Mail(issue.subject, html, text)


def pictures_of(html: str) -> dict[int, Image]:
    """The pictures in prose that readers may see today."""
    found = Image.objects.for_prose([html])
    return {key: image for key, image in found.items() if shown(image)}


def grouped(items: Iterable[IssueItem]) -> list[Group]:
    """The items as lines under their headings; those without an article are left out."""
    there = [item for item in items if item.article]
    return [
        Group(heading, [line_of(item) for item in group])
        for heading, group in groupby(there, key=lambda item: item.heading)
    ]


def line_of(item: IssueItem) -> Line:
    article: Article = item.article  # type: ignore[assignment]
    lead = shown(article.lead_image)
    sizes = lead.sizes("card", "jpg") if lead else []
    picture = sizes[0]._replace(url=absolute(sizes[0].url)) if sizes else None
    return Line(
        headline=item.shown_headline,
        summary=item.shown_summary,
        address=item.destination,
        authors=[author.name for author in article.byline],
        picture=picture,
        alt=article.alt,
    )


def byline(authors: list[str]) -> str:
    """ "By A, B and C"; empty where nobody signs."""
    *first, last = authors or [""]
    names = f"{', '.join(first)} and {last}" if first else last
    return f"By {names}" if names else ""


def plain_text(issue: Issue, context: dict[str, Any]) -> str:
    """The same words for those who read text; addresses stand on lines of their own, whole."""
    publication, letterhead, links = (
        context[name] for name in ("publication", "letterhead", "links")
    )
    parts = [wrapped(f"{publication.name} · {issue.list.name}"), context["date"]]
    if issue.opening:
        parts.append(prose.mail_text(issue.opening, settings.SITE_URL, WIDTH))
    for group in context["groups"]:
        if group.heading:
            heading = wrapped(group.heading.upper())
            parts.append(f"{heading}\n{'-' * max(map(len, heading.splitlines()))}")
        parts += [
            "\n".join(
                filter(
                    None,
                    [wrapped(line.headline), wrapped(byline(line.authors)), wrapped(line.summary)],
                )
            )
            + f"\n{line.address}"
            for line in group.lines
        ]
    footer = [wrapped(letterhead.reason)]
    if letterhead.postal_address:
        lines = [publication.name, *letterhead.postal_address.splitlines()]
        footer.append("\n".join(wrapped(line) for line in lines if line.strip()))
    if links.archive:
        footer.append(f"Read it in the browser:\n{links.archive}")
    footer.append(f"Choose what you get, or change your address:\n{links.preferences}")
    footer.append(f"Unsubscribe from “{issue.list.name}”:\n{links.leave}")
    return "\n\n".join([*parts, "-" * 40, *footer]) + "\n"


def wrapped(words: str) -> str:
    return "\n".join(prose.wrap(words, WIDTH))
