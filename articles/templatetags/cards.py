"""An article as a card. Written here and not in a template for the reason of `signatures`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.models import Article
from articles.models.images import shown

from .pictures import picture
from .signatures import byline, label

register = template.Library()

CARD = (
    '<article class="card">{picture}<div class="card__words">{label}'
    '<{level} class="card__headline" dir="auto"><a href="{address}">{headline}</a></{level}>'
    "{deck}{byline}</div></article>"
)
PICTURE = '<div class="card__picture">{}</div>'
DECK = '<p class="card__deck" dir="auto">{}</p>'


@register.simple_tag
def card(
    article: Article,
    level: str,
    sizes: str = "",
    shape: str = "card",
    priority: bool = False,
    in_section: bool = False,
) -> SafeString:
    """An article whose headline is an `h2` or `h3`, by `level`.

    `sizes`, `shape` and `priority` are those of its picture, as in `{% picture %}`; without
    `sizes` the card is a short one, with neither picture nor deck. `in_section` is for cards that
    stand under their section's own title.
    """
    image = shown(article.lead_image) if sizes else None
    return format_html(
        CARD,
        picture=format_html(PICTURE, picture(image, shape, sizes, priority, article.alt))
        if image
        else "",
        label=label(article, in_section),
        level=level,
        address=article.get_absolute_url(),
        headline=article.headline,
        deck=format_html(DECK, article.deck) if sizes and article.deck else "",
        byline=byline(article),
    )
