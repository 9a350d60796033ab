"""Dead links, for those who can mend them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import link_check, policy
from articles.models import Article, LinkFinding, LinkPlace
from articles.prose.escaping import in_attribute

from .base import BoundedPaginator
from .state import moment

ROWS = 50


@require_safe
def dead_links(request: HttpRequest) -> HttpResponse:
    """Where dead links stand, what the public reads first; `?of=elsewhere` for other sites.

    The findings are as old as the command's last run; what was mended since is left out.
    """
    if not policy.may_publish(request.user):
        raise PermissionDenied
    is_own = request.GET.get("of") != "elsewhere"
    places = LinkPlace.objects.dead(is_own=is_own)
    page = BoundedPaginator(places, ROWS).get_page(request.GET.get("p"))
    looked = LinkFinding.objects.filter(is_own=is_own).aggregate(last=Max("last_checked"))["last"]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Dead links",
        "opts": Article._meta,
        "is_own": is_own,
        "page": page,
        "rows": [as_row(place) for place in still_dead(list(page))],
        "looked": moment(looked),
    }
    return render(request, "admin/articles/article/links.html", context)


def still_dead(places: list[LinkPlace]) -> list[LinkPlace]:
    """Those whose link still stands in the text and, within the magazine, still leads nowhere."""
    standing = [place for place in places if in_attribute(str(place.finding)) in place.text.body]
    own = {str(place.finding) for place in standing if place.finding.is_own}
    faults = link_check.faults(own)
    return [place for place in standing if not place.finding.is_own or str(place.finding) in faults]


def as_row(place: LinkPlace) -> dict[str, Any]:
    text = place.text
    kind = text._meta.model_name
    return {
        "place": place,
        "text": text,
        "kind": kind,
        "form": reverse(f"admin:articles_{kind}_change", args=[text.pk]),
        "since": moment(place.finding.dead_since),
    }
