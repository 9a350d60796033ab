"""What machines read of a page: its full address, its summary, its structured data."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString
from taggit.models import Tag

from articles import structured_data
from articles.models import Article, Correction, Publication

register = template.Library()

register.filter("absolute", structured_data.absolute)
register.filter("summary", structured_data.summary)


@register.simple_tag
def news_article(
    article: Article,
    publication: Publication,
    tags: Iterable[Tag] = (),
    corrections: Iterable[Correction] = (),
) -> SafeString:
    facts = structured_data.news_article(article, publication, tags, corrections)
    return structured_data.script(facts)
