"""The language of words that stand in a page of another one."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def lang(tag: str) -> SafeString | str:
    """Render the attribute, with the space before it; empty for the language of the page."""
    return format_html(' lang="{}"', tag) if tag else ""
