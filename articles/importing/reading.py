"""The file as JSON, with the line on which each article begins."""

import codecs
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

LARGEST_FILE = 200 * 1024 * 1024

# Of the file's object. What it says of itself and the names of its rails are for people.
MEMBERS = {"articles", "newsletter", "rails", "description"}
WHITESPACE = re.compile(r"[ \t\n\r]*")
OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


class UnreadableFile(Exception):
    """A file of which nothing can be imported; the message says why and where."""


class ContentFile(NamedTuple):
    folder: Path
    newsletter_blurb: str
    # The elements of `articles`, each with its line: nothing about them is known to be right.
    entries: list[tuple[int, Any]]


def read(path: Path) -> ContentFile:
    """Raise UnreadableFile for anything but an object with a list of articles, in UTF-8. A file
    that is broken anywhere is refused as a whole: it was most likely cut off."""
    text = text_of(path)
    scanner = Scanner(text)
    try:
        members = scanner.top_level()
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            f"{path}, line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        ) from None
    except RecursionError:
        raise UnreadableFile(f"{path}, line {scanner.line}: nested too deeply.") from None
    except ValueError as error:
        raise UnreadableFile(f"{path}, line {scanner.line}: {error}.") from None
    blurb = newsletter_blurb_of(members, path)
    return ContentFile(path.resolve().parent, blurb, members["articles"])


def text_of(path: Path) -> str:
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder: name the JSON file in it.")
    if not path.exists():
        raise UnreadableFile(f"There is no file {path}.")
    if not path.is_file():
        raise UnreadableFile(f"{path} is not a regular file.")
    if path.stat().st_size > LARGEST_FILE:
        raise UnreadableFile(f"{path} is larger than {LARGEST_FILE // 1024**2} MB: split it.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from None
    if not data.strip():
        raise UnreadableFile(f"{path} is empty.")
    if data.startswith(OTHER_ENCODINGS) or b"\0" in data[:4]:
        raise UnreadableFile(f"{path} is in UTF-16 or UTF-32: save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"{path}, line {line}: this is not UTF-8; save it as UTF-8.") from None


class Scanner:
    """The reader of the two outer levels and of each article as a whole, so that its place is
    known."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.decoder = json.JSONDecoder(object_pairs_hook=unambiguous)
        self._counted = (0, 1)

    def top_level(self) -> dict[str, Any]:
        """Return the members of the file's object; of each article, its line as well."""
        members: list[tuple[str, Any]] = []
        if not self.take("{"):
            raise ValueError("the file must hold an object with a list “articles”")
        while not self.take("}"):
            if members:
                self.expect(",")
            key = self.value()
            if not isinstance(key, str):
                raise ValueError(f"{key} is no name of a member")
            self.expect(":")
            members.append((key, self.entries() if key == "articles" else self.value()))
        self.skip()
        if self.at < len(self.text):
            raise json.JSONDecodeError("Extra data", self.text, self.at)
        if "articles" not in (found := unambiguous(members)):
            raise ValueError("the file has no list “articles”")
        if unknown := sorted(found.keys() - MEMBERS):
            raise ValueError(
                f"“{unknown[0]}” is not known; nothing is imported that would lose text"
            )
        return found

    def entries(self) -> list[tuple[int, Any]]:
        if not self.take("["):
            raise ValueError("“articles” must be a list")
        entries: list[tuple[int, Any]] = []
        while not self.take("]"):
            if entries:
                self.expect(",")
            self.skip()
            entries.append((self.line, self.value()))
        return entries

    def value(self) -> Any:
        self.skip()
        value, self.at = self.decoder.raw_decode(self.text, self.at)
        return value

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise json.JSONDecodeError(f"Expecting “{mark}”", self.text, self.at)

    def take(self, mark: str) -> bool:
        self.skip()
        if not self.text.startswith(mark, self.at):
            return False
        self.at += 1
        return True

    def skip(self) -> None:
        if found := WHITESPACE.match(self.text, self.at):
            self.at = found.end()

    @property
    def line(self) -> int:
        """Return the current line; counted on from the last answer, or a long file takes ages."""
        at, line = self._counted
        self._counted = self.at, line + self.text.count("\n", at, self.at)
        return self._counted[1]


def unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a repeated key. JSON allows it and keeps the last: of two texts, one would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(
            f"“{next(k for k in keys if keys.count(k) > 1)}” stands twice in an object"
        )
    return made


def newsletter_blurb_of(members: dict[str, Any], path: Path) -> str:
    newsletter = members.get("newsletter", {})
    blurb = newsletter.get("blurb", "") if isinstance(newsletter, dict) else None
    if not isinstance(blurb, str):
        raise UnreadableFile(f"{path}: “newsletter” must be an object with a text “blurb”.")
    rails = members.get("rails", [])
    if not isinstance(rails, list) or not all(isinstance(rail, str) for rail in rails):
        raise UnreadableFile(f"{path}: “rails” must be a list of names.")
    return blurb.strip()
