"""The block `{% part %}`, for what many pages have in common."""

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()


class PartNode(template.Node):
    def __init__(
        self, name: str, variants: list[FilterExpression], nodelist: template.NodeList
    ) -> None:
        self.name, self.variants, self.nodelist = name, variants, nodelist

    def render(self, context: Context) -> SafeString:
        name = (self.name, *(variant.resolve(context) for variant in self.variants))
        return context["parts"].get(name, lambda: self.nodelist.render(context))


@register.tag
def part(parser: Parser, token: Token) -> PartNode:
    """Render `{% part name variant … %}…{% endpart %}` once for a version of the content. It may
    depend on the content and on its variants, and on nothing else."""
    _, name, *variants = token.split_contents()
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    return PartNode(name, [parser.compile_filter(one) for one in variants], nodelist)
