"""Form fields of the newsroom: prose, links line by line, moments, bylines and tags."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django_prose_editor.fields import ProseEditorFormField

from articles import policy, prose
from articles.keys import RowsField
from articles.models import Author
from articles.models.fields import validate_length, validate_links
from articles.models.tags import as_stored

from .time_zones import is_shown, readings, zone_in_words
from .widgets import BylineInput, MomentInput, ProseInput, TagsInput, naive


class OneLineField(forms.CharField):
    """Text on one line, however it was pasted. A browser would cut it at `maxlength` without a
    word, so that stands in no input."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class ProseFormField(ProseEditorFormField):
    """The editor; what comes out of the form is what will be stored."""

    default_validators = (validate_length,)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": ProseInput(), "sanitize": prose.sanitize})


class LinesField(forms.CharField):
    """[label, URL] pairs, typed one per line as `Label https://…`."""

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "class": "lines", "spellcheck": "false"})
        super().__init__(**{**kwargs, "widget": widget, "strip": False})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(" ".join(link) for link in value)
        return value

    def to_python(self, value: Any) -> Any:
        links, errors = [], []
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            *label, url = line.split()
            link = [" ".join(label), url]
            try:
                validate_links([link])
            except ValidationError:
                errors.append(
                    f"Line {number}, “{line.strip()}”: write a label, a space and a full address, "
                    "such as “Mastodon https://example.org/@us”."
                )
            links.append(link)
        if errors:
            raise ValidationError(errors)
        return links

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The lines were judged one by one already."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True


class MomentField(forms.DateTimeField):
    """A moment in the magazine's own time, typed to the second.

    A time that the clock skips or repeats is asked about: the error names the two moments that
    may be meant, and the input offers them.
    """

    widget = MomentInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": MomentInput()})
        # A form may live longer than summer time.
        self.help_text = format_lazy("{} {}", self.help_text, lazy(zone_in_words, str)())

    def to_python(self, value: Any) -> datetime | None:
        """Raise ValidationError with the two moments that a time may mean, unless one is chosen."""
        if not isinstance(value, str) or not value:
            return super().to_python(value)
        typed, _, which = value.partition(MomentInput.CHOSEN)
        shown = naive(typed)
        if shown is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        found = readings(shown)
        if len(found) == 1 or which in ("1", "2"):
            # In UTC: Python holds a repeated time to be unlike every moment of another zone.
            return found[int(which) - 1 if len(found) == 2 else 0].moment.astimezone(UTC)
        first, second = found
        if is_shown(shown):
            raise ValidationError(
                f"The clock shows {shown:%H:%M} twice on that day. Choose which is meant: "
                f"{first} or, an hour later, {second}.",
                code="repeated",
            )
        raise ValidationError(
            f"The clock skips {shown:%H:%M} on that day. Choose {first} or {second}.",
            code="skipped",
        )

    def clean_unless_same(self, value: datetime | None, before: datetime | None) -> datetime | None:
        """The exact stored moment where the form shows the same second."""
        same = value and before and value == before.replace(microsecond=0)
        return before if same else value


class BylineField(RowsField):
    """Authors in the order in which they were chosen."""

    widget = BylineInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Author.objects.all(), **{"required": False, **kwargs})

    def clean(self, value: Any) -> list[Author]:  # type: ignore[override]
        keys = [str(key) for key in value or ()]
        authors = {str(author.pk): author for author in super().clean(list(dict.fromkeys(keys)))}
        for key in keys:
            if keys.count(key) > 1:
                raise ValidationError(f"{authors[key]} stands in the byline twice.")
        return [authors[key] for key in keys]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(author.pk) for author in initial or ()] != [str(key) for key in data or ()]


class TagsField(forms.Field):
    """Names of tags, old and new; an old one in its own spelling."""

    widget = TagsInput
    max_length = 100  # taggit's column

    def clean(self, value: Any) -> list[str]:
        names = as_stored(" ".join(name.split()) for name in value or () if name.strip())
        for name in names:
            if len(name) > self.max_length:
                raise ValidationError(f"“{name[:40]}…” is too long for a tag.")
        return names

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.names(initial) != sorted(data or ())

    def prepare_value(self, value: Any) -> Any:
        return self.names(value)

    @staticmethod
    def names(tags: Iterable[Any] | None) -> list[str]:
        return sorted(str(tag) for tag in tags or ())


def name_of(person: AbstractUser | None) -> str:
    return (person.get_full_name() or person.get_username()) if person else "nobody"


class ColleagueField(forms.ModelChoiceField):
    """Somebody of the newsroom, or nobody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            policy.colleagues(), **{"required": False, "empty_label": "Nobody", **kwargs}
        )

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)
