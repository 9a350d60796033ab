"""Who else has the same article open."""

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from articles import policy
from articles.models import Article, OpenForm

from .fields import name_of
from .state import moment
from .unsaved import session_of


@require_POST
def presence(request: HttpRequest, key: int) -> JsonResponse:
    """Say that this form is open (or, with `gone`, that it was closed); hear of the others."""
    article = get_object_or_404(Article.objects.select_related("working_copy__made_by"), pk=key)
    if not policy.may(request.user, "change", Article, article):
        raise PermissionDenied
    session = session_of(request.POST)
    person = cast(User, request.user)
    if "gone" in request.POST:
        OpenForm.objects.filter(session=session, person=person).delete()
        return JsonResponse({})
    OpenForm.objects.note(article, person, session)
    newest = article.working_copy
    moved_on = newest is not None and request.POST.get("base") not in ("", str(newest.pk))
    return JsonResponse(
        {
            "people": [name_of(one) for one in OpenForm.objects.colleagues(article, person)],
            "newest": {
                "who": name_of(newest.made_by) if newest.made_by else "Somebody",
                "when": moment(newest.made_at),
            }
            if newest and moved_on
            else None,
        }
    )
