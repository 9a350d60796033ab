"""Articles from a JSON file with its pictures beside it; the command is `import_content`.

An article is known by its slug. What the file says of it is set, what it leaves out stays; each
article is imported whole or not at all, so a second run, also after a crash, completes the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError

from articles.models import Publication

from .reading import ContentFile, Entry, UnreadableFile, read
from .storing import store
from .words import Refused, words_of

__all__ = ["Outcome", "UnreadableFile", "Verdict", "import_entries", "read", "take_blurb"]


class Verdict(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of one article: `detail` is the fields that were updated, or the reason."""

    line: int
    slug: str
    verdict: Verdict
    detail: str = ""

    def __str__(self) -> str:
        said = f"line {self.line}: {self.verdict} {self.slug}".rstrip()
        return f"{said}: {self.detail}" if self.detail else said


def import_entries(file: ContentFile) -> Iterator[Outcome]:
    """Import article by article, telling the outcome of each as soon as it is certain."""
    lines: dict[str, int] = {}
    for entry in file.entries:
        slug = slug_of(entry)
        if slug in lines:
            reason = f"the article on line {lines[slug]} has this slug already"
            yield Outcome(entry.line, slug, Verdict.REFUSED, reason)
            continue
        if slug:
            lines[slug] = entry.line
        yield import_entry(entry, slug, file)


def import_entry(entry: Entry, slug: str, file: ContentFile) -> Outcome:
    try:
        is_new, changed = store(words_of(entry.value, file.folder))
    except (Refused, ValidationError, OSError, IntegrityError) as error:
        return Outcome(entry.line, slug, Verdict.REFUSED, reason_of(error))
    if is_new:
        return Outcome(entry.line, slug, Verdict.CREATED)
    if changed:
        return Outcome(entry.line, slug, Verdict.UPDATED, ", ".join(changed))
    return Outcome(entry.line, slug, Verdict.UNCHANGED)


def slug_of(entry: Entry) -> str:
    slug = entry.value.get("slug") if isinstance(entry.value, dict) else None
    return slug.strip() if isinstance(slug, str) and slug.isprintable() else ""


def reason_of(error: Exception) -> str:
    """One line in plain words."""
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
    """Take the newsletter's words where the magazine has none of its own; say what was done."""
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
