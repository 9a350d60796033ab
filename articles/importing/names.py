"""Names to rows: what the file calls a section, a format or an author."""

import re
import unicodedata
from hashlib import sha256
from typing import TypeVar

from django.utils.text import slugify

from articles.models import Addressed, Author, Format, Redirect, Section
from articles.models.addresses import normalise_path

from .words import Refused

Row = TypeVar("Row", bound=Addressed)
Named = TypeVar("Named", Section, Format, Author)

# Letters without a Latin base letter of their own; Cyrillic as passports spell it (ICAO 9303).
LATIN = str.maketrans(
    dict(zip("абвгґдезиіїйклмнопрстуфыэё", "abvggdeziiiiklmnoprstufyee", strict=True))
    | {"є": "ie", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu"}
    | {"я": "ia", "ъ": "ie", "ь": "", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "џ": "dz"}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l"}
)
LONGEST_SLUG = 100


def named(model: type[Named], name: str) -> Named:
    """The row of this name, whatever its capitals; a new one where there is none.

    Raise Refused where two rows have the name, as two authors may.
    """
    rows = model._default_manager.values_list("pk", "name")
    found = [pk for pk, known in rows if folded(known) == folded(name)]
    if len(found) > 1:
        raise Refused(f"{len(found)} {model._meta.verbose_name_plural} are called “{name}”")
    if found:
        return model._default_manager.get(pk=found[0])
    row = model(name=name, slug=free_slug(model, name))
    row.full_clean()
    row.save()
    return row


def row_at(model: type[Row], slug: str) -> Row | None:
    """The row that has this slug, or had it before the newsroom chose another."""
    if found := model._default_manager.filter(slug=slug).first():
        return found
    old_path = normalise_path(model(slug=slug).get_absolute_url())
    redirect = Redirect.objects.filter(old_path=old_path, left_by_deletion=False).first()
    return redirect.target if redirect and isinstance(redirect.target, model) else None


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def free_slug(model: type[Named], name: str) -> str:
    """A slug that no row of the kind has or has had."""
    base = slug_of(name) or f"{model._meta.model_name}-{sha256(name.encode()).hexdigest()[:6]}"
    slug, number = base, 1
    while row_at(model, slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


def slug_of(name: str) -> str:
    """The name as an address spells it; empty where none of its letters can be spelled in Latin."""
    name = unicodedata.normalize("NFKC", name).lower()
    # A Hangul syllable has its sound in its Unicode name, "HANGUL SYLLABLE SEO".
    name = re.sub("[가-힣]", lambda found: unicodedata.name(found[0]).split()[-1].lower(), name)
    return slugify(name.translate(LATIN))[:LONGEST_SLUG].strip("-_")
