"""One article of the file, checked: what of it can be judged without the database."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Required, TypedDict

from django.utils.html import escape

from articles.names import folded

SLUG = re.compile(r"[a-z0-9_-]+")


class InvalidEntry(Exception):
    """An article that cannot be imported; the message is the reason in plain words."""


class AuthorNames(TypedDict, total=False):
    name: Required[str]
    own_name: str
    own_name_language: str


class ArticleFields(TypedDict, total=False):
    """The content of an article in the file. A key that it leaves out is left as it is."""

    headline: Required[str]
    slug: Required[str]
    body: Required[str]
    published_at: Required[datetime | None]
    # Whether the body is the whole of it, or only how it begins.
    complete: Required[bool]
    deck: str
    language: str
    sections: list[str]
    format: str
    authors: list[AuthorNames]
    # Its path, and its words by their columns.
    image: tuple[Path, dict[str, str]] | None


REQUIRED = ("headline", "slug", "paragraphs", "published_at")
# In the file a body is a list of paragraphs.
KEYS = ArticleFields.__annotations__.keys() - {"body"} | {"paragraphs"}


def validate(value: Any, folder: Path) -> ArticleFields:
    """Validate an entry. Raises InvalidEntry for the first thing that is wrong."""
    if not isinstance(value, dict):
        raise InvalidEntry("an article must be an object")
    if missing := [key for key in REQUIRED if key not in value]:
        raise InvalidEntry(f"{listed(missing)} missing")
    if unknown := sorted(value.keys() - KEYS):
        raise InvalidEntry(f"{listed(unknown)} not known; nothing is imported that would lose text")
    fields = ArticleFields(
        headline=line(value, "headline", required=True),
        slug=slug(value),
        body=body(value["paragraphs"]),
        published_at=timestamp(value["published_at"]),
        complete=value.get("complete", True),
    )
    if not isinstance(fields["complete"], bool):
        raise InvalidEntry(f"complete must be true or false, not {kind(value['complete'])}")
    if "deck" in value:
        fields["deck"] = line(value, "deck")
    if "language" in value:
        fields["language"] = line(value, "language")
    if "sections" in value:
        fields["sections"] = names(value, "sections")
    if "format" in value:
        fields["format"] = "" if value["format"] is None else line(value, "format", required=True)
    if "authors" in value:
        fields["authors"] = authors(value)
    if "image" in value:
        fields["image"] = None if value["image"] is None else image(value["image"], folder)
    return fields


def listed(keys: list[str]) -> str:
    return ", ".join(f"“{key}”" for key in keys) + (" is" if len(keys) == 1 else " are")


def text(value: Any, what: str, *, breaks: str = "") -> str:
    """Return the text. Raises InvalidEntry unless a page can show it and a database can keep it."""
    if not isinstance(value, str):
        raise InvalidEntry(f"{what} must be text, not {kind(value)}")
    for character in value:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in breaks:
            raise InvalidEntry(f"{what} has the control character U+{ord(character):04X} in it")
    return value


def kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "text")


def line(value: dict[str, Any], key: str, *, required: bool = False) -> str:
    found = text(value.get(key, ""), key).strip()
    if required and not found:
        raise InvalidEntry(f"{key} is empty")
    return found


def names(value: dict[str, Any], key: str) -> list[str]:
    if not isinstance(value[key], list):
        raise InvalidEntry(f"{key} must be a list of names, not {kind(value[key])}")
    found = [text(name, f"a name in {key}").strip() for name in value[key]]
    if not all(found):
        raise InvalidEntry(f"{key} has an empty name in it")
    keys = [folded(name) for name in found]
    if twice := [name for name in found if keys.count(folded(name)) > 1]:
        raise InvalidEntry(f"{key} names “{twice[0]}” twice")
    return found


def authors(value: dict[str, Any]) -> list[AuthorNames]:
    given = value["authors"] if isinstance(value["authors"], list) else []
    found = [author(one) if isinstance(one, dict) else AuthorNames(name=one) for one in given]
    latin = [one["name"] for one in found] if given else value["authors"]
    for one, name in zip(found, names({"authors": latin}, "authors"), strict=True):
        one["name"] = name
    return found


def author(value: dict[str, Any]) -> AuthorNames:
    if unknown := sorted(value.keys() - AuthorNames.__annotations__.keys()):
        raise InvalidEntry(f"{listed(unknown)} not known in an author")
    fields = AuthorNames(name=line(value, "name", required=True))
    if "own_name" in value:
        fields["own_name"] = line(value, "own_name")
    if "own_name_language" in value:
        fields["own_name_language"] = line(value, "own_name_language")
    return fields


def slug(value: dict[str, Any]) -> str:
    found = line(value, "slug", required=True)
    if not SLUG.fullmatch(found):
        raise InvalidEntry(
            f"slug “{found}” may hold only lower-case letters a-z, digits and hyphens"
        )
    return found


def body(paragraphs: Any) -> str:
    """Return HTML of plain text: a tag in it is text, and shown as it was typed."""
    if not isinstance(paragraphs, list):
        raise InvalidEntry(f"paragraphs must be a list of texts, not {kind(paragraphs)}")
    texts = [
        text(paragraph, f"paragraph {number}", breaks="\n\t")
        for number, paragraph in enumerate(paragraphs, start=1)
    ]
    html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in texts if paragraph.strip())
    if not html:
        raise InvalidEntry("there is no text in paragraphs")
    return html


def timestamp(value: Any) -> datetime | None:
    """Return the instant, None for an article that is not to be public. A date without a time zone
    is refused: nobody could tell which midnight was meant."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(text(value, "published_at"))
        if found.tzinfo is None:
            raise InvalidEntry(
                f"published_at “{value}” has no time zone; write 2025-07-09T04:05:00Z or +02:00"
            )
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidEntry(
            f"published_at “{value}” is not a date and time such as 2025-07-09T04:05:00Z"
        ) from None


def image(value: Any, folder: Path) -> tuple[Path, dict[str, str]]:
    if not isinstance(value, dict):
        raise InvalidEntry(f"image must be an object or null, not {kind(value)}")
    if unknown := sorted(value.keys() - {"title", "credit_label", "credit", "file"}):
        raise InvalidEntry(f"{listed(unknown)} not known in image")
    return image_path(line(value, "file", required=True), folder), {
        "alt": line(value, "title", required=True),
        "credit": line(value, "credit"),
        "credit_label": line(value, "credit_label"),
    }


def image_path(name: str, folder: Path) -> Path:
    """Return the file that `name` means, never outside the folder of the JSON, not even by a
    link."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise InvalidEntry(
            f"image file “{name}” leads out of the folder of the JSON; it must be a path inside it"
        )
    if not path.is_file():
        raise InvalidEntry(f"image file “{name}” does not exist")
    return path
