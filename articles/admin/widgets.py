"""Inputs that our ES modules make comfortable; each is a plain form control underneath."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.forms import Script
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django_prose_editor.widgets import ProseEditorWidget, importmap
from js_asset import ImportMap, Media

from articles.models import Author, Image, Section

from .clock import is_shown, readings
from .pictures import as_data

# By their bare names, so that a module finds the hashed file of another one.
MODULES = ImportMap(
    {
        f"newsroom/{name}": f"newsroom/{name}.js"
        for name in (
            "dialogs",
            "footnotes",
            "nodes",
            "paste",
            "paste-lists",
            "paste-notes",
            "picture-files",
            "picture-words",
            "pictures",
            "stored",
            "toolbar",
            "uploads",
        )
    }
)


def module(name: str) -> Script:
    return Script(f"newsroom/{name}.js", type="module")


class ProseInput(ProseEditorWidget):
    """The editor: a text area that newsroom/editor.js takes over."""

    @property
    def media(self) -> Media:
        return Media(importmap=importmap | MODULES, js=[module("editor")])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Textarea.get_context(self, name, value, attrs)
        context["widget"]["attrs"].update(
            {
                "class": "prose-input",
                "data-pictures": reverse("admin:articles_image_pick"),
                "data-picture-files": reverse("admin:articles_image_files"),
                "data-embeds": reverse("admin:articles_article_embed"),
            }
        )
        return context


class PictureInput(forms.TextInput):
    """The key of a picture, with its preview and the picture dialog."""

    template_name = "admin/newsroom/picture_input.html"
    input_type = "hidden"

    @property
    def is_hidden(self) -> bool:
        return False

    @property
    def media(self) -> Media:
        return Media(importmap=importmap | MODULES, js=[module("picture-input")])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        is_key = str(value or "").isdecimal()
        image = Image.objects.filter(pk=value).first() if is_key else None
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


class ChosenSelect(forms.SelectMultiple):
    """A list to which one adds by typing: only what is chosen stands in it, in its order."""

    template_name = "django/forms/widgets/select.html"

    def __init__(self, field: str, attrs: dict[str, Any] | None = None) -> None:
        self.field = field
        super().__init__(attrs)

    @property
    def media(self) -> Media:
        return Media(importmap=MODULES, js=[module("combobox")])

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        source = f"?app_label=articles&model_name=article&field_name={self.field}"
        return {
            **super().build_attrs(base_attrs, extra_attrs),
            "data-combobox": reverse("admin:autocomplete") + source,
        }

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        labels = self.labels(value)
        return [
            (None, [self.create_option(name, key, label, True, index, attrs=attrs)], index)
            for index, (key, label) in enumerate(labels)
        ]

    def labels(self, value: list[str]) -> list[tuple[str, str]]:
        """The chosen values with the words to show for them, in their order."""
        return [(name, name) for name in value]


class BylineInput(ChosenSelect):
    def __init__(self) -> None:
        super().__init__("authors", {"data-ordered": "author"})

    def labels(self, value: list[str]) -> list[tuple[str, str]]:
        names = {str(author.pk): author.name for author in Author.objects.filter(pk__in=value)}
        return [(key, names.get(key, key)) for key in value]


class TagsInput(ChosenSelect):
    def __init__(self) -> None:
        super().__init__("tags", {"data-create": "tag"})


class AlsoInInput(ChosenSelect):
    def __init__(self) -> None:
        super().__init__("also_in")

    def labels(self, value: list[str]) -> list[tuple[str, str]]:
        sections = Section.objects.filter(pk__in=value)
        return [(str(section.pk), section.name) for section in sections]
