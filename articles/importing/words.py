"""One article of the file, checked: what of it can be judged without the database."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Required, TypedDict

from django.utils.html import escape

KEYS = frozenset(
    (
        "headline",
        "deck",
        "slug",
        "sections",
        "format",
        "authors",
        "image",
        "paragraphs",
        "complete",
        "published_at",
    )
)
REQUIRED = ("headline", "slug", "paragraphs", "published_at")
SLUG = re.compile(r"[a-z0-9_-]+")


class Refused(Exception):
    """The article cannot be imported; the message is the reason in plain words."""


@dataclass(frozen=True)
class Picture:
    path: Path
    alt: str
    credit: str
    credit_label: str


class Words(TypedDict, total=False):
    """What the file says of an article. A key that it leaves out is left as it is."""

    headline: Required[str]
    slug: Required[str]
    body: Required[str]
    published_at: Required[datetime | None]
    # Whether the body is the whole of it, or only how it begins.
    complete: Required[bool]
    deck: str
    sections: list[str]
    format: str
    authors: list[str]
    image: Picture | None


def words_of(value: Any, folder: Path) -> Words:
    """Raise Refused for the first thing that is wrong."""
    if not isinstance(value, dict):
        raise Refused("an article must be an object")
    if missing := [key for key in REQUIRED if key not in value]:
        raise Refused(f"{listed(missing)} missing")
    if unknown := sorted(value.keys() - KEYS):
        raise Refused(f"{listed(unknown)} not known; nothing is imported that would lose text")
    words = Words(
        headline=line(value, "headline", required=True),
        slug=slug(value),
        body=body(value["paragraphs"]),
        published_at=moment(value["published_at"]),
        complete=value.get("complete", True),
    )
    if not isinstance(words["complete"], bool):
        raise Refused(f"complete must be true or false, not {kind(value['complete'])}")
    if "deck" in value:
        words["deck"] = line(value, "deck")
    if "sections" in value:
        words["sections"] = names(value, "sections")
    if "format" in value:
        words["format"] = "" if value["format"] is None else line(value, "format", required=True)
    if "authors" in value:
        words["authors"] = names(value, "authors")
    if "image" in value:
        words["image"] = None if value["image"] is None else picture(value["image"], folder)
    return words


def listed(keys: list[str]) -> str:
    return ", ".join(f"“{key}”" for key in keys) + (" is" if len(keys) == 1 else " are")


def text(value: Any, what: str, *, breaks: str = "") -> str:
    """Raise Refused unless `value` is text that a page can show and any database can keep."""
    if not isinstance(value, str):
        raise Refused(f"{what} must be text, not {kind(value)}")
    for character in value:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in breaks:
            raise Refused(f"{what} has the control character U+{ord(character):04X} in it")
    return value


def kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "text")


def line(value: dict[str, Any], key: str, *, required: bool = False) -> str:
    found = text(value.get(key, ""), key).strip()
    if required and not found:
        raise Refused(f"{key} is empty")
    return found


def names(value: dict[str, Any], key: str) -> list[str]:
    if not isinstance(value[key], list):
        raise Refused(f"{key} must be a list of names, not {kind(value[key])}")
    found = [text(name, f"a name in {key}").strip() for name in value[key]]
    if not all(found):
        raise Refused(f"{key} has an empty name in it")
    folded = [name.casefold() for name in found]
    if twice := [name for name in found if folded.count(name.casefold()) > 1]:
        raise Refused(f"{key} names “{twice[0]}” twice")
    return found


def slug(value: dict[str, Any]) -> str:
    found = line(value, "slug", required=True)
    if not SLUG.fullmatch(found):
        raise Refused(f"slug “{found}” may hold only lower-case letters a-z, digits and hyphens")
    return found


def body(paragraphs: Any) -> str:
    """HTML of plain text: a tag in it is text, and shown as it was typed."""
    if not isinstance(paragraphs, list):
        raise Refused(f"paragraphs must be a list of texts, not {kind(paragraphs)}")
    texts = [
        text(paragraph, f"paragraph {number}", breaks="\n\t")
        for number, paragraph in enumerate(paragraphs, start=1)
    ]
    html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in texts if paragraph.strip())
    if not html:
        raise Refused("there is no text in paragraphs")
    return html


def moment(value: Any) -> datetime | None:
    """The instant, None for an article that is not to be public. A date without a time zone is
    refused: nobody could tell which midnight was meant."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(text(value, "published_at"))
        if found.tzinfo is None:
            raise Refused(
                f"published_at “{value}” has no time zone; write 2025-07-09T04:05:00Z or +02:00"
            )
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(
            f"published_at “{value}” is not a date and time such as 2025-07-09T04:05:00Z"
        ) from None


def picture(value: Any, folder: Path) -> Picture:
    if not isinstance(value, dict):
        raise Refused(f"image must be an object or null, not {kind(value)}")
    if unknown := sorted(value.keys() - {"title", "credit_label", "credit", "file"}):
        raise Refused(f"{listed(unknown)} not known in image")
    return Picture(
        path=picture_path(line(value, "file", required=True), folder),
        alt=line(value, "title", required=True),
        credit=line(value, "credit"),
        credit_label=line(value, "credit_label"),
    )


def picture_path(name: str, folder: Path) -> Path:
    """The file that `name` means, never outside the folder of the JSON, not even by a link."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name:
        raise Refused(f"image file “{name}” must be a path inside the folder of the JSON file")
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder):
        raise Refused(f"image file “{name}” leads out of the folder of the JSON file")
    if not path.is_file():
        raise Refused(f"image file “{name}” does not exist")
    return path
