"""The audit log: who did what in the newsroom, and when."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, render_page

LENGTH = 50


class KindField(forms.ModelChoiceField):
    """A model, by the name that the newsroom uses."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name).capitalize()


class LogFilter(forms.Form):
    """Which entries somebody wants to see."""

    person = forms.ModelChoiceField(
        User.objects.order_by("username"), required=False, empty_label="Everybody"
    )
    kind = KindField(
        ContentType.objects.none(), required=False, empty_label="Everything", label="Kind"
    )
    until = forms.DateField(
        required=False, widget=forms.DateInput({"type": "date"}), label="Until the end of"
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = ContentType.objects.get_for_models(*admin.site._registry).values()
        cast(KindField, self.fields["kind"]).queryset = ContentType.objects.filter(
            pk__in=[kind.pk for kind in kinds]
        ).order_by("model")

    def entries(self) -> QuerySet[LogEntry]:
        """Newest first. The key stands for the time: rows are only ever added at the end."""
        asked = self.cleaned_data
        rows = LogEntry.objects.select_related("user", "content_type").order_by("-pk")
        if asked.get("person"):
            rows = rows.filter(user=asked["person"])
        if asked.get("kind"):
            rows = rows.filter(content_type=asked["kind"])
        if asked.get("until"):
            rows = rows.filter(action_time__date__lte=asked["until"])
        if asked.get("before"):
            rows = rows.filter(pk__lt=asked["before"])
        return rows


@require_safe
def log(request: NewsroomRequest) -> HttpResponse:
    check_permission(policy.may_read_log(request.user))
    form = LogFilter(request.GET)
    form.is_valid()
    rows = list(form.entries()[: LENGTH + 1])
    query = request.GET.copy()
    query.pop("before", None)
    newest = f"?{query.urlencode()}"
    query["before"] = str(rows[LENGTH - 1].pk) if len(rows) > LENGTH else ""
    return render_page(
        request,
        LogEntry,
        "log.html",
        {
            "title": "Who did what",
            "form": form,
            "entries": rows[:LENGTH],
            "older": f"?{query.urlencode()}" if len(rows) > LENGTH else "",
            "newest": newest if form.cleaned_data.get("before") else "",
        },
    )
