"""Inputs that our ES modules make comfortable; each is a plain form control underneath."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django_prose_editor.widgets import ProseEditorWidget
from js_asset import Media

from articles.keys import row_key, row_keys
from articles.languages import LANGUAGES
from articles.models import Author, Image, Section
from articles.prose.gateways import GATEWAYS
from articles.prose.looks import LOOKS
from articles.prose.normalising import LINES

from .image.library import as_data
from .scripts import module
from .time_zones import is_shown, readings


class ProseInput(ProseEditorWidget):
    """The editor: a text area that newsroom/editor/editor.js takes over."""

    @property
    def media(self) -> Media:
        return Media(js=[module("editor/editor")])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Textarea.get_context(self, name, value, attrs)
        context["widget"]["attrs"].update(
            {
                "class": "prose-input",
                "data-pictures": reverse("admin:articles_image_pick"),
                "data-picture-files": reverse("admin:articles_image_files"),
                "data-embeds": reverse("admin:articles_article_embed"),
                "data-paste": json.dumps(
                    {"gateways": GATEWAYS, "lines": sorted(LINES), "looks": LOOKS}
                ),
            }
        )
        return context


class PictureInput(forms.TextInput):
    """The key of a picture, with its preview and the picture dialog."""

    template_name = "admin/newsroom/image_input.html"
    input_type = "hidden"

    @property
    def is_hidden(self) -> bool:
        return False

    @property
    def media(self) -> Media:
        return Media(js=[module("image/input")])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        image = Image.objects.filter(pk=row_key(value) or 0).first()
        context["picture"] = json.dumps(as_data(image)) if image else ""
        context["pictures"] = reverse("admin:articles_image_pick")
        return context


# Further off, a moment has no name in every time zone, and nobody means it.
YEARS = range(1900, 3000)


class MomentInput(forms.DateTimeInput):
    """A date and time; where the clock skips or repeats it, also the two moments to choose from."""

    template_name = "admin/newsroom/moment_input.html"
    # Stands between the time and the number of the moment that was chosen.
    CHOSEN = " moment "

    def __init__(self) -> None:
        attributes = {"type": "datetime-local", "step": "1", "class": "moment"}
        super().__init__(attributes, format="%Y-%m-%dT%H:%M:%S")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        typed, which = data.get(name), data.get(f"{name}_which")
        return f"{typed}{self.CHOSEN}{which}" if typed and which else typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed, which = value, ""
        if isinstance(value, str):
            typed, _, which = value.partition(self.CHOSEN)
        context = super().get_context(name, typed, attrs)
        shown = naive(context["widget"]["value"] or "")
        found = readings(shown) if shown else []
        if len(found) == 2 and isinstance(value, datetime):
            # A stored moment: it is known which of the two it is.
            which = str(1 + value.fold)
        if shown and len(found) == 2:
            context["widget"].update(
                {"readings": found, "which": which, "is_repeated": is_shown(shown)}
            )
        return context


def naive(typed: str) -> datetime | None:
    """The time on the clock that a browser sent; None where it is none, or nobody lives then."""
    try:
        parsed = parse_datetime(typed.strip())
    except ValueError:
        return None
    return parsed if parsed and parsed.tzinfo is None and parsed.year in YEARS else None


class LanguageSelect(forms.Select):
    """The languages that we offer, and the present one where it is none of them."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        none = [] if self.is_required else [("", "None chosen")]
        other = [(tag, tag) for tag in value if tag and tag not in LANGUAGES]
        self.choices = [*none, *LANGUAGES.items(), *other]
        return super().optgroups(name, value, attrs)


class ChosenSelect(forms.SelectMultiple):
    """A list to which one adds by typing: only what is chosen stands in it, in its order."""

    template_name = "django/forms/widgets/select.html"
    # The field of the article whose suggestions are offered, and the rows that it names by key.
    field: str
    model: type[Author] | type[Section] | None = None
    extra: dict[str, str] = {}
    placeholder: str

    @property
    def media(self) -> Media:
        return Media(js=[module("base/combobox")])

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        source = f"?app_label=articles&model_name=article&field_name={self.field}"
        return {
            **super().build_attrs(base_attrs, extra_attrs),
            **self.extra,
            "data-placeholder": self.placeholder,
            "data-combobox": reverse("admin:autocomplete") + source,
        }

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        labels = self.labels(value)
        return [
            (None, [self.create_option(name, key, label, True, index, attrs=attrs)], index)
            for index, (key, label) in enumerate(labels)
        ]

    def labels(self, value: list[str]) -> list[tuple[str, str]]:
        rows = self.model._default_manager.filter(pk__in=row_keys(value)) if self.model else []
        names = {str(row.pk): row.name for row in rows}
        return [(key, names.get(key, key)) for key in value]


class RowSelect(AutocompleteSelect):
    """Django's select that is filled by typing; it asks the database for whatever was sent."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        return super().optgroups(name, [str(key) for key in row_keys(value)], attr)


class BylineInput(ChosenSelect):
    field, model, extra = "authors", Author, {"data-ordered": "yes"}
    placeholder = "Find an author"


class TagsInput(ChosenSelect):
    field, extra = "tags", {"data-create": "yes"}
    placeholder = "Add a tag"


class AlsoInInput(ChosenSelect):
    field, model = "also_in", Section
    placeholder = "Find a section"
