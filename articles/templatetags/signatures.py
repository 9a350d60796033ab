"""What stands above and below every headline: the label and the byline.

They are written here and not in templates because a front page has forty of each, and a template
takes five times as long for so small a thing.
"""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article

register = template.Library()

BAR = format_html(' <span class="label__bar">{}</span> ', "|")


@register.simple_tag
def label(article: Article, without_section: bool = False) -> SafeString | str:
    """The line “Format | Section”; either half may be missing, and then the bar is too.

    `without_section` is for cards that stand under their section's own title.
    """
    groups = [article.format, None if without_section else article.section]
    links = [
        format_html('<a href="{}">{}</a>', group.get_absolute_url(), group.name)
        for group in groups
        if group
    ]
    line = format_html_join(BAR, "{}", ((link,) for link in links))
    return format_html('<p class="label">{}</p>', line) if links else ""


@register.simple_tag
def byline(article: Article) -> SafeString | str:
    """The authors in their order: “By A, B and C”; nothing where nobody signs."""
    authors = [
        format_html(
            '<a href="{}" rel="author"><bdi>{}</bdi></a>', author.get_absolute_url(), author.name
        )
        for author in article.byline
    ]
    if not authors:
        return ""
    *first, last = authors
    names = format_html_join(", ", "{}", ((author,) for author in first))
    return format_html('<p class="byline">By {}{}{}</p>', names, " and " if first else "", last)
