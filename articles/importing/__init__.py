"""Articles from a JSON file with its pictures beside it; the command is `import_content`.

An article is known by its slug. What the file says of it is set, what it leaves out stays; each
article is imported whole or not at all, so a second run, also after a crash, completes the first.
An author is a name, or an object with a `name`, an `own_name` and an `own_name_language`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError

from articles.database.statistics import refresh_statistics
from articles.models import Article, Author, Byline, Publication, Revision

from .reading import ContentFile, UnreadableFile, read
from .saving import save_article
from .validation import InvalidEntry, validate

__all__ = ["EntryResult", "ImportStatus", "UnreadableFile", "import_entries", "read", "take_blurb"]


class ImportStatus(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class EntryResult:
    """What became of one article: `detail` is the fields that were updated, the reason, or what
    was left out."""

    line: int
    slug: str
    status: ImportStatus
    detail: str = ""

    def __str__(self) -> str:
        said = f"line {self.line}: {self.status} {self.slug}".rstrip()
        return f"{said}: {self.detail}" if self.detail else said


def import_entries(file: ContentFile) -> Iterator[EntryResult]:
    """Import article by article, yielding the result of each as soon as it is certain."""
    lines: dict[str, int] = {}
    for line, value in file.entries:
        slug = slug_of(value)
        if slug in lines:
            reason = f"the article on line {lines[slug]} has this slug already"
            yield EntryResult(line, slug, ImportStatus.REFUSED, reason)
            continue
        if slug:
            lines[slug] = line
        yield EntryResult(line, slug, *import_entry(value, file.folder))
    refresh_statistics(Article, Author, Byline, Article.also_in.through, Revision)


def import_entry(value: Any, folder: Path) -> tuple[ImportStatus, str]:
    try:
        is_new, changed, left_out = save_article(validate(value, folder))
    except (InvalidEntry, ValidationError, OSError, IntegrityError) as error:
        return ImportStatus.REFUSED, reason_of(error)
    if is_new:
        return ImportStatus.CREATED, left_out
    detail = ", ".join(changed) + (f". {left_out}" if left_out else "")
    return ImportStatus.UPDATED if changed else ImportStatus.UNCHANGED, detail


def slug_of(value: Any) -> str:
    slug = value.get("slug") if isinstance(value, dict) else None
    return slug.strip() if isinstance(slug, str) and slug.isprintable() else ""


def reason_of(error: Exception) -> str:
    if isinstance(error, ValidationError):
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        reasons = [
            message if field in ("", NON_FIELD_ERRORS) else f"{field}: {message}"
            for field, messages in by_field.items()
            for message in messages
        ]
        return " ".join(reasons)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if isinstance(error, IntegrityError):
        return "somebody changed the same thing at the same moment; run the import again"
    return str(error)


def take_blurb(file: ContentFile) -> str:
    """Take the newsletter's words if the magazine has none of its own; return what was done."""
    publication = Publication.objects.current()
    field = Publication._meta.get_field("newsletter_blurb")
    if not file.newsletter_blurb or file.newsletter_blurb == publication.newsletter_blurb:
        return "unchanged"
    if publication.newsletter_blurb not in ("", field.get_default()):
        return "unchanged: the magazine has its own"
    publication.newsletter_blurb = file.newsletter_blurb
    publication.full_clean()
    publication.save()
    return "updated"
