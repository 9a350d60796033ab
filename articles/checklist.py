"""Checks of a text before its publication, each with its remedy.

What blocks is what readers or the law would not forgive; the rest is advice. Each check reads the
same prepared text, so a text is parsed once, and asking costs the same for any length of it.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone
from django.utils.formats import date_format
from lxml import etree

from articles import link_check, prose, punctuation
from articles.dates import moment_in_words
from articles.models import Article, Image, Snapshot
from articles.models.images import refuse_file_name
from articles.page_weight import BUDGET, KILOBYTE, estimate
from articles.prose.embeds import PROVIDERS
from articles.prose.tree import blocks, text_of

HEADLINE_READS_WELL = 80  # characters
PARAGRAPH_READS_WELL = 150  # words
SHOWN = 3  # of each kind of slip: whoever mends three finds the others


@dataclass(frozen=True)
class Check:
    """A point that is not well: what it is, how to mend it, and the form's field to do it in."""

    key: str
    is_blocking: bool
    what: str
    remedy: str
    field: str


# The findings of a check: the fault, the remedy, the field of the form.
Found = Iterator[tuple[str, str, str]]
Subject = TypeVar("Subject")


def checks(article: Article, snapshot: Snapshot) -> list[Check]:
    """Return every failed check of this text of `article`, the blocking ones first.

    At most six queries, however long the text is and however many links and pictures it has.
    """
    text = Text(article, snapshot)
    return [*judged(text, BLOCKING, is_blocking=True), *judged(text, ADVISORY, is_blocking=False)]


def blocking(article: Article, snapshot: Snapshot) -> list[Check]:
    return judged(Text(article, snapshot), BLOCKING, is_blocking=True)


def publish_refusals(
    article: Article, snapshot: Snapshot, embargoed_until: datetime | None
) -> list[str]:
    """The reasons why this text of `article` cannot be published with that embargo, in words."""
    if article.is_public and not article.has_unpublished_changes:
        return ["It is public, and nothing waits to be published."]
    as_chosen = copy(article)
    as_chosen.embargoed_until = embargoed_until
    return [check.what for check in blocking(as_chosen, snapshot)]


def judged(
    subject: Subject, by: Iterable[Callable[[Subject], Found]], *, is_blocking: bool
) -> list[Check]:
    return [
        Check(check.__name__.replace("_", "-"), is_blocking, *found)
        for check in by
        for found in check(subject)
    ]


@dataclass
class Text:
    """A text as the checks read it: parsed once, with its pictures and links looked up once."""

    article: Article
    snapshot: Snapshot

    @cached_property
    def body(self) -> list[etree._Element]:
        return blocks(self.snapshot.body)

    @cached_property
    def lines(self) -> list[tuple[str, str, str]]:
        """Every line of the text: its name, its words, the form's field that it stands in."""
        text = self.snapshot
        around = (
            ("The headline", text.headline, "headline"),
            ("The deck", text.deck, "deck"),
            ("The caption", text.lead_caption, "lead_caption"),
            ("The author note", text.author_note, "author_note"),
        )
        inside = (line for block in self.body for line in block.iter(*LINES))
        body = ("".join(words_of(line)).strip() for line in inside)
        lines = [*around, *((f"“{beginning(words)}”", words, "body") for words in body)]
        return [line for line in lines if line[1].strip()]

    @cached_property
    def images(self) -> dict[int, Image]:
        return dict(Image.objects.in_bulk(self.snapshot.image_keys))

    @property
    def lead(self) -> Image | None:
        return self.images.get(self.snapshot.lead_image or 0)


# Elements that are read as one line, and those inside that are not part of it.
LINES = ("p", "h2", "h3", "li", "td", "th", "caption", "figcaption")
NOT_OF_THE_LINE = {*LINES, "ul", "ol"}


def words_of(line: etree._Element) -> Iterator[str]:
    """Return the words of a line as they were typed, without those of the lines inside it."""
    yield line.text or ""
    for child in line:
        if child.tag not in NOT_OF_THE_LINE:
            yield from words_of(child)
        yield child.tail or ""


WITHIN_QUOTES = str.maketrans("“”", "‘’")


def beginning(words: str, length: int = 50) -> str:
    words = " ".join(words.split()).translate(WITHIN_QUOTES)
    return words if len(words) <= length else words[:length].rpartition(" ")[0] + "…"


# Blocking checks


def headline(text: Text) -> Found:
    if not text.snapshot.headline.strip():
        yield "It has no headline.", "Write one.", "headline"


def slug(text: Text) -> Found:
    if not text.snapshot.slug:
        return  # one is made of the headline
    try:
        validate_slug(text.snapshot.slug)
    except ValidationError:
        remedy = "Use Latin letters, digits and hyphens only."
        yield "Its address has letters that no address can have.", remedy, "slug"


def slug_taken(text: Text) -> Found:
    try:
        Article(pk=text.article.pk, slug=text.snapshot.slug).refuse_taken_slug()
    except ValidationError as refusal:
        yield " ".join(refusal.messages), "Choose another slug.", "slug"


def lead_alt(text: Text) -> Found:
    if text.lead and not text.lead.alt.strip():
        remedy = "Say what is seen, in the picture's own form."
        yield "The lead picture has no alternative text.", remedy, "lead_image"


def lead_credit(text: Text) -> Found:
    if text.lead and not text.lead.credit.strip():
        remedy = "Say who made it, in the picture's own form, or choose another picture."
        yield "The lead picture has no credit.", remedy, "lead_image"


