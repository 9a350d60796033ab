"""Names to rows: what the file calls a section, a format or an author."""

from typing import TypeVar

from articles.models import Author, Format, HasURL, Redirect, Section
from articles.models.redirects import normalise_path
from articles.names import called, folded

from .validation import InvalidEntry

Row = TypeVar("Row", bound=HasURL)
Named = TypeVar("Named", Section, Format, Author)


def get_or_create(model: type[Named], name: str) -> Named:
    """Return the row of this name, whatever its capitals, or a new one.

    Raises InvalidEntry if two rows have the name, as two authors may."""
    if found := the_only(called(model, [name])[folded(name)], name):
        return found
    row = model(name=name)
    row.full_clean()
    row.save()
    return row


def find_by_own_name(name: str) -> Author | None:
    """Return the author who has this name in their own script.

    Raises InvalidEntry if two have it."""
    return the_only(list(Author.objects.filter(own_name=name)), name)


def the_only(rows: list[Named], name: str) -> Named | None:
    if len(rows) > 1:
        kinds = rows[0]._meta.verbose_name_plural
        raise InvalidEntry(f"{len(rows)} {kinds} are called “{name}”")
    return rows[0] if rows else None


def find_by_slug(model: type[Row], slug: str) -> Row | None:
    """Return the row that has this slug, or had it before the newsroom chose another."""
    if found := model._default_manager.filter(slug=slug).first():
        return found
    old_path = normalise_path(model(slug=slug).get_absolute_url())
    redirect = Redirect.objects.filter(old_path=old_path, left_by_deletion=False).first()
    return redirect.target if redirect and isinstance(redirect.target, model) else None
