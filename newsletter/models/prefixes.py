"""Finding what begins with some letters, by an index, on both databases."""

from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Collate, Lower
from django.db.models.lookups import GreaterThanOrEqual, LessThan

# Sorts behind every letter.
LAST = "\U0010ffff"


def by_bytes(expression: Any, vendor: str) -> Any:
    """Order text by its bytes. PostgreSQL orders it by the rules of a language, where words with
    the same beginning need not stand together, unless told so."""
    return Collate(expression, "C") if vendor == "postgresql" else expression


class PrefixIndex(models.Index):
    """An index of expressions, in the order of their bytes."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        ordered = [by_bytes(one, schema_editor.connection.vendor) for one in self.expressions]
        plain = models.Index(*ordered, name=self.name)
        return plain.create_sql(model, schema_editor, using, **kwargs)


def begins_with(column: str, typed: str) -> Q:
    """Return a condition: the column begins with `typed` in any case, as a PrefixIndex of Lower
    finds it."""
    lowered = by_bytes(Lower(column), connection.vendor)
    typed = typed.lower()
    return Q(GreaterThanOrEqual(lowered, typed)) & Q(LessThan(lowered, typed + LAST))
