"""The label, the byline and the card of an article.

They are made in Python because a front page has forty of each, and a template takes five times as
long for so small a thing. Labels and bylines are the same for many articles, and remembered.
"""

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article
from articles.models.images import shown

from .images import responsive_image
from .languages import lang

register = template.Library()

BAR = format_html(' <span class="label__bar">{}</span> ', "|")
CARD = (
    '<article class="card">{image}<div class="card__words">{label}'
    '<{level} class="card__headline" dir="auto"{lang}><a href="{url}">{headline}</a></{level}>'
    "{deck}{byline}</div></article>"
)
IMAGE = '<div class="card__picture">{}</div>'
AUTHOR = '<a href="{}" rel="author"><bdi>{}</bdi></a>'
DECK = '<p class="card__deck" dir="auto"{}>{}</p>'


@register.simple_tag
def label(article: Article, without_section: bool = False) -> SafeString | str:
    """Render “Format | Section”, without the bar when either half is missing.

    `without_section` is for cards that stand under their section's own title.
    """
    groups = [article.format, None if without_section else article.section]
    return _label(*((group.get_absolute_url(), group.name) for group in groups if group))


@lru_cache(maxsize=1_000)
def _label(*groups: tuple[str, str]) -> SafeString | str:
    line = format_html_join(BAR, '<a href="{}">{}</a>', groups)
    return format_html('<p class="label">{}</p>', line) if groups else ""


@register.simple_tag
def byline(article: Article) -> SafeString | str:
    """Render “By A, B and C”; empty without authors."""
    return _byline(*((author.get_absolute_url(), author.name) for author in article.byline))


@lru_cache(maxsize=1_000)
def _byline(*authors: tuple[str, str]) -> SafeString | str:
    if not authors:
        return ""
    *first, last = authors
    return format_html(
        '<p class="byline">By {}{}{}</p>',
        format_html_join(", ", AUTHOR, first),
        " and " if first else "",
        format_html(AUTHOR, *last),
    )


@register.simple_tag
def card(
    article: Article,
    level: str,
    sizes: str = "",
    shape: str = "card",
    priority: bool = False,
    in_section: bool = False,
) -> SafeString:
    """Render an article as a card whose headline is an `h2` or `h3`, by `level`.

    `sizes`, `shape` and `priority` are passed to `responsive_image`; without `sizes` the card is
    a short one, with neither image nor deck. `in_section` is for cards that
    stand under their section's own title.
    """
    image = shown(article.lead_image) if sizes else None
    language = lang(article.language)
    return format_html(
        CARD,
        image=format_html(IMAGE, responsive_image(image, shape, sizes, priority, article.alt))
        if image
        else "",
        label=label(article, in_section),
        level=level,
        lang=language,
        url=article.get_absolute_url(),
        headline=article.headline,
        deck=format_html(DECK, language, article.deck) if sizes and article.deck else "",
        byline=byline(article),
    )
