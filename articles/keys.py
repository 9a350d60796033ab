"""Keys of rows as browsers send them: databases break over numbers that no key can be."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


def row_key(typed: Any) -> int | None:
    """Return the key that somebody typed; None for what no row can have."""
    text = str(typed or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def row_keys(typed: Iterable[Any]) -> list[int]:
    """Return the keys among what somebody typed; whatever is not one is passed over."""
    return [key for key in map(row_key, typed) if key is not None]


class RowsField(forms.ModelMultipleChoiceField):
    """A choice of rows by their keys; one that cannot be is refused like one that is not there."""

    def clean(self, value: Any) -> Any:
        for typed in value or ():
            if isinstance(typed, str) and row_key(typed) is None:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": typed},
                )
        return super().clean(value)
