"""A CSV file as spreadsheets and mailing services write it, line by line."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import BinaryIO

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from .status import Cell, Said, is_true, normalised, said_by, status_columns

LARGEST = 50 * 1024 * 1024
CHUNK = 1024 * 1024
LONGEST = 100_000  # letters in the first line
BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# Names of columns, without case, dashes and underscores; the first that is found counts.
EMAIL = ["email", "e mail", "email address", "e mail address", "mail", "mail address", "address"]
DATE = [
    *("confirmed at", "confirmed", "confirm time", "consent date", "optin time", "opt in time"),
    *("subscribed at", "subscribed", "joined at", "joined", "created at", "date"),
]
WORDING = ["consent", "consent text", "wording", "statement", "how", "source"]
# Columns of our own export that say for which lists a line holds, and whom an address that is not
# kept any more belonged to.
LEFT_LISTS = "left lists"
OWN = ["lists", LEFT_LISTS, "digest", "digest secret"]
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class UnreadableFile(ValueError):
    """A file that cannot be read, with the reason in words for the person who chose it."""


class UnclearDate(ValueError):
    pass


@dataclass(frozen=True)
class Line:
    """A line that is not empty. What no column says is empty; `said` is what speaks against it."""

    number: int
    typed: str
    date: str = ""
    wording: str = ""
    said: Said | None = None
    own: tuple[str, ...] = ()  # the cells of OWN, in a file of our own export


@dataclass(frozen=True)
class Columns:
    """The positions of the columns in a line; -1 for none."""

    email: int
    date: int = -1
    wording: int = -1
    status: list[tuple[int, Cell]] = field(default_factory=list)
    own: tuple[int, ...] = ()


def lines_of(file: BinaryIO) -> Generator[Line]:
    """Yield the lines of a CSV file as they are needed. Raises UnreadableFile, perhaps on the
    way."""
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield from parsed(text)
    except UnicodeError:
        raise UnreadableFile(
            "It holds letters that cannot be read, or was cut off. Save it anew as CSV (UTF-8)."
        ) from None
    finally:
        text.detach()


def encoding_of(file: BinaryIO) -> str:
    """Detect Unicode by its mark, or because all of it is; else assume what Excel writes in the
    West."""
    head = file.read(CHUNK)
    if not head.strip():
        raise UnreadableFile("It is empty.")
    if head.startswith(b"PK\x03\x04"):
        raise UnreadableFile("It is a workbook. Open it, and save the sheet as CSV.")
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_unicode, size = True, 0
    while head:
        size += len(head)
        if size > LARGEST:
            raise UnreadableFile(f"It is larger than {LARGEST // 1024 // 1024} MB.")
        if b"\0" in head:
            raise UnreadableFile("It is no text. Save the sheet as CSV, and choose that file.")
        try:
            decoder.decode(head)
        except UnicodeDecodeError:
            is_unicode = False
        head = file.read(CHUNK)
    return "utf-8" if is_unicode else "cp1252"


def parsed(text: io.TextIOWrapper) -> Iterator[Line]:
    first = text.readline(LONGEST)
    skipped = 0
    if first.lower().startswith("sep="):  # for Excel alone
        first, skipped = text.readline(LONGEST), 1
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(chain([first], text), delimiter=delimiter)
    columns: Columns | None = None
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if columns is None:
                columns, is_header = columns_of(cells)
                if is_header:
                    continue
            date = cell_at(cells, columns.date)
            yield Line(
                reader.line_num + skipped,
                unquoted(cell_at(cells, columns.email)),
                "" if is_true(date) else date,
                cell_at(cells, columns.wording),
                said_by(columns.status, cells),
                tuple(cell_at(cells, number) for number in columns.own),
            )
    except csv.Error as fault:
        number = reader.line_num + skipped
        raise UnreadableFile(f"Line {number} cannot be read: {fault}.") from None
    if columns is None:
        raise UnreadableFile("It is empty.")


def columns_of(cells: list[str]) -> tuple[Columns, bool]:
    """Find the columns by their names or, without names, by where an address stands; return whether
    there are names."""
    names = [normalised(cell) for cell in cells]

    def place(known: list[str]) -> int:
        return next((names.index(name) for name in known if name in names), -1)

    if (email := place(EMAIL)) >= 0:
        wording = place(WORDING)
        own = tuple(place([name]) for name in OWN) if LEFT_LISTS in names else ()
        dates = {number for number, name in enumerate(names) if name in DATE}
        status = status_columns(cells, {email, wording, *own}, dates)
        return Columns(email, place(DATE), wording, status, own), True
    for number, cell in enumerate(cells):
        if ADDRESS.fullmatch(unquoted(cell)):
            return Columns(number), False
    raise UnreadableFile(
        "No column holds addresses. Give the column the name “email” in the first line."
    )


def cell_at(cells: list[str], number: int) -> str:
    return cells[number] if 0 <= number < len(cells) else ""


def unquoted(cell: str) -> str:
    """Remove the ' that keeps a spreadsheet from calculating, as our own export writes it."""
    return cell[1:] if re.match(r"'[=+@-]", cell) else cell


def moment_of(typed: str) -> datetime:
    """Return the moment that a cell names, in the magazine's own time if it says no other; a date
    means its beginning. Raises UnclearDate: 04/05/2026 is two days, depending on the country."""
    words = typed.strip().removesuffix(" UTC")
    by_day = "%d.%m.%Y" if "." in words else "%Y-%m-%d"
    try:
        moment = parse_datetime(words) or datetime.strptime(words, by_day)  # noqa: DTZ007
        aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        found = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        raise UnclearDate from None
    if found.year < 1990 or found > timezone.now():
        raise UnclearDate
    return found
