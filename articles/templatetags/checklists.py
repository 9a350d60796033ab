"""The checklist beside an article's form."""

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from articles import policy
from articles.admin.checklist import listed, newest_text
from articles.checklist import checks
from articles.models import Article

register = template.Library()


@register.inclusion_tag("admin/articles/article/_checklist.html", takes_context=True)
def checklist(context: RequestContext, article: Article | None) -> dict[str, Any]:
    """The panel; an article that was never saved has nothing to be checked yet."""
    arguments = [article.pk] if article else []
    found = listed(checks(article, newest_text(article))) if article else {}
    return {
        **found,
        "article": article,
        "address": reverse("admin:articles_article_checks", args=arguments),
        "may_publish": article is not None and policy.may_publish(context["request"].user),
    }
