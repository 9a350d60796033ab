"""Names: when two of them are one, whatever their capitals and in whatever script."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify

from .slugs import slug_of

# What nobody sees in a name: soft hyphens, joins, marks of direction. Not the two that part and
# join letters in Persian and Hindi.
UNSEEN = dict.fromkeys(
    [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def folded(name: str) -> str:
    """Return the form in which two names are compared: without capitals, doubled spaces and what
    cannot be seen."""
    words = " ".join(name.translate(UNSEEN).split())
    words = unicodedata.normalize("NFKC", words).casefold()
    # PostgreSQL makes one letter of a small İ, Python two.
    return unicodedata.normalize("NFKC", words).replace("i\N{COMBINING DOT ABOVE}", "i")


def called(model: Any, names: Iterable[str]) -> dict[str, list[Any]]:
    """Return the rows that have these names, by the folded name, the oldest first; one query.

    SQLite lowers ASCII alone. So rows are sought by what it makes of the usual spellings and by
    the slugs that are made of the names, and compared here.
    """
    wanted = {folded(name): name for name in names}
    spellings, slugs = set(), set()
    for key, name in wanted.items():
        spellings |= set(spelled(key)) | set(spelled(name))
        slugs |= {slugify(name, allow_unicode=True), slug_of(name)}
    near = model._default_manager.alias(lowered=Lower("name"))
    found = defaultdict(list)
    for row in near.filter(Q(lowered__in=spellings) | Q(slug__in=slugs - {""})).order_by("pk"):
        if folded(row.name) in wanted:
            found[folded(row.name)].append(row)
    return found


def spelled(name: str) -> Iterator[str]:
    for way in (name, name.lower(), name.upper(), name.capitalize(), name.title()):
        for form in ("NFC", "NFD"):
            yield unicodedata.normalize(form, way).translate(ASCII_LOWER)


def refuse_taken_name(row: Any) -> None:
    """Raise ValidationError if another row of its kind has this name."""
    others = [one for one in called(type(row), [row.name])[folded(row.name)] if one.pk != row.pk]
    if others:
        kind = row._meta.verbose_name
        raise ValidationError({"name": f"A {kind} of this name is there: “{others[0].name}”."})
