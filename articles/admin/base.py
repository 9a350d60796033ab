"""The base class of all lists and forms of the newsroom."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.db.models import ForeignKey, ManyToManyField, Model
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from articles import policy
from articles.keys import RowsField, row_keys
from articles.models import Image
from articles.models.fields import LanguageField, LinksField, ProseField

from .fields import LinesField, MomentField, ProseFormField
from .protection import reasons
from .views import check_permission
from .widgets import LanguageSelect, PictureInput, RowSelect


class BoundedPaginator(Paginator):
    """Counts no further than an editor would turn pages; beyond that one searches."""

    limit = 2_000

    @cached_property
    def count(self) -> int:
        rows = cast(models.QuerySet, self.object_list)
        return rows.order_by()[: self.limit].count()


Narrow = Callable[[Any, HttpRequest], models.QuerySet]


class ChoiceFilter(admin.SimpleListFilter):
    """A filter of fixed choices; each has its words, and says which rows it leaves."""

    options: dict[str, tuple[str, Narrow]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _) in self.options.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        chosen = self.options.get(self.value() or "")
        return chosen[1](queryset, request) if chosen else queryset


class NewsroomChangeList(ChangeList):
    """A list that is narrowed only by the filters it offers: Django accepts any lookup on any
    column, and a regular expression over all texts holds a worker for as long as it takes."""

    @cached_property
    def offered(self) -> set[str]:
        names: set[str] = set()
        for one in self.list_filter:
            if isinstance(one, str):
                field: Any = self.lookup_opts.get_field(one)
                key = [one, field.target_field.name] if field.is_relation else [one]
                names |= {one, "__".join([*key, "exact"]), f"{one}__isnull"}
            elif isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
                names.add(one.parameter_name or "")
        return names

    def get_filters(self, request: HttpRequest) -> Any:
        # No column holds a NUL; PostgreSQL takes it for an error.
        ignored = sorted(
            name
            for name, values in self.get_filters_params().items()
            if name not in self.offered or any("\x00" in value for value in values)
        )
        for name in ignored:
            del self.params[name], self.filter_params[name]
        if ignored:
            named = ", ".join(f"“{name[:60]}”" for name in ignored[:3])
            messages.warning(request, f"This list has no filter called {named}. It was ignored.")
        return super().get_filters(request)


class NewsroomAdmin(admin.ModelAdmin):
    """Asks the policy for every permission, and knows the newsroom's kinds of field."""

    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    # Pages beside Django's own: route, view, and the end of the URL's name.
    pages: Sequence[tuple[str, Callable[..., HttpResponseBase], str]] = ()
    formfield_overrides = {
        ProseField: {"form_class": ProseFormField},
        LinksField: {"form_class": LinesField},
        LanguageField: {"widget": LanguageSelect},
        models.DateTimeField: {"form_class": MomentField},
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
    }

    def get_urls(self) -> list[URLPattern]:
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(view), name=f"{prefix}_{name}") for route, view, name in self.pages]
        return [*own, *super().get_urls()]

    def view_on_site(self, obj: Any) -> str | None:
        """Return the public URL itself: Django would lead over a page that gives anybody of staff
        the URL of any row. A slug that a form refused has none."""
        try:
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            return None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "view", self.model, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return policy.may(request.user, "add", self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "change", self.model, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "delete", self.model, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        *told, permissions, protected = super().get_deleted_objects(objs, request)
        if not protected:
            return *told, permissions, protected
        # Nothing is deleted, so no permission is lacking for it.
        return *told, set(), list(reasons(list(objs), request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NewsroomChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        # Django's suggestions hand on a NUL, over which PostgreSQL raises DataError.
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Keys that no row can have come from no page of ours, and databases break over them."""
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if len(row_keys(keys)) < len(keys):
            raise Http404
        return super().response_action(request, queryset, *args, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        if isinstance(db_field, ForeignKey) and db_field.remote_field.model is Image:
            return db_field.formfield(widget=PictureInput())
        if isinstance(db_field, ManyToManyField):
            kwargs["form_class"] = RowsField
        elif db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowSelect(db_field, self.admin_site)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for extra in ("add", "change", "delete", "view"):
            # Without the row of icons that open pop-up windows.
            if field and hasattr(field.widget, f"can_{extra}_related"):
                setattr(field.widget, f"can_{extra}_related", False)
        return field

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field:
            # Django adds “Hold down Control”, which is of no use in a list that is searched.
            field.help_text = db_field.help_text
        return field

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        # The log names what people see: a hidden field is none of it.
        hidden = [
            field.label or name for name, field in form.fields.items() if form[name].is_hidden
        ]
        message = super().construct_change_message(request, form, formsets, add)
        for entry in message:
            if fields := entry.get("changed", {}).get("fields"):
                entry["changed"]["fields"] = [one for one in fields if one not in hidden]
        return [entry for entry in message if entry.get("changed", {}).get("fields") != []]


class ReadOnlyAdmin(NewsroomAdmin):
    """Rows to look up: they come and go by other ways than a form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OneRowAdmin(NewsroomAdmin):
    """One row: its list leads straight to its form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        check_permission(self.has_view_permission(request))
        row = self.model.objects.current()
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))
