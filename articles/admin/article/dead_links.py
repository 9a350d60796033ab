"""Dead links, for those who can mend them."""

from typing import Any

from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import link_check, policy
from articles.admin.base import BoundedPaginator
from articles.admin.views import NewsroomRequest, check_permission, render_page
from articles.dates import moment_in_words
from articles.models import Article, LinkFinding, LinkPlace
from articles.prose.escaping import in_attribute

ROWS = 50


@require_safe
def dead_links(request: NewsroomRequest) -> HttpResponse:
    """List dead links, those in public texts first; `?of=elsewhere` lists links to other sites.

    The findings are as old as the command's last run; what was mended since is left out.
    """
    check_permission(policy.may_publish(request.user))
    is_own = request.GET.get("of") != "elsewhere"
    places = LinkPlace.objects.dead(is_own=is_own)
    page = BoundedPaginator(places, ROWS).get_page(request.GET.get("p"))
    looked = LinkFinding.objects.filter(is_own=is_own).aggregate(last=Max("last_checked"))["last"]
    context: dict[str, Any] = {
        "title": "Dead links",
        "is_own": is_own,
        "page": page,
        "rows": [as_row(place) for place in still_dead(list(page))],
        "looked": moment_in_words(looked),
    }
    return render_page(request, Article, "dead_links.html", context)


def still_dead(places: list[LinkPlace]) -> list[LinkPlace]:
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
        "since": moment_in_words(place.finding.dead_since),
    }