ENDED = "Choose another picture, or extend the licence and its date."


def ended_on(image: Image | None) -> str:
    expires = image.licence_expires if image else None
    return date_format(expires, "j F Y") if expires and expires < timezone.localdate() else ""


def lead_licence(text: Text) -> Found:
    if day := ended_on(text.lead):
        yield f"The licence of the lead picture ended on {day}.", ENDED, "lead_image"


def body_licence(text: Text) -> Found:
    for key in sorted(prose.image_keys(text.snapshot.body)):
        if day := ended_on(text.images.get(key)):
            name = beginning(text.images[key].alt)
            yield f"The licence of the picture “{name}” in the text ended on {day}.", ENDED, "body"


def embargo(text: Text) -> Found:
    until = text.article.embargoed_until
    if until and until > timezone.now():
        yield (
            f"It is under embargo until {moment_in_words(until)}.",
            "Publish it at that time, or end the embargo.",
            "embargoed_until",
        )


# Advisory checks


def deck(text: Text) -> Found:
    if not text.snapshot.deck.strip():
        yield "It has no deck.", "Write the line under the headline.", "deck"


def section(text: Text) -> Found:
    if text.snapshot.section is None:
        yield "It stands in no section.", "Choose the one that is displayed.", "section"


def headline_length(text: Text) -> Found:
    if (length := len(text.snapshot.headline)) > HEADLINE_READS_WELL:
        remedy = f"Cut it to {HEADLINE_READS_WELL}: phones and search engines show no more."
        yield f"The headline has {length} characters.", remedy, "headline"


def quotation_marks(text: Text) -> Found:
    slips = punctuation.unbalanced([words for _, words, _ in text.lines])
    for place in slips[:SHOWN]:
        name, _, field = text.lines[place]
        yield f"{name} has a quotation mark without its partner.", "Open or close it.", field


def doubled_spaces(text: Text) -> Found:
    slips = [line for line in text.lines if punctuation.DOUBLED_SPACE.search(line[1])]
    for name, words, field in slips[:SHOWN]:
        after = beginning(punctuation.DOUBLED_SPACE.split(words)[1])
        yield f"{name} has a doubled space before “{after}”.", "Delete one of the two.", field


def mixed_dashes(text: Text) -> Found:
    used = punctuation.dashes(words for _, words, _ in text.lines)
    field = next((field for _, words, field in text.lines if punctuation.dashes([words])), "body")
    if improper := [dash for dash in used if dash in punctuation.TYPEWRITTEN]:
        yield f"A hyphen stands for a dash: “{improper[0]}”.", "Write – or —.", field
    elif len(used) > 1:
        yield "Two kinds of dash are mixed: – and —.", "Keep to one of them.", field


def file_names(text: Text) -> Found:
    for key, image in text.images.items():
        try:
            refuse_file_name(image.alt)
        except ValidationError:
            field = "lead_image" if key == text.snapshot.lead_image else "body"
            what = f"The alternative text of a picture is the name of a file: “{image.alt}”."
            yield what, "Say what is seen, in the picture's own form.", field


def found_dead(links: list[link_check.StandingLink], field: str) -> Found:
    """Yield a finding for each of the links within the magazine that leads nowhere."""
    faults = link_check.faults(link.href for link in links)
    for link in links:
        if fault := faults.get(link.href):
            what = f"The link “{beginning(link.words)}” ({link.href}) is dead. {fault}"
            yield what, "Correct its address, or take the link out.", field


def dead_links(text: Text) -> Found:
    dead = list(found_dead(link_check.links_of(text.body), "body"))
    yield from dead[:SHOWN]
    if (more := len(dead) - SHOWN) > 0:
        yield f"{more} more dead links.", "They show when these are mended.", "body"


def page_weight(text: Text) -> Found:
    size = estimate(text.snapshot.body, text.images.values())
    if size > BUDGET:
        what = (
            f"The page weighs about {size / KILOBYTE:,.0f} KB on a phone; "
            f"the budget is {BUDGET / KILOBYTE:,.0f} KB."
        )
        yield what, "Take out pictures, or move them to an article of their own.", "body"


def untitled_figures(text: Text) -> Found:
    for figure in text.body:
        if figure.tag != "figure" or text_of(figure):
            continue
        if name := figure.get("data-embed"):
            provider = PROVIDERS[name]
            what = f"An embed has no title: {provider.label} {provider.kind}."
            yield what, "Write what it is under it.", "body"
        elif (image := text.images.get(int(figure.get("data-image", "0")))) and not image.caption:
            what = f"A picture has no caption: “{beginning(image.alt)}”."
            yield what, "Write one under it, or in the picture's own form.", "body"


def long_paragraphs(text: Text) -> Found:
    for block in text.body:
        for paragraph in block.iter("p"):
            notes = sum(len(text_of(note).split()) for note in paragraph.iter("small"))
            words = text_of(paragraph)
            if (length := len(words.split()) - notes) > PARAGRAPH_READS_WELL:
                what = f"The paragraph “{beginning(words)}” has {length} words."
                yield what, "Divide it: a phone shows nothing else.", "body"


BLOCKING = (
    *(headline, slug, slug_taken),
    *(lead_alt, lead_credit, lead_licence, body_licence, embargo),
)
ADVISORY = (
    *(deck, section, headline_length, quotation_marks, doubled_spaces, mixed_dashes, file_names),
    *(dead_links, page_weight, untitled_figures, long_paragraphs),
)
