"""What all lists and forms of the newsroom share."""

import re
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Paginator
from django.db import models
from django.db.models import ForeignKey, Model
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from js_asset import Media

from articles import policy
from articles.models import Image
from articles.models.fields import LinksField, ProseField

from .fields import LinesField, MomentField, ProseFormField
from .widgets import PictureInput


class BoundedPaginator(Paginator):
    """Counts no further than an editor would turn pages; beyond that one searches."""

    limit = 2_000

    @cached_property
    def count(self) -> int:
        rows = cast(models.QuerySet, self.object_list)
        return rows.order_by()[: self.limit].count()


class NewsroomAdmin(admin.ModelAdmin):
    """Asks the policy for every permission, and knows the newsroom's kinds of field."""

    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    formfield_overrides = {
        ProseField: {"form_class": ProseFormField},
        LinksField: {"form_class": LinesField},
        models.DateTimeField: {"form_class": MomentField},
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
    }

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "view", self.model, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return policy.may(request.user, "add", self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "change", self.model, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "delete", self.model, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Keys that no row can have come from no page of ours, and databases break over them."""
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(re.fullmatch(r"[0-9]{1,18}", key) for key in keys):
            raise Http404
        return super().response_action(request, queryset, *args, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        if isinstance(db_field, ForeignKey) and db_field.remote_field.model is Image:
            return db_field.formfield(widget=PictureInput())
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for extra in ("add", "change", "delete", "view"):
            # Without the row of icons that open pop-up windows.
            if field and hasattr(field.widget, f"can_{extra}_related"):
                setattr(field.widget, f"can_{extra}_related", False)
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The editor's import map is an inline script: it needs the page's nonce."""
        nonce = request.csp_nonce  # type: ignore[attr-defined]
        context["media"] = Media.from_media(context["media"]).with_nonce(nonce)
        return super().render_change_form(request, context, *args, **kwargs)
