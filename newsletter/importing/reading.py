"""A CSV file as spreadsheets and mailing services write it, line by line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import BinaryIO

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

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
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class UnreadableFile(ValueError):
    """The words say what is wrong with the file, for the person who chose it."""


class UnclearDate(ValueError):
    pass


@dataclass(frozen=True)
class Line:
    """A line that is not empty; `date` and `wording` are empty without such a column."""

    number: int
    typed: str
    date: str = ""
    wording: str = ""


@dataclass(frozen=True)
class Columns:
    """Where things stand in a line; -1 for nowhere."""

    email: int
    date: int = -1
    wording: int = -1


def lines_of(file: BinaryIO) -> Iterator[Line]:
    """The lines of a CSV file, as they are needed. Raises UnreadableFile, perhaps on the way."""
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
    """Unicode by its mark or because all of it is; else what Excel writes in the West."""
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
            yield Line(
                reader.line_num + skipped,
                unquoted(cell_at(cells, columns.email)),
                cell_at(cells, columns.date),
                cell_at(cells, columns.wording),
            )
    except csv.Error as fault:
        number = reader.line_num + skipped
        raise UnreadableFile(f"Line {number} cannot be read: {fault}.") from None
    if columns is None:
        raise UnreadableFile("It is empty.")


def columns_of(cells: list[str]) -> tuple[Columns, bool]:
    """By their names; without names, by where an address stands. Whether there are names."""
    names = [re.sub(r"[\s_-]+", " ", cell).casefold() for cell in cells]

    def place(known: list[str]) -> int:
        return next((names.index(name) for name in known if name in names), -1)

    if (email := place(EMAIL)) >= 0:
        return Columns(email, place(DATE), place(WORDING)), True
    for number, cell in enumerate(cells):
        if ADDRESS.fullmatch(unquoted(cell)):
            return Columns(number), False
    raise UnreadableFile(
        "No column holds addresses. Give the column the name “email” in the first line."
    )


def cell_at(cells: list[str], number: int) -> str:
    return cells[number] if 0 <= number < len(cells) else ""


def unquoted(cell: str) -> str:
    """Without the ' that keeps a spreadsheet from calculating, as our own export writes it."""
    return cell[1:] if re.match(r"'[=+@-]", cell) else cell


def moment_of(typed: str) -> datetime:
    """The moment that a cell names, in the magazine's own time where it says no other; a day
    begins it. Raises UnclearDate: 04/05/2026 is two days, depending on the country."""
    words = typed.strip().removesuffix(" UTC")
    try:
        moment = parse_datetime(words)
        day = parse_date(words) or dotted(words)
    except ValueError:
        raise UnclearDate from None
    if moment is None and day is not None:
        moment = datetime.combine(day, time.min)
    if moment is None:
        raise UnclearDate
    try:
        aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        found = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        raise UnclearDate from None
    if found.year < 1990 or found > timezone.now():
        raise UnclearDate
    return found


def dotted(words: str) -> date | None:
    """25.11.2026, which is one day everywhere."""
    parts = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", words)
    return date(int(parts[3]), int(parts[2]), int(parts[1])) if parts else None
